"""A sheet opened by somebody who decides: what the pages about it need, each part worked out at the first look."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from flask import abort, g
from sqlalchemy.orm import Session

from portal.domain.moves.eyes import with_four_eyes
from portal.domain.moves.perform import local_day
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.decisions import Sent, sent_versions
from portal.domain.sheets.errors import SheetNotFound
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.nodes import Node, unit_of
from portal.domain.sheets.opening import open_node
from portal.domain.sheets.queries import sheet_for
from portal.domain.sheets.revisions import pending_revision
from portal.domain.sheets.view import View
from portal.domain.workflow import Possible, moves_for
from portal.extensions import db
from portal.tenancy.registry import registry
from portal.tenancy.schema import Level
from portal.tenancy.tenant import Tenant


@dataclass
class Opened:
    """One sheet, for the person who asks, now."""

    sheet: Sheet
    tenant: Tenant
    actor: Actor
    now: datetime

    @property
    def session(self) -> Session:
        """The database session of the request."""
        return db.session()

    @property
    def level(self) -> Level:
        """What the region says of sheets of this level."""
        return self.tenant.level(self.sheet.level)

    @property
    def today(self) -> date:
        """The day it is in the region."""
        return local_day(self.tenant, self.now)

    @cached_property
    def live(self) -> View:
        """The sheet as it is now, with what is above and below."""
        return self.view_of(open_node(self.session, self.tenant, self.sheet))

    def view_of(self, node: Node) -> View:
        """A node read under the configuration in force."""
        return View(self.tenant, node, self.today, lookups=ReferenceLookups())

    @cached_property
    def unit_axis(self) -> str | None:
        """The axis of validation of this sheet, when it is a unit."""
        return self.tenant.unit_axis(self.sheet.level)

    @cached_property
    def pending(self) -> Revision | None:
        """The version that waits for a decision."""
        return pending_revision(self.session, self.sheet) if self.unit_axis else None

    @cached_property
    def sent(self) -> list[Sent]:
        """The versions sent and what was decided of each, latest first."""
        return sent_versions(self.session, self.sheet) if self.unit_axis else []

    def frozen(self, revision: Revision) -> View:
        """A version as it was read: under its own configuration, on the day it was made."""
        tenant = registry.at(self.session, self.tenant.slug, revision.config_version)
        return View(tenant, unit_of(revision.snapshot), local_day(tenant, revision.made_at), lookups=ReferenceLookups())

    @cached_property
    def states(self) -> dict[str, str]:
        """The states that bear on this sheet: those of its ancestors, then its own."""
        return {a: s for node in reversed(list(self.live.node.up())) for a, s in node.states.items()}

    @cached_property
    def moves(self) -> list[Possible]:
        """What this person may do with it now."""
        roles = self.actor.roles_on(self.live.node)
        found = moves_for(self.tenant, self.sheet.level, self.states, roles, self.live.holds)
        return with_four_eyes(self.session, self.tenant, self.sheet.id, found, self.actor)


def open_sheet(sheet_id: uuid.UUID) -> Opened:
    """The sheet of an address; a page that does not exist when there is none in this region."""
    try:
        sheet = sheet_for(db.session(), g.actor, sheet_id)
    except SheetNotFound:
        abort(404)
    return Opened(sheet, g.tenant, g.actor, datetime.now(UTC))
