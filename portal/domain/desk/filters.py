"""The filters above a list: what each one offers, what was asked, and what is then kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from portal.domain.conditions import ConditionError
from portal.domain.desk.among import Among
from portal.domain.desk.reading import read_one_by_one
from portal.domain.desk.searching import contains, searched_text
from portal.domain.desk.sql import Unsayable
from portal.domain.fields import KINDS
from portal.domain.sheets.models import Sheet
from portal.tenancy.schema import Axis, Filter, FormField, ListView
from portal.tenancy.tenant import Tenant

Choice = tuple[str, str]
MOST_CHOICES = 300  # of values found in the sheets; beyond, one types


@dataclass(frozen=True)
class Offered:
    """One filter as the page shows it: `chosen` is what was asked, whatever its sense."""

    id: str
    label: str
    kind: str
    all: str
    choices: Sequence[Choice]
    chosen: Sequence[str]
    required: bool = False

    @property
    def text(self) -> str:
        """The one value asked."""
        return self.chosen[0] if self.chosen else ""


Asked = Mapping[str, Sequence[str]]


def apply_filters(among: Among, view: ListView, asked: Asked) -> None:
    """Keep the sheets that answer the filters asked and the words searched; a value without sense keeps nothing out."""
    lower: dict[str, Among] = {}
    for one in view.filters:
        where = among if one.of is None else lower.get(one.of) or among.beside(one.of)
        test = filter_test(where, one, [value.strip() for value in asked.get(one.id, ()) if value.strip()])
        if test is not None:
            where.keep(test)
            lower |= {one.of: where} if one.of else {}
    for below in lower.values():  # one sheet below answers all that is asked of its level, not each its own part
        among.keep(Sheet.id.in_(below.query(below.reach.sheet(among.level).id).correlate(None)))
    for word in " ".join(asked.get("q", ())).split():
        found = [
            contains(said, word) for name in view.search if (said := searched_text(among.speech, name)) is not None
        ]
        among.keep(or_(*found) if found else literal(True))


def offered_filters(session: Session, tenant: Tenant, view: ListView, asked: Asked, among: Among) -> list[Offered]:
    """The filters of a list with what they offer. Values found in the sheets take one query, whatever their number.

    A choice offers the values that remain once the filters before it have spoken: programme, then lot, then order.
    """
    found = _values(session, tenant, view, asked, among)
    return [
        Offered(
            one.id,
            one.label,
            one.kind,
            one.all or "Tous",
            found[one.id] if one.id in found else _declared(tenant, one.of or view.level, one),
            [value for value in asked.get(one.id, ()) if value],
            one.required,
        )
        for one in view.filters
    ]


def filter_test(among: Among, one: Filter, values: list[str]) -> ColumnElement[bool] | None:
    """What a filter keeps; None when nothing is asked, or nothing that makes sense.

    What PostgreSQL cannot say is read sheet by sheet, among those kept so far.
    """
    if not values:
        return None
    try:
        return _TESTS[one.kind](among, one, values)
    except (Unsayable, LookupError):
        kept = read_one_by_one(among, one, _name(one), values)
        return None if kept is None else Sheet.id.in_(kept)


def sayable(among: Among, one: Filter) -> bool:
    """Whether PostgreSQL can say a filter; else sheets are read one by one."""
    try:
        return _TESTS[one.kind](among, one, ["2000-01-01"]) is not None
    except (Unsayable, LookupError, ConditionError):
        return False


def _programme(among: Among, one: Filter, values: list[str]) -> ColumnElement[bool]:
    return Sheet.programme == values[0]


def _choice(among: Among, one: Filter, values: list[str]) -> ColumnElement[bool]:
    if one.axis:
        return _axis(among, one.axis, values)
    if (rows := _rows(among, one)) is not None:
        data, field, cell = rows
        return or_(*(data[field.id].contains([{cell.id: value}]) for value in values))
    return _as_text(among, one).in_(values)


def _axis(among: Among, axis_id: str, values: list[str]) -> ColumnElement[bool]:
    derived = among.tenant.axis(axis_id).derived
    if derived is None:
        return among.reach.state(among.level, axis_id).in_(values)
    holds = among.speech.said(derived).sql
    return or_(*(holds.is_(True) if value == "oui" else holds.is_not(True) for value in values))


def _contained(among: Among, one: Filter, values: list[str]) -> ColumnElement[bool]:
    if (rows := _rows(among, one)) is not None:
        data, field, cell = rows
        return contains(cast(_cells(data, field, cell), String), values[0])
    return and_(*(contains(_as_text(among, one), word) for word in values[0].split()))


def _date(among: Among, one: Filter, values: list[str]) -> ColumnElement[bool]:
    day, said = date.fromisoformat(values[0]), among.speech.said(_name(one))
    bound: Any = day if said.native is not None else day.isoformat()
    return said.order >= bound if one.kind == "date_from" else said.order <= bound


def _date_test(among: Among, one: Filter, values: list[str]) -> ColumnElement[bool]:
    try:
        return _date(among, one, values)
    except ValueError:
        raise Unsayable(one.id) from None


_TESTS = {
    "programme": _programme, "choice": _choice, "choices": _choice, "text": _contained, "date_from": _date_test,
    "date_to": _date_test,
}  # fmt: skip


def _as_text(among: Among, one: Filter) -> ColumnElement[Any]:
    """What a filter bears on, as text: numbers and days are compared with what an address says."""
    return cast(among.speech.said(_name(one)).sql, String)


def _name(one: Filter) -> str:
    return one.field or one.id


def _rows(among: Among, one: Filter) -> tuple[Any, FormField, FormField] | None:
    """`bons.numero`: a cell in any row of a field of the level, or of an ancestor."""
    *above, head, cell_id = ["", *_name(one).split(".")][-3:]
    level = above[-1] if above and above[-1] else among.level
    if level not in among.tenant.who.levels:
        return None
    field = among.tenant.field(level, head)
    cell = next((c for c in field.fields if c.id == cell_id), None) if field is not None else None
    return (among.reach.sheet(level).data, field, cell) if field is not None and cell is not None else None


def _cells(data: Any, field: FormField, cell: FormField) -> Any:
    path = cast(f"$[*].{cell.id}", JSONPATH)
    return func.jsonb_path_query_array(data[field.id], path, type_=data.type)


def _declared(tenant: Tenant, level: str, one: Filter) -> Sequence[Choice]:
    """The values a tenant's file declares for a filter."""
    if one.choices:
        return list(one.choices.items())
    if one.axis:
        return _states(tenant.axis(one.axis))
    if one.kind == "programme":
        return [(name, programme.label) for name, programme in tenant.who.programmes.items()]
    field = tenant.field(level, _name(one))
    return list((field.choices or {}).items()) if field is not None else []


