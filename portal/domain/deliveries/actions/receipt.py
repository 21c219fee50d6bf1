"""Codes that come back in a receipt are written on the sheets, as a change of the portal's own, told in the journal.

The revision in force gets them by an amendment: a code needs no new decision. Values stay what people approved.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.payload import local_day
from portal.domain.deliveries.validators import RECEIPT
from portal.domain.fields import KINDS, Context, Fault
from portal.domain.journal.actions import append
from portal.domain.people import SYSTEM
from portal.domain.sheets.errors import SheetNotFound
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.nodes import Snapshot, nodes_of
from portal.domain.sheets.queries import locked_sheet, sheets_by_ids
from portal.domain.sheets.revisions import amend
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

RECORDED = "receipt.recorded"
Changes = dict[uuid.UUID, dict[str, Any]]


@dataclass
class Written:
    """What was done with a receipt's codes: the revision amended, if one was in force, and what could not be read."""

    amended: Revision | None = None
    problems: list[str] = field(default_factory=list)


def write_codes(
    session: Session, tenant: Tenant, delivery: Delivery, receipt: Mapping[str, Any], *, at: datetime
) -> Written:
    """Write the codes a receipt brings, where the target's `writes:` says. Does nothing for codes already there.

    A code that is no value of its field is told and left out: the receipt keeps it, and the delivery did arrive.
    """
    written = Written()
    revision = session.get(Revision, delivery.revision_id) if delivery.revision_id else None
    if revision is None or not tenant.flows.targets[delivery.target].writes:
        return written
    wanted = _codes(tenant, revision.snapshot, delivery, receipt, at, written)
    if not wanted:
        return written
    try:
        unit = locked_sheet(session, revision.unit_id)
    except SheetNotFound:
        return written  # deleted since: nothing is left to write on
    sheets = {
        i: unit if i == unit.id else locked_sheet(session, i) for i in wanted if i == unit.id or _lives(session, i)
    }
    changes = {i: new for i, s in sheets.items() if (new := _changed(s, wanted[i]))}
    for sheet_id, values in changes.items():
        _write(session, tenant, sheets[sheet_id], values, delivery, at)
    if changes and unit.approved_revision_id is not None:
        written.amended = amend(session, unit, changes, at=at, actor=SYSTEM)
    return written


def returned_codes(session: Session, tenant: Tenant, revision: Revision) -> Changes:
    """The codes that came back after a revision was frozen: what to amend it with when it is approved."""
    names = {key for target in tenant.flows.targets.values() for key in target.writes}
    fields = [(level, name) for level, _, name in (key.partition(".") for key in names)]
    frozen = revision.snapshot["sheets"]
    live = sheets_by_ids(session, map(uuid.UUID, frozen))
    changes: Changes = {}
    for sheet in live.values():
        for level, name in fields:
            value = sheet.data.get(name) if sheet.level == level else None
            if value is not None and value != frozen[str(sheet.id)]["data"].get(name):
                changes.setdefault(sheet.id, {})[name] = value
    return changes


def _codes(
    tenant: Tenant, snapshot: Snapshot, delivery: Delivery, receipt: Mapping[str, Any], at: datetime, written: Written
) -> Changes:
    """The cleaned codes, by sheet and field."""
    node = nodes_of(snapshot).get(delivery.sheet_id)
    if node is None:
        return {}
    context = Context(local_day(tenant, at), tenant.slug, trusted=True)
    changes: Changes = {}
    for level, definition, raw in _received(tenant, delivery.target, receipt):
        owner = node.ancestor(level)
        if owner is None:
            continue
        try:
            changes.setdefault(owner.id, {})[definition.id] = KINDS[definition.kind].clean(raw, definition, context)
        except Fault as fault:
            written.problems.append(f"{definition.words} : {fault.message}")
    return {sheet_id: values for sheet_id, values in changes.items() if values}


def _received(tenant: Tenant, target: str, receipt: Mapping[str, Any]) -> Iterator[tuple[str, FormField, str]]:
    for key, source in tenant.flows.targets[target].writes.items():
        level, _, name = key.partition(".")
        definition, raw = tenant.field(level, name), _inside(receipt, source.removeprefix(RECEIPT))
        if definition is not None and raw is not None:
            yield level, definition, raw


def _inside(receipt: Any, path: str) -> str | None:
    for part in path.split("."):
        receipt = receipt.get(part) if isinstance(receipt, Mapping) else None
    plain = isinstance(receipt, str | int | float) and not isinstance(receipt, bool)
    return str(receipt).strip() or None if plain else None


def _lives(session: Session, sheet_id: uuid.UUID) -> bool:
    sheet = session.get(Sheet, sheet_id)
    return sheet is not None and sheet.deleted_at is None


def _changed(sheet: Sheet, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and sheet.data.get(name) != value}


def _write(
    session: Session, tenant: Tenant, sheet: Sheet, values: dict[str, Any], delivery: Delivery, at: datetime
) -> None:
    before = {name: sheet.data.get(name) for name in values}
    sheet.data = {**sheet.data, **values}
    sheet.version += 1
    sheet.field_versions = {**sheet.field_versions, **dict.fromkeys(values, sheet.version)}
    sheet.changed_at = at
    append(
        session,
        at=at,
        actor=SYSTEM,
        sheet_id=sheet.id,
        kind=RECORDED,
        before=before,
        after=values,
        reason=f"Accusé de réception de {tenant.flows.targets[delivery.target].label}",
        config_version=tenant.version,
    )
