"""Published sessions for tests: through the domain, from a filled sheet to its approval."""

import itertools
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.catalogue.actions import publish
from portal.domain.catalogue.copies import Copy
from portal.domain.catalogue.models import PublishedEvent, PublishedSession
from portal.domain.catalogue.words import in_words
from portal.domain.catalogue.writing import write
from portal.domain.journal.actions import append
from portal.domain.organisations.models import Organisation
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.revisions import approve, decide, freeze_unit
from portal.ids import uuid7
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, make_sheet, make_tree
from tests.support.offer import organisation as new_organisation

_number = itertools.count(1)


@dataclass
class Shelf:
    """One organisation's offer in a region, on which sessions are put one after the other."""

    session: Session
    tenant: Tenant
    holder: Organisation
    parent: Sheet | None

    def put(self, *, at: datetime = AT, **values: Any) -> Sheet:
        """A session with these stored values, approved and published."""
        sheet = make_sheet(
            self.session, self.tenant, str(self.tenant.session_level), self.parent, self.holder, at=at, **values
        )
        approve_now(self.session, self.tenant, sheet, at=at)
        return sheet

    def edit(self, sheet: Sheet, **values: Any) -> None:
        """Write stored values on a sheet, without publishing them."""
        sheet.data = {**sheet.data, **values}
        self.session.flush()


def shelf(session: Session, tenant: Tenant, *, name: str = "HECATE FORMATION", number: int = 1, **values: Any) -> Shelf:
    """A shelf; `values` are those of the sheet above the sessions."""
    holder = new_organisation(session, name, number)
    above = tenant.level(str(tenant.session_level)).parent
    parent = make_tree(session, tenant, above, holder, **values) if above else None
    return Shelf(session, tenant, holder, parent)


def unit_of(session: Session, tenant: Tenant, sheet: Sheet) -> Sheet:
    """The sheet that is validated with this one."""
    wanted = tenant.unit_level(sheet.level)
    while sheet.level != wanted:
        above = session.get(Sheet, sheet.parent_id)
        assert above is not None
        sheet = above
    return sheet


def approve_now(session: Session, tenant: Tenant, sheet: Sheet, *, at: datetime = AT) -> Revision:
    """Freeze the unit of a sheet, approve it and publish it, as a validator's move does."""
    unit = unit_of(session, tenant, sheet)
    axis = str(tenant.unit_axis(unit.level))
    sent = freeze_unit(session, tenant, unit, load_node(session, unit), axis, actor=SYSTEM, at=at - timedelta(hours=1))
    entry = append(session, at=at, actor=SYSTEM, sheet_id=unit.id, kind="state.changed", move=_move(tenant, axis))
    decide(session, sent, "approved", at=at, actor=SYSTEM, reason=None, entry_id=entry.id)
    revision = approve(session, unit, sent, at=at, actor=SYSTEM)
    publish(session, tenant, unit, revision, at)
    return revision


def _move(tenant: Tenant, axis: str) -> str:
    return next(f"{axis}.{name}" for name, move in tenant.axis(axis).moves.items() if "publish" in move.effects)


def published(session: Session, sheet: Sheet) -> PublishedSession | None:
    """The public row of a session, read afresh."""
    query = select(PublishedSession).where(PublishedSession.sheet_id == sheet.id)
    return session.scalar(query.execution_options(populate_existing=True))


def snapshot_of(session: Session, tenant: Tenant) -> list[tuple[Any, ...]]:
    """Every public row of a region, word for word."""
    rows: list[tuple[Any, ...]] = []
    for table in (PublishedSession.__table__, PublishedEvent.__table__):
        rows += [
            tuple(row)
            for row in session.execute(select(table).where(table.c.tenant == tenant.slug).order_by(table.c.id))
        ]
    return rows


def put_row(session: Session, slug: str, title: str = "Soudeur", **values: Any) -> uuid.UUID:
    """A public row as publishing writes it, without a sheet behind: for tests of what reads the catalogue."""
    copy = row_copy(slug, title, **values)
    write(session, [copy])
    return copy.id


def row_copy(slug: str, title: str = "Soudeur", **values: Any) -> Copy:
    """The same, not written yet."""
    known, number = uuid7(), next(_number)
    row: dict[str, Any] = {
        "id": known, "tenant": slug, "reference": f"R{number}", "sheet_id": known, "revision_id": uuid7(),
        "status": "open",
        "title": title, "organisation": "HECATE FORMATION", "programme": None, "programme_label": None,
        "starts_on": date.fromisoformat(later(30)), "ends_on": date.fromisoformat(later(60)), "seats": 12,
        "insee": None, "postal_code": None, "town": None, "department": None, "lat": None, "lon": None, "facets": {},
        "page": {"sections": []}, "formacodes": [], "visible_until": None, "approved_at": AT, "published_at": AT,
    }  # fmt: skip
    row |= values
    where = [row["organisation"], row["town"] or "", row["reference"]]
    return Copy(row, [], {"a": in_words([row["title"]]), "b": in_words(where), "c": ""})


def later(days: int) -> str:
    """A day counted from today, as sheets store it."""
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