def _states(axis: Axis) -> list[Choice]:
    if axis.derived is not None:
        return [("oui", axis.when_true or "Oui"), ("non", axis.when_false or "Non")]
    return [(name, state.label or name) for name, state in axis.states.items()]


def _values(session: Session, tenant: Tenant, view: ListView, asked: Asked, among: Among) -> dict[str, list[Choice]]:
    """The values found in the sheets, for the choices that declare none."""
    parts = []
    for place, one in enumerate(view.filters):
        if one.kind not in ("choice", "choices") or _declared(tenant, one.of or view.level, one):
            continue
        narrowed = among.beside(one.of or view.level)
        if one.of is None:
            before = view.model_copy(update={"filters": view.filters[:place], "search": []})
            apply_filters(narrowed, before, {name: v for name, v in asked.items() if name != "q"})
        parts.append(_distinct(narrowed, one))
    if not parts:
        return {}
    found: dict[str, list[Choice]] = {}
    for name, value in session.execute(union_all(*parts)):
        found.setdefault(name, []).append((value, _label(tenant, view.level, name, view, value)))
    return {name: sorted(values, key=lambda pair: pair[1]) for name, values in found.items()}


def _distinct(among: Among, one: Filter) -> Any:
    value: Any
    rows = _rows(among, one)
    if rows is not None:
        data, field, cell = rows
        value = func.jsonb_array_elements_text(_cells(data, field, cell))
    else:
        value = _as_text(among, one)
    listed = among.query(value.label("value")).distinct().limit(MOST_CHOICES).subquery()
    return select(literal(one.id), listed.c.value).where(listed.c.value.is_not(None))


def _label(tenant: Tenant, level: str, name: str, view: ListView, value: str) -> str:
    one = next(f for f in view.filters if f.id == name)
    field = tenant.field(one.of or level, _name(one))
    return KINDS[field.kind].show(value, field) if field is not None and field.kind in KINDS else value
