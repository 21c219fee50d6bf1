"""How a tab of the queue is narrowed: by age, by nearness of the start, by what was sent and what changed in it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.domain.journal.actions import append
from portal.domain.sheets.models import Sheet, SheetState
from portal.domain.sheets.narrowing import Wanted, natures_of, steps_of
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queue import Basket, queue_order, queue_page
from portal.domain.sheets.revisions import decide, freeze_unit, pending_revision
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.offer import AT, TODAY, make_sheet, make_tree, member, organisation, put_in_state
from tests.support.tenants import tenant_named

WAITING = Basket("a_lire", "À lire", "action", "validation", {"validation": ["attente_validation"]})


class Reading:
    """Actions that wait for those who read them, in a region where an action is decided of with its sessions."""

    def __init__(self, session, tenant):
        self.session, self.tenant, self.actor = session, tenant, member(tenant, "validator")
        self.holder = organisation(session)

    def sent(self, *, days_ago=0, **values):
        action = make_tree(self.session, self.tenant, "action", self.holder)
        make_sheet(self.session, self.tenant, "session", action, self.holder, **values)
        put_in_state(self.session, action, "validation", "attente_validation")
        state = self.session.get(SheetState, next(s.id for s in action.states if s.axis == "validation"))
        state.since = AT - timedelta(days=days_ago)
        return self.freeze(action)

    def freeze(self, action):
        self.session.flush()
        self.session.refresh(action)
        told = {"actor": self.actor, "at": AT}
        freeze_unit(self.session, self.tenant, action, load_node(self.session, action), "validation", **told)
        return action

    def answer(self, action, outcome):
        told = {"at": AT, "actor": self.actor}
        entry = append(self.session, sheet_id=action.id, kind="state.changed", **told)
        revision = pending_revision(self.session, action)
        decide(self.session, revision, outcome, reason=None, entry_id=entry.id, **told)
        return revision

    def again(self, action, **values):
        """Approve it, then send it anew, its session having other values."""
        action.approved_revision_id = self.answer(action, "approved").id
        session = self.session.scalars(select(Sheet).where(Sheet.parent_id == action.id)).one()
        session.data = {**session.data, **values}
        return self.freeze(action)

    def ids(self, **wanted):
        return set(queue_order(self.session, self.tenant, self.actor, WAITING, Wanted(**wanted), today=TODAY))

    def line(self, action):
        told = {"today": TODAY, "limit": 50}
        rows, _ = queue_page(self.session, self.tenant, self.actor, WAITING, Wanted(), **told)
        return next(row for row in rows if row.id == action.id)


@pytest.fixture
def reading(app):
    tenant = tenant_named("revue")
    with app.app_context(), tenant_scope(tenant.slug):
        yield Reading(db.session(), tenant)
        db.session.rollback()


@pytest.mark.parametrize(("days_ago", "found"), [(4, False), (5, True), (40, True)])
def test_age_is_counted_in_days_of_the_region(reading, days_ago, found):
    sheet = reading.sent(days_ago=days_ago)

    assert (sheet.id in reading.ids(older=5)) is found


@pytest.mark.parametrize(
    ("starts", "wanted"),
    [("2026-03-01", "past"), ("2026-03-02", "7"), ("2026-03-09", "7"), ("2026-03-10", "15"), ("2026-04-01", "30")],
)
def test_the_nearness_of_the_first_session(reading, starts, wanted):
    sheet = reading.sent(date_debut=starts)

    found = {word for word in ("past", "7", "15", "30", "none") if sheet.id in reading.ids(starts=word)}

    nearer = {"past": {"past"}, "7": {"7", "15", "30"}, "15": {"15", "30"}, "30": {"30"}}
    assert found == nearer[wanted]


def test_what_begins_on_no_known_day(reading):
    action = reading.sent(date_debut=None)

    assert reading.ids(starts="none") == {action.id}
    assert reading.ids(starts="30") == set()


def test_first_requests_and_new_versions(reading):
    first, again = reading.sent(), reading.sent()
    reading.again(again, horaires="9-12 h")

    assert reading.ids(nature="premiere") == {first.id}
    assert reading.ids(nature="nouvelle") == {again.id}


def test_what_comes_back_after_a_correction(reading):
    other, sheet = reading.sent(), reading.sent()
    reading.answer(sheet, "returned")
    reading.freeze(sheet)

    assert reading.ids(nature="corrigee") == {sheet.id}
    assert reading.line(sheet).sent_back == AT
    assert reading.line(other).sent_back is None


def test_the_step_that_changed_below_the_unit(reading):
    dates, same, first = reading.sent(), reading.sent(), reading.sent()
    reading.again(dates, date_fin="2026-12-24")
    reading.again(same)

    assert dict(steps_of(reading.tenant, "action")) == {
        "action.action": "Action : Action",
        "session.session": "Session : Session",
        "dispositif.dispositif": "Dispositif : Dispositif",
    }
    assert reading.ids(nature="session.session") == {dates.id}
    assert reading.ids(nature="action.action") == set()
    assert reading.line(dates).steps == ["Session"]
    assert (reading.line(same).steps, reading.line(same).changes, reading.line(first).first) == ([], 0, True)


def test_a_level_that_nobody_decides_of_has_no_nature(reading):
    assert natures_of(reading.tenant, "formation") == steps_of(reading.tenant, "formation") == []
    assert {name for name, _ in natures_of(reading.tenant, "action")} == {"premiere", "nouvelle", "corrigee"}
