"""A sheet opened for a request: what the pages about it all need, each part worked out at the first look."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from flask import abort, g, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from portal.domain.corrections.models import Correction
from portal.domain.corrections.queries import asked_of
from portal.domain.corrections.rights import carriers
from portal.domain.entry.completeness import Problem, problems_of_unit
from portal.domain.entry.creating import edit_prerequisites
from portal.domain.entry.saving import closed_to, editing_states
from portal.domain.entry.sharing import lock_shared, shares
from portal.domain.moves.eyes import with_four_eyes
from portal.domain.moves.perform import local_day
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.compare import compare
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import Node, unit_of
from portal.domain.sheets.opening import open_node
from portal.domain.sheets.queries import Reach, readable_among, visible_sheets
from portal.domain.sheets.revisions import approved_revision
from portal.domain.sheets.view import View
from portal.domain.workflow import Possible, locked_by, locks_on, moves_for
from portal.extensions import db
from portal.tenancy.schema import Level
from portal.tenancy.tenant import Tenant


@dataclass
class Opened:
    """One sheet, for the person who asks, now."""

    sheet: Sheet
    view: View
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
    def sheet_href(self) -> str:
        """The address of the sheet's page."""
        return url_for("org.show_sheet", sheet_id=self.sheet.id)

    @property
    def summary_href(self) -> str:
        """The address of its summary."""
        return url_for("org.show_summary", sheet_id=self.sheet.id)

    @cached_property
    def sent_in(self) -> View:
        """What is sent to be decided: this sheet, or the one above of which it is a part."""
        unit = next((n for n in self.view.node.up() if self.tenant.unit_axis(n.level)), self.view.node)
        return self.view.of(unit)

    @property
    def state_href(self) -> str:
        """The address of the summary of what is sent."""
        return url_for("org.show_summary", sheet_id=self.sent_in.node.id)

    @property
    def proposals_href(self) -> str:
        """For a change request, the address of what it proposes."""
        return url_for("org.show_request", sheet_id=self.sheet.id)

    @cached_property
    def corrections(self) -> list[Correction]:
        """What is asked to be corrected in what is sent with this sheet, oldest first."""
        unit = self.sent_in.node
        return asked_of(self.session, unit.id) if any(carriers(self.tenant, unit.level)) else []

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles this person has on this sheet; none where they may only read it."""
        return self.actor.roles_on(self.view.node)

    @cached_property
    def readable(self) -> frozenset[uuid.UUID]:
        """Of the sheets above, those this person may open."""
        above = [n for n in self.view.node.up() if n is not self.view.node]
        own = {n.id for n in above if self.actor.roles_on(n)}
        return frozenset(own) | readable_among(self.session, self.actor, [n.id for n in above if n.id not in own])

    @cached_property
    def states(self) -> dict[str, str]:
        """The states that bear on this sheet: its own and those of its ancestors."""
        return editing_states(self.view)

    @cached_property
    def problems(self) -> list[Problem]:
        """What is missing or wrong before sending, here and below."""
        return problems_of_unit(self.session, self.view, "send")

    @cached_property
    def unmet(self) -> list[Problem]:
        """What must be done elsewhere before this sheet is edited."""
        return [p for p in edit_prerequisites(self.session, self.view) if p.severity == "block"]

    @cached_property
    def moves(self) -> list[Possible]:
        """What this person may do with it now; `blocked` says why not yet."""
        found = moves_for(self.tenant, self.sheet.level, self.states, self.roles, self.view.holds)
        return with_four_eyes(self.session, self.tenant, self.sheet.id, found, self.actor)

    @cached_property
    def lock(self) -> Callable[[str], str | None]:
        """Why a field may not be typed by this person now; None when it may."""
        level, roles = self.sheet.level, self.roles
        locks = locks_on(self.tenant, level, self.states, roles, self.view.holds)
        closed = closed_to(self.tenant, level, self.states, roles)
        return lambda name: locked_by(locks, level, name) or closed

    @cached_property
    def closed(self) -> str | None:
        """Why nothing at all may be typed in this sheet; None when something may."""
        entered = [name for name, field in self.view.form.visible.items() if field.entered]
        reasons = [self.lock(name) for name in entered]
        return reasons[0] if reasons and all(reasons) else None

    @cached_property
    def unsent(self) -> bool:
        """Whether the sheet has changed since the version in force, and nothing waits for a decision."""
        revision = approved_revision(self.session, self.sheet) if self.tenant.unit_axis(self.sheet.level) else None
        if revision is None or self._awaits_decision:
            return False
        frozen = View(self.tenant, unit_of(revision.snapshot), self.view.today, lookups=self.view.lookups)
        own = {node.id for node in self.view.node.down()}
        return any(d.sheet_id in own for d in compare(frozen, self.view))

    @property
    def _awaits_decision(self) -> bool:
        axis_id = self.tenant.unit_axis(self.sheet.level)
        states = self.tenant.axis(axis_id).states if axis_id else {}
        state = states.get(self.states.get(axis_id or "", ""))
        return state is not None and state.holder is not None

    def again(self, *, moved: bool = False) -> "Opened":
        """The same sheet once its values changed; `moved`: its states did too, and it is read anew."""
        view = view_of(self.sheet, self.now) if moved else self.view
        view.forget()
        return Opened(self.sheet, view, self.tenant, self.actor, self.now)


def open_sheet(sheet_id: uuid.UUID, *, lock: bool = False, to: Reach | None = None) -> Opened:
    """The sheet of an address, for the person signed in; a page that does not exist when it is not theirs.

    A page shows what they may read, a form sent reaches what they may work on; `to` says otherwise. `lock` keeps its
    row from anybody else until the end of the transaction, for it to be changed.
    """
    now = datetime.now(UTC)
    reach = to or ("read" if request.method in ("GET", "HEAD") else "work")
    query = (
        visible_sheets(g.actor, reach).where(Sheet.id == sheet_id).options(lazyload(Sheet.states))
    )  # read with the tree
    if lock:
        _lock_shared(sheet_id)
        query = query.with_for_update(of=Sheet).execution_options(populate_existing=True)
    sheet = db.session.scalar(query)
    if sheet is None:
        abort(404)
    return Opened(sheet, view_of(sheet, now), g.tenant, g.actor, now)


def _lock_shared(sheet_id: uuid.UUID) -> None:
    """Keep first what the sheet shares with others, so that what the page then says of it is true."""
    if not shares(g.tenant):
        return
    place = db.session.execute(select(Sheet.level, Sheet.parent_id).where(Sheet.id == sheet_id)).one_or_none()
    if place is not None:
        lock_shared(db.session(), g.tenant, place.level, place.parent_id)


def view_of(sheet: Sheet, now: datetime) -> View:
    """A live sheet read through its region's words; what is below it, when something looks there."""
    node = open_node(db.session(), g.tenant, sheet, _readable_below)
    return View(g.tenant, node, local_day(g.tenant, now), lookups=ReferenceLookups(), at=now)


def _readable_below(top: Node, ids: list[uuid.UUID]) -> Collection[uuid.UUID]:
    """What this person may read of what is below a sheet: under a sheet above theirs, not what is beside theirs."""
    whole = not g.actor.parts or g.actor.roles_on(top)
    return ids if whole else readable_among(db.session(), g.actor, ids)
