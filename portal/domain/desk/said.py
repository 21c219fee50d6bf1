"""Names of a tenant as columns of PostgreSQL: fields, parts of addresses, cells of fixed rows, states, ancestors."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Numeric, case, cast, false, func, literal, true
from sqlalchemy.dialects.postgresql import JSONPATH

from portal.domain.conditions import Type
from portal.domain.desk.elsewhere import certified_fact, chosen_part
from portal.domain.fields import KINDS
from portal.domain.organisations.directory import TABLES
from portal.domain.sheets.certified import KIND, source_of
from portal.tenancy.schema import Fill, FormField

if TYPE_CHECKING:
    from portal.domain.desk.sql import Speech

NUMBER = r"^-?[0-9]{1,18}(\.[0-9]{1,12})?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MIRRORS = {"session.start": "starts_on", "session.end": "ends_on"}
TEMPORAL = (Type.DATE, Type.TIME, Type.DATETIME)


class Unsayable(Exception):
    """PostgreSQL cannot say it: the sheets have to be read one by one."""


@dataclass(frozen=True)
class Said:
    """An expression as SQL. Days, hours and moments are ISO text; `native` is the typed column that repeats them.

    `constant` is the value, when it is written in the expression or comes from the calendar.
    """

    sql: ColumnElement[Any]
    type: Type
    native: ColumnElement[Any] | None = None
    constant: Any = None

    @property
    def order(self) -> ColumnElement[Any]:
        """What one sorts by."""
        return self.native if self.native is not None else self.sql


def name_of(speech: "Speech", level: str, path: tuple[str, ...]) -> Said:
    """The value of a dotted name on a sheet of a level. Raises Unsayable."""
    tenant, head, rest = speech.reach.tenant, path[0], path[1:]
    field = tenant.field(level, head)
    if field is not None:
        return _field(speech, level, field, rest)
    axes = tenant.axes_of(level)
    if head in axes and not rest:
        derived = axes[head].derived
        return speech.on(level, derived) if derived else Said(speech.reach.state(level, head), Type.TEXT)
    if not rest and head in ("programme", "code", "title", "reference"):
        return Said(func.nullif(getattr(speech.reach.sheet(level), head), ""), Type.TEXT)
    if head == "option" and len(rest) == 1:
        return Said(true() if tenant.who.options.get(rest[0]) else false(), Type.BOOL)
    if head == "organisation" and rest in (("name",), ("siret",)) and level == speech.reach.level:
        return Said(getattr(speech.reach.organisation(), rest[0]), Type.TEXT)
    if rest and head in (level, *tenant.ancestors(level)):
        return name_of(speech, head, rest)
    raise Unsayable(".".join(path))


def _field(speech: "Speech", level: str, field: FormField, rest: tuple[str, ...]) -> Said:
    if field.function is not None:
        raise Unsayable(field.id)
    mirror = MIRRORS.get(field.term or "") if level == speech.reach.level else None
    if field.value is not None and mirror is not None:
        native = getattr(speech.reach.sheet(level), mirror)  # what was computed when the sheet was last written
        return Said(func.to_char(native, "YYYY-MM-DD"), Type.DATE, native=native)
    if field.value is not None:
        return speech.on(level, field.value)
    data = speech.reach.sheet(level).data
    if rest:
        return _inside(speech, level, field, rest)
    own = _typed(data[field.id].astext, KINDS[field.kind].condition_type)
    if field.kind == "choices" or field.kind not in KINDS:
        raise Unsayable(field.id)
    if field.fill is not None and field.fill.locked:
        return _filled(speech, level, field, own)
    if mirror is not None:
        return Said(own, Type.DATE, native=getattr(speech.reach.sheet(level), mirror))
    return Said(own, KINDS[field.kind].condition_type)


def _filled(speech: "Speech", level: str, field: FormField, own: ColumnElement[Any]) -> Said:
    """A value that comes from elsewhere where its condition holds."""
    assert field.fill is not None
    came = _taken(speech, level, field.fill, ())
    if _certified(speech, level, field.fill):  # what the table does not say, people type
        came = Said(func.coalesce(came.sql, own), came.type)
    if field.fill.when is None:
        return came
    return Said(case((speech.on(level, field.fill.when).sql, came.sql), else_=own), came.type)


def _taken(speech: "Speech", level: str, fill: Fill, rest: tuple[str, ...]) -> Said:
    """What a fill takes, or a part of it: from its source, or from the other one where the first is empty."""
    sources = [name for name in (fill.origin, fill.otherwise) if name]
    first, *others = [name_of(speech, level, (*name.split("."), *rest)) for name in sources]
    return Said(func.coalesce(first.sql, *(o.sql for o in others)), first.type) if others else first


def _certified(speech: "Speech", level: str, fill: Fill) -> bool:
    source = source_of(speech.reach.tenant, level, fill.origin)
    return source is not None and source.kind == KIND


def _inside(speech: "Speech", level: str, field: FormField, rest: tuple[str, ...]) -> Said:
    data, fill = speech.reach.sheet(level).data, field.fill
    if fill is not None and fill.locked:
        own = func.nullif(data[field.id][rest].astext, "")
        came = _taken(speech, level, fill, rest)
        return Said(case((speech.on(level, fill.when).sql, came.sql), else_=own), came.type) if fill.when else came
    if field.kind in TABLES and not field.among:
        return _text(chosen_part(data[field.id].astext, TABLES[field.kind], rest), field)
    if field.kind == KIND and len(rest) == 1:
        return _text(certified_fact(data[field.id].astext, rest[0]), field)
    if field.kind == "address" and len(rest) == 1:
        return Said(func.nullif(data[field.id][rest[0]].astext, ""), Type.TEXT)
    cell = next((c for c in field.fields if c.id == rest[-1]), None)
    fixed = field.rows.keys if field.rows else None
    if cell is None or not fixed or len(rest) != 2 or rest[0] not in fixed:
        raise Unsayable(field.id)
    path = cast(f'$[*] ? (@._id == "{rest[0]}").{cell.id}', JSONPATH)
    found = func.jsonb_path_query_first(data[field.id], path, type_=data.type)
    return Said(_typed(found[()].astext, KINDS[cell.kind].condition_type), KINDS[cell.kind].condition_type)


def _text(column: ColumnElement[Any] | None, field: FormField) -> Said:
    if column is None:
        raise Unsayable(field.id)
    return Said(column, Type.TEXT)


def _as_number(text: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((text.op("~")(NUMBER), cast(text, Numeric)))


def _as_truth(text: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((text == "true", true()), (text == "false", false()))


def _as_text(text: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.nullif(text, "")


_READ: dict[Type, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    Type.NUMBER: _as_number,
    Type.BOOL: _as_truth,
    **dict.fromkeys((Type.TEXT, *TEMPORAL), _as_text),
}


def _typed(text: ColumnElement[Any], type_: Type) -> ColumnElement[Any]:
    if type_ not in _READ:
        raise Unsayable(str(type_))
    return _READ[type_](text)


def cell_said(row: ColumnElement[Any], cell: FormField, rest: tuple[str, ...]) -> Said:
    """A cell of a row. Raises Unsayable for what is inside one, and for cells that are no single value."""
    kind = KINDS[cell.kind].condition_type if cell.kind in KINDS else Type.ANY
    if rest or cell.value is not None or cell.fill is not None:
        raise Unsayable(cell.id)
    text = row[cell.id].astext
    if kind is Type.DATE:
        return Said(case((text.op("~")(DAY), text)), kind)
    return Said(_typed(text, kind), kind)


def day(value: date) -> Said:
    """A day of the calendar."""
    return Said(literal(value.isoformat()), Type.DATE, constant=value)
