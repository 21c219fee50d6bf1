"""Making an offer for tests: organisations, and sheets whose every required field holds a plausible value."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session
from stdnum import luhn

from portal.domain.entry.creating import create_sheet
from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.organisations.models import Organisation
from portal.domain.people import SYSTEM, Actor
from portal.domain.sheets.models import Sheet, SheetState
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.domain.workflow import stored_axes
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def organisation(session: Session, name: str = "HECATE FORMATION", number: int = 1) -> Organisation:
    """An organisation with a valid SIRET."""
    base = f"8{number:07d}"
    siren = base + luhn.calc_check_digit(base)
    siret = siren + "0001"
    found = Organisation(siret=siret + luhn.calc_check_digit(siret), name=name)
    session.add(found)
    session.flush()
    return found


def member(
    tenant: Tenant, side: str, *, organisations: set[uuid.UUID] | None = None, roles: set[str] | None = None
) -> Actor:
    """Somebody of a side, with all the roles of that side unless some are named."""
    own = roles or {name for name, role in tenant.who.roles.items() if role.side == side}
    return Actor(uuid.uuid4(), f"Personne {side}", frozenset(own), frozenset(organisations or ()), side=side)


def make_tree(
    session: Session,
    tenant: Tenant,
    level: str,
    holder: Organisation,
    *,
    programme: str | None = None,
    at: datetime = AT,
    **values: Any,
) -> Sheet:
    """A sheet of a level with its ancestors, each filled."""
    above = tenant.level(level).parent
    parent = make_tree(session, tenant, above, holder, programme=programme, at=at) if above else None
    return make_sheet(session, tenant, level, parent, holder, programme=programme, at=at, **values)


def make_sheet(
    session: Session,
    tenant: Tenant,
    level: str,
    parent: Sheet | None,
    holder: Organisation | None = None,
    *,
    programme: str | None = None,
    at: datetime = AT,
    **values: Any,
) -> Sheet:
    """A sheet brought by the system, filled with examples, then with the values given."""
    sheet = create_sheet(
        session, tenant, level=level, parent=parent, actor=SYSTEM, at=at, today=TODAY, imported=True,
        organisation_id=holder.id if holder else None, programme=programme or next(iter(tenant.who.programmes), None),
    )  # fmt: skip
    open_for_entry(session, tenant, sheet)
    fill(session, tenant, sheet, **values)
    return sheet


def open_for_entry(session: Session, tenant: Tenant, sheet: Sheet) -> None:
    """Stand a sheet that is above the sessions where its sessions are usually typed: one move past the start."""
    if tenant.unit_level(sheet.level) is not None or tenant.level(sheet.level).amends:
        return
    for axis_id, axis in stored_axes(tenant, sheet.level).items():
        onward = next((m.to for m in axis.moves.values() if axis.initial in m.sources and m.to), axis.initial)
        put_in_state(session, sheet, axis_id, onward or "")


def fill(session: Session, tenant: Tenant, sheet: Sheet, **values: Any) -> None:
    """Give every field of a sheet that is asked and empty an example of its kind; `values` are stored values."""
    sheet.data = {**sheet.data, **values}
    for _ in range(2):  # a value may make another field appear
        view = View(tenant, load_node(session, sheet), TODAY)
        for name, shown in view.form.visible.items():
            if (
                name not in sheet.data
                and shown.field.value is None
                and (value := example(view, shown.field)) is not None
            ):
                sheet.data = {**sheet.data, name: value}
                view.node.data[name] = value
    refresh_mirrors(sheet, View(tenant, load_node(session, sheet), TODAY))
    session.flush()


STORED: dict[str, Any] = {
    "integer": 10, "decimal": "12.5", "money": "100", "boolean": False, "date": "2026-04-01", "time": "09:00",
    "datetime": "2026-12-01T18:00", "email": "contact@exemple.fr", "phone": "0612345678", "url": "https://exemple.fr",
    "siret": "13000511900032", "commune": "69388", "text": "Texte", "longtext": "Texte", "formacode": "15061",
}  # fmt: skip


def example(view: View, field: FormField) -> Any:
    """A stored value that suits a field, or None when the field needs none."""
    if field.kind == "rows":
        keys = list((field.rows.keys or {}) if field.rows else {}) or ["a1b2c3d4"]
        return [{"_id": key, **{c.id: v for c in field.fields if (v := example(view, c)) is not None}} for key in keys]
    if field.kind == "address":
        return {
            "numero": "12",
            "voie": "rue des Lilas",
            "code_postal": "69008",
            "commune": "Lyon",
            "insee": "69388",
            "pays": "FRANCE",
        }
    offered = view.context.options.get(field.id) or [(c, c) for c in (field.choices or {})]
    if offered:
        return [offered[0][0]] if field.kind == "choices" else offered[0][0]
    return STORED.get(field.kind)


def put_in_state(session: Session, sheet: Sheet, axis: str, state: str) -> None:
    """Stand a sheet somewhere without performing a move (tests only)."""
    row = session.get(SheetState, next(s.id for s in sheet.states if s.axis == axis))
    assert row is not None
    row.state = state
    session.flush()
    session.refresh(sheet)
