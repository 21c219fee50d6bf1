"""Creating sheets: by people under the region's conditions, by an import, or by copy of another."""

import re
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, cast, func, select, text
from sqlalchemy.orm import Session

from portal.domain.entry.completeness import Problem, prerequisites
from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.fields import KINDS, Fault
from portal.domain.journal.actions import append
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.errors import SheetError
from portal.domain.sheets.models import Sheet, SheetState
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.values import canonical
from portal.domain.sheets.view import View
from portal.domain.workflow import stored_axes
from portal.ids import uuid7
from portal.tenancy.schema import FormField, Level
from portal.tenancy.tenant import Tenant

NUMBER = re.compile(r"\{n(?::(\d+))?\}")


class CreationRefused(SheetError):
    """A sheet may not be created here; `problems` say what is missing first."""

    def __init__(self, message: str, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or []


def creation_problems(session: Session, view: View, level_id: str) -> list[Problem]:
    """What must be done on the parent, seen as `view`, before a sheet of this level is created under it."""
    creatable = view.tenant.level(level_id).creatable
    return prerequisites(session, view, creatable.requires) if creatable else []


def edit_prerequisites(session: Session, view: View) -> list[Problem]:
    """What must be done elsewhere before a sheet is edited or sent: the conditions of its creation, then those of its
    level.
    """
    level = view.tenant.level(view.node.level)
    above = view.of(view.node.parent) if view.node.parent else None
    found = creation_problems(session, above, view.node.level) if above is not None else []
    return found + prerequisites(session, view, level.requires)


def refuse_creation(session: Session, tenant: Tenant, level_id: str, parent: View | None, actor: Actor) -> None:
    """Raise CreationRefused unless this person may create a sheet of this level under this parent now."""
    level = tenant.level(level_id)
    if level.creatable is None or not actor.roles & set(level.creatable.by):
        raise CreationRefused("Vous ne pouvez pas créer cette fiche.")
    if level.parent is not None and (parent is None or parent.node.level != level.parent):
        raise CreationRefused(f"Cette fiche se crée depuis « {tenant.level(level.parent).label} ».")
    if parent is None:
        return
    if not parent.holds(level.creatable.when):
        raise CreationRefused("Cette fiche ne peut pas être créée ici.")
    if level.one_open and _open_one(session, tenant, level_id, parent.node.id):
        raise CreationRefused("Une demande de modification doit être traitée pour pouvoir en établir une nouvelle.")
    if problems := creation_problems(session, parent, level_id):
        raise CreationRefused(problems[0].message, problems)


def _open_one(session: Session, tenant: Tenant, level_id: str, parent_id: uuid.UUID) -> bool:
    axes = stored_axes(tenant, level_id)
    over = {(a, s) for a, axis in axes.items() for s, state in axis.states.items() if state.closed}
    session.execute(select(Sheet.id).where(Sheet.id == parent_id).with_for_update())  # two at once: the second waits
    siblings = session.scalars(
        select(Sheet).where(Sheet.parent_id == parent_id, Sheet.level == level_id, Sheet.deleted_at.is_(None))
    )
    return any(not any((s.axis, s.state) in over for s in sheet.states) for sheet in siblings)


def create_sheet(
    session: Session,
    tenant: Tenant,
    *,
    level: str,
    parent: Sheet | None,
    actor: Actor,
    at: datetime,
    today: date,
    values: Mapping[str, Any] | None = None,
    organisation_id: uuid.UUID | None = None,
    programme: str | None = None,
    code: str | None = None,
    imported: bool = False,
    sheet_id: uuid.UUID | None = None,
) -> Sheet:
    """Create a sheet with its states, its number and its first values. Flushes; the caller commits.

    A person is refused first (role, conditions on the parent, one open at a time): raises CreationRefused.
    `values` are stored values; `imported` skips the refusals, for what a source or an administrator brings.
    `sheet_id` lets a form say the id beforehand, so that sent twice it makes one sheet.
    """
    above = _seen(session, tenant, parent, today) if parent is not None else None
    if not imported:
        refuse_creation(session, tenant, level, above, actor)
    definition = tenant.level(level)
    sheet = Sheet(
        id=sheet_id or uuid7(), level=level, parent_id=parent.id if parent else None, created_at=at, changed_at=at,
        config_version=tenant.version,
        organisation_id=organisation_id or (parent.organisation_id if parent else None),
        programme=programme or (parent.programme if parent else None),
        scope_id=parent.id if parent and definition.code.restart == "parent" else None, data=dict(values or {}),
    )  # fmt: skip
    sheet.code = code or next_code(session, definition, level, sheet.scope_id, values or {})
    _stand_at_start(session, tenant, sheet, at)
    _first_values(session, tenant, sheet, definition, today)
    append(
        session,
        at=at,
        actor=actor,
        sheet_id=sheet.id,
        kind="sheet.created",
        after=dict(sheet.data),
        config_version=tenant.version,
    )
    return sheet


def _seen(session: Session, tenant: Tenant, sheet: Sheet, today: date) -> View:
    return View(tenant, load_node(session, sheet), today, lookups=ReferenceLookups())


def _stand_at_start(session: Session, tenant: Tenant, sheet: Sheet, at: datetime) -> None:
    session.add(sheet)
    session.flush()
    for axis_id, axis in stored_axes(tenant, sheet.level).items():
        session.add(SheetState(sheet_id=sheet.id, axis=axis_id, state=axis.initial or "", since=at))
    session.flush()
    session.refresh(sheet)


def _first_values(session: Session, tenant: Tenant, sheet: Sheet, level: Level, today: date) -> None:
    view = _seen(session, tenant, sheet, today)
    given = dict(level.creatable.set) if level.creatable else {}
    copied = level.creatable.copy_from if level.creatable else {}
    for name, field in tenant.fields(sheet.level).items():
        if name in view.node.data:
            continue
        if name in copied and (value := view.stored(copied[name])) is not None:
            view.node.data[name] = value
        elif field.fill is not None and not field.fill.locked:
            view.node.data[name] = view.stored(field.fill.origin)
        elif (raw := given.get(name, _default(field))) is not None:
            view.node.data[name] = _cleaned(view, field, raw)
    view.__dict__.pop("form", None)
    for name, shown in view.form.fields.items():
        default = shown.forced if shown.forced is not None else shown.field.default
        if shown.forced is not None or (name not in view.node.data and default is not None):
            view.__dict__.pop("context", None)  # a value just written may be what this one is chosen among
            view.node.data[name] = _cleaned(view, shown.field, default)
    sheet.data = {k: v for k, v in view.node.data.items() if v is not None}
    view.node.data = dict(sheet.data)
    refresh_mirrors(sheet, view)
    session.flush()


def _default(field: FormField) -> Any:
    if field.kind == "rows" and field.rows and field.rows.keys:
        cells = {c.id: c.default for c in field.fields if c.default is not None}
        return [{"_id": key, **cells, **field.rows.first.get(key, {})} for key in field.rows.keys]
    return field.default


def _cleaned(view: View, field: FormField, raw: Any) -> Any:
    try:
        return KINDS[field.kind].clean(raw, field, view.context)
    except Fault:
        return None  # a default that no longer suits the choices offered is no default


def next_code(session: Session, level: Level, level_id: str, scope: uuid.UUID | None, values: Mapping[str, Any]) -> str:
    """The code of a new sheet: its pattern with `{n}` the number after the greatest ever given (deleted ones
    included).
    """
    pattern = level.code.pattern
    for name, value in values.items():
        pattern = pattern.replace("{" + name + "}", str(canonical(value)))
    if (match := NUMBER.search(pattern)) is None:
        return pattern if "{" not in pattern else _next_number(session, level, level_id, scope, "", "")
    before, after = pattern[: match.start()], pattern[match.end() :]
    number = _next_number(session, level, level_id, scope, before, after)
    return f"{before}{number.zfill(int(match[1] or 0))}{after}"


def _next_number(
    session: Session, level: Level, level_id: str, scope: uuid.UUID | None, before: str, after: str
) -> str:
    key = f"{level_id}:{scope}:{before}:{after}"
    session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant') || :key, 0))"), {"key": key}
    )
    digits = func.substring(Sheet.code, f"^{re.escape(before)}([0-9]{{1,15}}){re.escape(after)}$")
    same_scope = Sheet.scope_id == scope if scope else Sheet.scope_id.is_(None)
    query = select(func.max(cast(digits, BigInteger))).where(Sheet.level == level_id, same_scope)
    return str(max((session.scalar(query) or 0) + 1, level.code.start))


