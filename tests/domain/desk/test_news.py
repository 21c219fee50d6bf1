"""What one is told on arriving: what came back, what was decided, the figures."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.desk.counters import figures
from portal.domain.desk.news import decided, sent_back
from portal.domain.moves.perform import perform_move
from portal.tenancy.schema import Counter
from tests.support.offer import AT, TODAY, put_in_state


@pytest.fixture
def act(desk):
    def act(sheet, move, actor, minutes=0, **values):
        return perform_move(
            desk.session, desk.tenant, sheet, move, actor=actor, at=AT + timedelta(minutes=minutes), **values
        )

    return act


@pytest.fixture
def session(desk):
    return desk.add(
        date_debut="2026-04-01", date_fin="2026-10-30", debut_prescription="2026-03-05", fin_prescription="2026-03-30",
        effectif_vise=10, financeurs=[{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}],
        evenements=[],
    )  # fmt: skip


@pytest.fixture(autouse=True)
def dates(desk):
    desk.dossier.data = {**desk.dossier.data, "debut": "2026-01-01", "fin": "2027-12-31", "fin_exec": "2028-12-31"}
    desk.session.flush()


def test_what_was_sent_back_stays_said_until_it_is_sent_again(desk, session, act):
    act(session, "envoyer", desk.of)
    assert sent_back(desk.session, desk.tenant, desk.of) == []

    act(session, "renvoyer", desk.region, 1, reason="Précisez le lieu.")
    (one,) = sent_back(desk.session, desk.tenant, desk.of)
    act(session, "envoyer", desk.of, 2)

    assert (one.sheet_id, one.reason, one.title) == (session.id, "Précisez le lieu.", session.title)
    assert sent_back(desk.session, desk.tenant, desk.of) == []


def test_those_who_decide_have_nothing_to_correct(desk, session, act):
    act(session, "envoyer", desk.of)
    act(session, "renvoyer", desk.region, 1, reason="Précisez le lieu.")

    assert sent_back(desk.session, desk.tenant, desk.region) == []


def test_decisions_are_told_latest_first_with_their_reason(desk, session, act):
    act(session, "envoyer", desk.of)
    act(session, "renvoyer", desk.region, 1, reason="Précisez le lieu.")
    act(session, "envoyer", desk.of, 2)
    act(session, "approuver", desk.region, 3)

    found = decided(desk.session, desk.tenant, desk.of, now=AT + timedelta(days=1))

    assert [(d.state, d.reason) for d in found] == [("Transmise", ""), ("A finaliser", "Précisez le lieu.")]
    assert found[0].tone == "done"
    assert decided(desk.session, desk.tenant, desk.of, now=AT + timedelta(days=60)) == []


def test_news_of_others_are_not_mine(desk, session, act):
    act(session, "envoyer", desk.of)
    act(session, "renvoyer", desk.region, 1, reason="Précisez le lieu.")
    stranger = replace(desk.of, organisations=frozenset())

    assert sent_back(desk.session, desk.tenant, stranger) == []
    assert decided(desk.session, desk.tenant, stranger, now=AT) == []


def test_figures_count_what_answers_their_condition(desk):
    put_in_state(desk.session, desk.add(effectif_vise=5), "session", "transmise")
    desk.add(effectif_vise=20)
    desk.add(effectif_vise=20)
    said = {"grandes": "effectif_vise > 10", "avec": "count(evenements) > 0", "vues": "session == 'transmise'"}
    where = {"label": "x", "roles": ["organisme"], "level": "session", "list": "sessions"}
    counters = {name: Counter(where=condition, **where) for name, condition in said.items()}
    tenant = replace(desk.tenant, desk=desk.tenant.desk.model_copy(update={"counters": counters}))

    found = figures(desk.session, tenant, desk.of, today=TODAY)

    assert [(f.id, f.count) for f in found] == [("grandes", 2), ("avec", 3), ("vues", 1)]
    assert figures(desk.session, tenant, desk.region, today=TODAY) == []
