"""A region with the flows a test needs, a unit frozen in it, and the deliveries its moves open."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.deliveries.actions import open_deliveries
from portal.domain.deliveries.models import Delivery
from portal.domain.journal.actions import append
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.revisions import approve, freeze_unit
from portal.tenancy.loader import load_files
from portal.tenancy.tenant import Tenant
from tests.support.offer import make_tree, organisation
from tests.support.tenants import tenant_named

SLUG = "eos"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TARGETS = """
targets:
  region: {label: la Région, outlet: http}
  mfme:
    label: Ma Formation
    outlet: http
    contact: Assistance
    writes: {session.identifiant_prescription: receipt.id, session.code_offre_info: receipt.code_offre_info}
  carif: {label: le Carif}
  kairos: {label: Kairos}
"""


def region_with(flows: str, targets: str = TARGETS) -> Tenant:
    """The region, with these flows, and these targets, instead of its own."""
    tenant = tenant_named(SLUG)
    return load_files({**tenant.files, "flows.yaml": targets + "flows:\n" + flows}, "tenants/essai", None)


class World:
    """A unit of the region, and the ways to make its revisions and open their deliveries."""

    def __init__(self, session: Session, tenant: Tenant, number: int = 1) -> None:
        self.session, self.tenant = session, tenant
        level = tenant.session_level
        assert level is not None
        self.holder = organisation(session, number=number)
        self.unit = make_tree(session, tenant, level, self.holder)
        self.unit.data = {
            k: v for k, v in self.unit.data.items() if k not in ("identifiant_prescription", "code_offre_info")
        }
        session.flush()

    @classmethod
    def of(cls, session: Session, tenant: Tenant, unit_id: uuid.UUID) -> "World":
        """The world of a unit made before."""
        world = cls.__new__(cls)
        world.session, world.tenant, world.unit = session, tenant, session.get_one(Sheet, unit_id)
        return world

    def revise(self, at: datetime = AT, **values: Any) -> Revision:
        """Change the unit and put the change in force."""
        self.unit.data = {**self.unit.data, **values}
        self.session.flush()
        self.session.expire(self.unit)
        node = load_node(self.session, self.unit)
        pending = freeze_unit(self.session, self.tenant, self.unit, node, "session", actor=SYSTEM, at=at)
        return approve(self.session, self.unit, pending, at=at, actor=SYSTEM)

    def open(
        self, move: str = "session.approuver", *, revision: Revision | None = None, at: datetime = AT
    ) -> list[Delivery]:
        """Open what a move owes; every row of this opening, in order."""
        revision = revision or self.revise(at)
        entry = append(self.session, at=at, actor=SYSTEM, sheet_id=self.unit.id, kind="state.changed", move=move)
        open_deliveries(
            self.session, self.tenant, entry=entry, revision=revision, unit_sheet=self.unit, move=move, at=at
        )
        query = select(Delivery).where(Delivery.journal_entry_id == entry.id).order_by(Delivery.id)
        return list(self.session.scalars(query))

    def rows(self, target: str | None = None) -> list[Delivery]:
        """Every delivery there is, oldest first, as the database holds it."""
        query = select(Delivery).order_by(Delivery.id).execution_options(populate_existing=True)
        return list(self.session.scalars(query.where(Delivery.target == target) if target else query))

    def states(self, target: str) -> list[str]:
        """The states of the deliveries to a target, oldest first."""
        return [row.state for row in self.rows(target)]

    def sheet(self, sheet_id: uuid.UUID) -> Sheet:
        """A sheet as the database holds it."""
        found = self.session.get(Sheet, sheet_id, populate_existing=True)
        assert found is not None
        return found
