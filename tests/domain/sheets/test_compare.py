"""The typed difference between two versions of a unit."""

import copy

from portal.domain.sheets.compare import compare
from portal.domain.sheets.nodes import freeze, unit_of
from portal.domain.sheets.view import View
from tests.support.offer import TODAY


def versions(desk, **values):
    before = freeze(desk.view().node, ["action", "dossier"], "session")
    after = copy.deepcopy(before)
    after["sheets"][str(desk.sheet.id)]["data"] |= values
    return (View(desk.tenant, unit_of(s), TODAY) for s in (before, after))


def event(desk, **cells):
    return {**desk.sheet.data["evenements"][0], **cells}


def test_the_same_version_shows_no_difference(desk):
    assert compare(*versions(desk)) == []


def test_a_field_is_told_with_its_step_and_its_words(desk):
    (found,) = compare(*versions(desk, date_debut="2026-05-04"))
    assert (found.step, found.field, found.change) == ("calendrier", "date_debut", "changed")
    assert (found.old_shown, found.new_shown) == ("01/04/2026", "04/05/2026")


def test_a_row_added_is_told_as_such(desk):
    rows = [event(desk), event(desk, _id="nouveau1", description="Test de niveau")]
    (found,) = compare(*versions(desk, evenements=rows))
    (row,) = found.cells
    assert (row.change, row.row, row.old_shown) == ("added", "nouveau1", "")
    assert "Test de niveau" in row.new_shown


def test_a_row_removed_is_told_as_such(desk):
    (found,) = compare(*versions(desk, evenements=[]))
    assert [(c.change, c.row) for c in found.cells] == [("removed", event(desk)["_id"])]


def test_a_cell_changed_is_told_in_its_row(desk):
    (found,) = compare(*versions(desk, evenements=[event(desk, heure_debut="10:00")]))
    (row,) = found.cells
    assert row.change == "changed"
    assert [(c.field, c.old_shown, c.new_shown) for c in row.cells] == [("heure_debut", "09h00", "10h00")]


def test_rows_that_changed_places_are_moved(desk):
    one, two = event(desk, _id="un"), event(desk, _id="deux")
    before, _ = versions(desk, evenements=[one, two])
    before.node.data["evenements"] = [one, two]
    after = View(desk.tenant, unit_of(freeze(before.node, ["action", "dossier"], "session")), TODAY)
    after.node.data = {**after.node.data, "evenements": [two, one]}
    (found,) = compare(before, after)
    assert {c.change for c in found.cells} == {"moved"}


def test_a_first_version_shows_everything_given(desk):
    _, view = versions(desk)
    found = {d.field for d in compare(None, view)}
    assert {"contact_nom", "date_debut", "evenements"} <= found


def test_an_ancestor_frozen_with_the_unit_is_compared_too(desk):
    before, after = versions(desk)
    action = after.node.parent
    action.data = {**action.data, "objectif": "Un autre objectif"}
    (found,) = compare(before, after)
    assert (found.level, found.field) == ("action", "objectif")
