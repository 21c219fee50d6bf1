"""Creating sheets: by people under the region's conditions, by an import, or by copy of another."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.entry.completeness import Problem, blocking, prerequisites
from portal.domain.entry.due import afresh, cleaned, settle_values
from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.entry.numbering import next_code
from portal.domain.entry.reading import readers
from portal.domain.entry.relatives import follow
from portal.domain.fields.words import blank
from portal.domain.journal.actions import append
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.certified import filled
from portal.domain.sheets.errors import SheetError
from portal.domain.sheets.models import Sheet, SheetState
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queries import locked_sheet
from portal.domain.sheets.view import View
from portal.domain.workflow import stored_axes
from portal.ids import uuid7
from portal.tenancy.schema import FormField, Level
from portal.tenancy.tenant import Tenant


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
    if level.creatable is None or not actor.roles_on(parent.node if parent else None) & set(level.creatable.by):
        raise CreationRefused("Vous ne pouvez pas créer cette fiche.")
    if level.parent is not None and (parent is None or parent.node.level != level.parent):
        raise CreationRefused(f"Cette fiche se crée depuis « {tenant.level(level.parent).label} ».")
    if parent is None:
        return
    if not parent.holds(level.creatable.when):
        raise CreationRefused("Cette fiche ne peut pas être créée ici.")
    if level.one_open and _open_one(session, tenant, level_id, parent.node.id):
        raise CreationRefused("Une demande de modification doit être traitée pour pouvoir en établir une nouvelle.")
    if problems := blocking(creation_problems(session, parent, level_id)):
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
    reason: str | None = None,
) -> Sheet:
    """Create a sheet with its states, its number and its first values. Flushes; the caller commits.

    A person is refused first (role, conditions on the parent, one open at a time): raises CreationRefused, or
    SheetNotFound when the parent has been deleted meanwhile.
    `values` are stored values; `imported` skips the refusals, for what a source or an administrator brings.
    `sheet_id` lets a form say the id beforehand, so that sent twice it makes one sheet; `reason` is for the journal.
    """
    if parent is not None and tenant.level(parent.level).deletable:
        locked_sheet(session, parent.id)  # whoever deletes it meanwhile waits, or was first: it is then gone
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
    _first_values(session, tenant, sheet, today)
    append(
        session,
        at=at,
        actor=actor,
        sheet_id=sheet.id,
        kind="sheet.created",
        after=dict(sheet.data),
        reason=reason,
        config_version=tenant.version,
    )
    if set(readers(tenant, level, None)) & set(tenant.ancestors(level)):
        follow(session, _seen(session, tenant, sheet, today), sheet, None, actor=actor, at=at)
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


def _first_values(session: Session, tenant: Tenant, sheet: Sheet, today: date) -> None:
    write_first_values(_seen(session, tenant, sheet, today), sheet)
    session.flush()


def write_first_values(view: View, sheet: Sheet) -> None:
    """Write in a new sheet, seen as `view`, what it starts with beside the values it was given."""
    tenant, level = view.tenant, view.tenant.level(sheet.level)
    given = dict(level.creatable.set) if level.creatable else {}
    for name, field in tenant.fields(sheet.level).items():
        if name in view.node.data:
            continue
        copied = _copied(view, level, field)
        if not blank(copied):
            view.node.data[name] = copied
        elif (raw := given.get(name, _default(field))) is not None:
            view.node.data[name] = cleaned(view, field, raw)
    afresh(view)
    for name, shown in view.form.fields.items():
        default = shown.forced if shown.forced is not None else shown.field.default
        if shown.forced is not None or (name not in view.node.data and default is not None):
            view.__dict__.pop("context", None)  # a value just written may be what this one is chosen among
            view.node.data[name] = cleaned(view, shown.field, default)
    sheet.data = {k: v for k, v in view.node.data.items() if v is not None}
    settle_values(view, sheet)
    refresh_mirrors(sheet, view)


def _default(field: FormField) -> Any:
    if field.kind == "rows" and field.rows and field.rows.keys:
        cells = {c.id: c.default for c in field.fields if c.default is not None}
        return [{"_id": key, **cells, **field.rows.first.get(key, {})} for key in field.rows.keys]
    return field.default


def _copied(view: View, level: Level, field: FormField) -> Any:
    """What a field first takes from another: as the level says for its new sheets, else as the field says itself."""
    named = level.creatable.copy_from.get(field.id) if level.creatable else None
    value, fill = view.stored(named) if named else None, field.fill
    if not blank(value) or fill is None or fill.locked:
        return value
    return filled(view, fill) if view.holds(fill.when) else None


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
