"""What awaits the next word of those who decide: which tabs, in which order, counted how."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.people import Actor
from portal.domain.sheets.changed import changed_steps, count_changes, is_given
from portal.domain.sheets.narrowing import Wanted
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queue import (
    Basket,
    baskets_of,
    counts,
    organisations_waiting,
    programmes_waiting,
    queue_order,
    queue_page,
)
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.offer import TODAY, make_sheet, make_tree, member, organisation, put_in_state
from tests.support.tenants import tenant_named

SENT = Basket("sent", "À lire", "session", "session", {"session": ["validee_of"]})


class Line:
    """Sessions of one action that wait, and the actor for whom they do."""

    def __init__(self, session, tenant):
        self.session, self.tenant, self.actor = session, tenant, member(tenant, "validator")
        self.holder = organisation(session)
        self.action = make_tree(session, tenant, "action", self.holder)

    def wait(self, **values):
        sheet = make_sheet(self.session, self.tenant, "session", self.action, self.holder, **values)
        put_in_state(self.session, sheet, "session", "validee_of")
        return sheet

    def ids(self, basket=SENT, **wanted):
        told = {"today": TODAY}
        found = queue_order(self.session, self.tenant, self.actor, basket, Wanted(**wanted), **told)
        rows, total = queue_page(self.session, self.tenant, self.actor, basket, Wanted(**wanted), today=TODAY, limit=50)
        assert [row.id for row in rows] == found and total == len(found)
        return found


@pytest.fixture
def line(app):
    tenant = tenant_named("eos")
    with app.app_context(), tenant_scope(tenant.slug):
        yield Line(db.session(), tenant)
        db.session.rollback()


def test_the_tabs_are_the_tasks_declared_for_the_roles(line):
    assert [b.id for b in baskets_of(line.tenant, line.actor)] == ["session_a_valider", "demande_a_traiter"]
    assert baskets_of(line.tenant, member(line.tenant, "admin")) == []


def test_a_state_that_waits_for_a_role_and_that_no_task_shows_has_a_tab_of_its_own(line):
    desk = line.tenant.desk.model_copy(update={"tasks": {}})
    tenant = replace(line.tenant, desk=desk)

    found = baskets_of(tenant, line.actor)

    assert [(b.level, dict(b.states)) for b in found] == [
        ("session", {"session": ["validee_of"]}),
        ("demande", {"demande": ["transmise"]}),
    ]
    assert found[0].label == "Sessions – Validée OF"


def test_a_task_with_a_condition_keeps_those_that_meet_it(line):
    small, large = line.wait(effectif_vise=4), line.wait(effectif_vise=12)
    basket = Basket("large", "Grandes", "session", "session", {"session": ["validee_of"]}, "effectif_vise > 10")

    assert line.ids(basket) == [large.id]
    assert small.id not in line.ids(basket)
    assert counts(line.session, line.tenant, line.actor, [basket, SENT], TODAY) == {"large": 1, "sent": 2}


def test_sheets_without_a_date_come_last_whichever_way(line):
    dated, without = line.wait(date_debut="2026-05-04"), line.wait()
    without.starts_on = None
    line.session.flush()

    assert line.ids() == [dated.id, without.id]
    assert line.ids(backwards=True) == [dated.id, without.id]


def test_the_deadline_of_a_request_is_the_next_session_of_its_dossier(line):
    line.wait(date_debut="2026-02-02"), line.wait(date_debut="2026-05-04"), line.wait(date_debut="2026-09-07")
    dossier = load_node(line.session, line.action).parent
    request = make_sheet(line.session, line.tenant, "demande", line.session.get(type(line.action), dossier.id))
    put_in_state(line.session, request, "demande", "transmise")
    basket = Basket("asked", "Demandes", "demande", "demande", {"demande": ["transmise"]})

    (row,), total = queue_page(line.session, line.tenant, line.actor, basket, Wanted(), today=TODAY, limit=5)

    assert (row.id, row.deadline, total) == (request.id, date(2026, 5, 4), 1)


def test_the_deadline_of_a_sheet_above_sessions_is_the_first_of_them(line):
    line.wait(date_debut="2026-09-07"), line.wait(date_debut="2026-05-04")
    basket = Basket("open", "Dossiers", "dossier", "dossier", {"dossier": ["en_cours"]})

    (row,), _ = queue_page(line.session, line.tenant, line.actor, basket, Wanted(), today=TODAY, limit=5)

    assert row.deadline == date(2026, 5, 4)


def test_an_organisation_sees_its_own_only(line):
    sheet = line.wait()
    stranger = Actor(uuid.uuid4(), "", frozenset({"organisme"}))

    assert line.ids() == [sheet.id]
    assert counts(line.session, line.tenant, stranger, [SENT], TODAY) == {"sent": 0}


def test_the_organisations_that_wait(line):
    line.wait(), line.wait()

    found = organisations_waiting(line.session, line.tenant, line.actor, SENT, TODAY)

    assert found == [(line.holder.id, "HECATE FORMATION", 2)]
    assert programmes_waiting(line.session, line.tenant, line.actor, SENT, TODAY) == {"fpe_21_25": 2}


def test_only_given_values_and_whole_sheets_are_counted_as_changes(line):
    def snapshot(sheets):
        return {"sheets": {i: {"level": "session", "data": data} for i, data in sheets.items()}}

    before = snapshot({"a": {"effectif_vise": 4, "contact_nom": "Ida", "obligatoire": "non"}, "b": {}})
    after = snapshot({"a": {"effectif_vise": 5, "contact_nom": "Ida", "obligatoire": "oui"}, "c": {}})

    assert not is_given(line.tenant.field("session", "obligatoire"))
    assert count_changes(line.tenant, before, before) == 0
    assert count_changes(line.tenant, before, after) == 3
    assert changed_steps(line.tenant, before, before) == []
    assert changed_steps(line.tenant, before, after)[-2:] == ["fiches ajoutées", "fiches retirées"]


def test_what_refreshes_the_row_moves_it_in_the_queue(line):
    first, second = line.wait(date_debut="2026-05-04"), line.wait(date_debut="2026-06-01")
    second.data = {**second.data, "date_debut": "2026-04-06"}
    refresh_mirrors(second, View(line.tenant, load_node(line.session, second), TODAY))
    line.session.flush()

    assert line.ids() == [second.id, first.id]