def duplicate_sheet(
    session: Session,
    tenant: Tenant,
    source: Sheet,
    *,
    actor: Actor,
    at: datetime,
    today: date,
    shift_days: int = 0,
    sheet_id: uuid.UUID | None = None,
) -> Sheet:
    """A new sheet beside another with its entered values, but for the fields to clear; dates moved by `shift_days`."""
    parent = session.get(Sheet, source.parent_id) if source.parent_id else None
    kept = {
        name: _shifted(source.data[name], field, shift_days)
        for name, field in tenant.fields(source.level).items()
        if name in source.data and field.origin != "imported" and field.duplicate == "keep"
    }
    return create_sheet(
        session, tenant, level=source.level, parent=parent, actor=actor, at=at, today=today, values=kept,
        sheet_id=sheet_id,
    )  # fmt: skip


def _shifted(value: Any, field: FormField, days: int) -> Any:
    if field.kind == "date" and isinstance(value, str):
        return (date.fromisoformat(value) + timedelta(days=days)).isoformat() if days else value
    if field.kind == "rows" and isinstance(value, list):
        cells = {c.id: c for c in field.fields}
        keyed = bool(field.rows and field.rows.keys)
        return [
            {
                k: _shifted(v, cells[k], days) if k in cells else (v if keyed else uuid.uuid4().hex[:8])
                for k, v in row.items()
            }
            for row in value
        ]
    return value
