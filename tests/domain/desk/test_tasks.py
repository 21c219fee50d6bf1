"""The basket: one line per group, its count, its deadline; it empties by itself."""

from datetime import date

import pytest
from sqlalchemy import event

from portal.domain.desk.tasks import basket, tab_of
from tests.support.offer import TODAY, make_tree, organisation, put_in_state


def opened(desk, actor=None, **asked):
    return basket(desk.session, desk.tenant, actor or desk.of, today=TODAY, **asked)


def test_the_sessions_of_a_dossier_make_one_task(desk):
    desk.dossier.data = {**desk.dossier.data, "numero_lot": "147"}
    desk.add(date_debut="2026-03-12")
    desk.add(date_debut="2026-09-01")

    found = opened(desk)

    assert next((t.label, t.count) for t in found.types) == ("Session à finaliser", 1)
    (line,) = found.lines
    assert line.words == "Lot 147 Dossier 2022C007314701 - nombre session(s) concernée(s) : 2"
    assert (line.sheet_id, line.programme) == (desk.dossier.id, "FPE 21-25")
    assert (line.deadline, line.days, line.overdue) == (date(2026, 3, 12), 10, False)


@pytest.mark.parametrize(
    ("start", "days", "overdue"), [("2026-03-02", 0, False), ("2026-02-28", 0, True), (None, None, False)]
)
def test_the_countdown_stops_at_zero_and_says_that_it_is_past(desk, start, days, overdue):
    desk.add(date_debut=start)

    (line,) = opened(desk).lines

    assert (line.days, line.overdue) == (days, overdue)


def test_a_task_ends_when_nothing_is_left_to_do(desk):
    put_in_state(desk.session, desk.add(), "session", "transmise")
    put_in_state(desk.session, desk.add(), "annulation", "annulee")

    found = opened(desk, wanted="session_a_finaliser")

    assert found.lines == []
    assert found.total == 0


def test_the_most_pressing_comes_first(desk):
    desk.add(date_debut="2026-09-01")
    sooner = make_tree(desk.session, desk.tenant, "session", desk.holder, date_debut="2026-04-01")
    never = make_tree(desk.session, desk.tenant, "session", desk.holder)
    never.starts_on = None
    desk.session.flush()

    groups = [line.sheet_id for line in opened(desk).lines]

    assert groups[0] == sooner.parent.parent_id
    assert groups[-1] == never.parent.parent_id


def test_the_region_has_its_own_basket(desk):
    put_in_state(desk.session, desk.add(), "session", "validee_of")

    found = opened(desk, desk.region)

    assert [(t.label, t.count) for t in found.types] == [
        ("Session à valider", 1),
        ("Demande de modification à traiter", 0),
    ]
    assert "HECATE FORMATION" in found.lines[0].words
    assert opened(desk).types[0].count == 0


def test_what_belongs_to_others_is_no_task_of_mine(desk):
    make_tree(desk.session, desk.tenant, "session", organisation(desk.session, "Autre", 2))

    assert opened(desk).total == 0


def test_a_condition_of_the_task_counts(desk):
    for name in ("contact_nom", "objectif"):
        sheet = desk.dossier if name == "contact_nom" else desk.action
        sheet.data = {k: v for k, v in sheet.data.items() if k != name}
    desk.session.flush()

    contact = opened(desk, wanted="contact_a_saisir")
    action = opened(desk, wanted="action_a_decrire")

    assert [line.sheet_id for line in contact.lines] == [desk.dossier.id]
    assert [line.sheet_id for line in action.lines] == [desk.dossier.id]
    assert contact.lines[0].deadline is None
    assert (contact.tab, action.tab) == ("sessions", "action")


def test_a_task_opens_the_tab_in_which_it_is_done(desk):
    assert tab_of(desk.tenant, desk.tenant.desk.tasks["session_a_finaliser"]) == "sessions"
    assert tab_of(desk.tenant, desk.tenant.desk.tasks["demande_a_traiter"]) == "demandes"


def test_somebody_without_task_has_no_basket(desk):
    nobody = desk.of.__class__(None, "x", frozenset(), frozenset(), frozenset(), "org")

    assert basket(desk.session, desk.tenant, nobody, today=TODAY) is None


@pytest.mark.parametrize("count", [1, 30])
def test_a_basket_takes_five_statements_whatever_the_number_of_lines(desk, count):
    for _ in range(count):
        make_tree(desk.session, desk.tenant, "session", desk.holder)
    desk.session.expire_all()
    seen = []
    event.listen(desk.session.get_bind(), "before_cursor_execute", lambda c, cur, sql, *_: seen.append(sql))

    found = opened(desk)

    assert found.total == count
    assert len(seen) == 5, seen
