"""What happened, in words: who, what changed from what to what, why; read under the files of its time."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from portal.domain.desk.history import being_typed, history
from portal.domain.entry.saving import save_step
from portal.domain.journal.actions import append
from portal.domain.moves.perform import perform_move
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from tests.support.offer import AT, TODAY


@pytest.fixture
def told(desk):
    def told(sheet=None, page=1):
        wanted = (sheet or desk.dossier).id  # read before anything is counted
        return history(desk.session, desk.tenant, wanted, at_version=lambda n: desk.tenant, today=TODAY, page=page)

    return told


@pytest.fixture
def typed(desk):
    def typed(sheet, step, minutes=5, keep=True, **raws):
        view = View(desk.tenant, load_node(desk.session, sheet), TODAY)
        return save_step(
            desk.session, view, sheet, step, raws, actor=desk.of, at=AT + timedelta(minutes=minutes), keep=keep
        )

    return typed


def test_an_edit_says_what_each_field_was_and_became(desk, told, typed):
    session = desk.add(date_debut="2026-04-01", type_entree="0")
    typed(session, "calendrier", date_debut="15/05/2026", type_entree="1")

    event_ = told(session)[0][0]

    assert (event_.what, event_.who) == ("Modification", "Personne org")
    assert [(c.label, c.old_shown, c.new_shown) for c in event_.changes] == [
        ("Date début", "01/04/2026", "15/05/2026"),
        ("Type entrée", "Entrées/Sorties fixes", "Entrées/Sorties permanentes"),
    ]


def test_rows_are_told_one_by_one(desk, told, typed):
    session = desk.add(evenements=[])
    row = {"_id": "a1", "type": "test", "date_debut": "2026-05-04", "heure_debut": "09:00", "description": "Tests"}
    typed(session, "evenements", evenements=[row])

    (change,) = told(session)[0][0].changes

    assert [(r.change, r.new_shown) for r in change.cells] == [("added", "Test, 04/05/2026, 09h00, Tests")]


def test_a_move_is_told_by_its_words_and_those_of_the_states(desk, told):
    perform_move(
        desk.session, desk.tenant, desk.dossier, "engager_solde", actor=desk.region, at=AT + timedelta(minutes=1)
    )
    perform_move(
        desk.session, desk.tenant, desk.dossier, "reprendre", actor=desk.region, at=AT + timedelta(minutes=2),
        reason="Une session reste à faire.",
    )  # fmt: skip

    found, total = told()

    assert found[0].what == "Remettre le dossier en cours : En cours de solde → En cours d'exécution"
    assert found[0].reason == "Une session reste à faire."
    assert found[1].what == "Passer en cours de solde : En cours d'exécution → En cours de solde"
    assert found[-1].what == "Création"
    assert (found[0].who, found[-1].who) == ("Personne validator", "Guichet")
    assert total == len(found)


def test_the_history_of_a_sheet_holds_what_is_and_was_below_it(desk, told):
    session = desk.add()
    session.deleted_at = AT
    desk.session.flush()

    found, _ = told()

    assert {e.sheet_id for e in found} == {desk.dossier.id, desk.action.id, session.id}
    assert {e.sheet_id for e in told(session)[0]} == {session.id}


def test_what_is_being_typed_is_said_before_it_is_history(desk, typed):
    session = desk.add()
    typed(session, "calendrier", keep=False, date_debut="2026-06-01")

    (one,) = being_typed(desk.session, desk.tenant, desk.dossier.id)

    assert (one.who, one.step, one.sheet) == ("Personne org", "Calendrier / Rythme", session.title)


def test_words_that_the_region_no_longer_has_do_not_break_the_page(desk, told):
    session = desk.add()
    facts = {"actor": desk.of, "sheet_id": session.id}
    append(
        desk.session,
        at=AT,
        kind="state.changed",
        move="vieux.axe",
        before={"vieux": "a"},
        after={"vieux": "b"},
        **facts,
    )
    append(desk.session, at=AT, kind="sheet.edited", before={"vieux_champ": "a"}, after={"vieux_champ": "b"}, **facts)
    append(desk.session, at=AT, kind="state.changed", move="session.parti", before={"session": "x"}, after={}, **facts)

    found, total = told(session)

    assert total == 4
    assert all(e.what for e in found)


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_of_history_takes_four_statements_whatever_it_holds(desk, told, count):
    for _ in range(count):
        desk.add()
    desk.session.flush()
    desk.session.expunge_all()
    seen = []
    event.listen(desk.session.get_bind(), "before_cursor_execute", lambda c, cur, sql, *_: seen.append(sql))

    found, total = told()

    assert (len(found), total) == (count + 2, count + 2)
    assert len(seen) == 4, seen


def test_fifty_facts_a_page(desk, told):
    session = desk.add()
    for minute in range(60):
        append(desk.session, at=AT + timedelta(minutes=minute), actor=desk.of, sheet_id=session.id, kind="sheet.edited")

    (first, total), (second, _) = told(session), told(session, page=2)

    assert (len(first), len(second), total) == (50, 11, 61)
    assert {id(e) for e in first}.isdisjoint({id(e) for e in second})
