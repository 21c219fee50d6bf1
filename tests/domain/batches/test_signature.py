"""What a submission changes: said alike wherever the same change is made, otherwise as soon as something differs."""

import copy

import pytest

from portal.domain.batches.signature import signature_of
from portal.domain.moves.perform import perform_move
from portal.domain.sheets.revisions import approved_revision, pending_revision
from tests.support.offer import AT, make_sheet

ADDRESS = {"numero": "4", "voie": "du Commerce", "code_postal": "63320", "commune": "Champeix", "pays": "FRANCE"}
EVENT = {"type": "infocoll", "date_debut": "2026-03-20", "heure_debut": "09:00"}


@pytest.fixture
def versions(desk):
    """The frozen copies of a session in force, and of another of the same action."""

    def frozen(sheet):
        for move, actor in (("envoyer", desk.of), ("approuver", desk.region)):
            perform_move(desk.session, desk.tenant, sheet, move, actor=actor, at=AT)
        return approved_revision(desk.session, sheet).snapshot

    parent = desk.session.get(type(desk.sheet), desk.sheet.parent_id)
    twin = make_sheet(desk.session, desk.tenant, "session", parent, financeurs=desk.sheet.data["financeurs"])
    return frozen(desk.sheet), frozen(twin)


def changed(snapshot, **values):
    """The copy with other values of its unit."""
    made = copy.deepcopy(snapshot)
    made["sheets"][made["unit"]]["data"] |= values
    return made


def test_the_same_change_in_two_sheets_says_the_same(desk, versions):
    one, other = (signature_of(desk.tenant, v, changed(v, contact_nom="Ida Lot")) for v in versions)
    assert one == other is not None


def test_nothing_changed_says_nothing(desk, versions):
    assert signature_of(desk.tenant, versions[0], copy.deepcopy(versions[0])) is None


@pytest.mark.parametrize(
    "values",
    [{"contact_nom": "Ada Lot"}, {"contact_nom": "Ida Lot", "contact_tel": "0600000000"}, {"contact_mail": "Ida Lot"}],
)
def test_another_value_another_field_or_one_more_says_otherwise(desk, versions, values):
    whole = signature_of(desk.tenant, versions[0], changed(versions[0], contact_nom="Ida Lot"))
    assert signature_of(desk.tenant, versions[1], changed(versions[1], **values)) != whole


def test_another_value_before_is_another_change(desk, versions):
    moved = changed(versions[1], contact_nom="Quelqu'un")
    first = signature_of(desk.tenant, versions[0], changed(versions[0], contact_nom="Ida Lot"))
    assert signature_of(desk.tenant, moved, changed(moved, contact_nom="Ida Lot")) != first


def test_rows_are_known_by_what_they_hold_and_not_by_their_ids(desk, versions):
    one, other = (
        signature_of(desk.tenant, v, changed(v, evenements=[{"_id": f"r{i}", **EVENT}]))
        for i, v in enumerate(changed(v, evenements=[]) for v in versions)
    )
    assert one == other


def test_fixed_rows_keep_their_keys(desk, versions):
    def give(snapshot, key):
        return changed(snapshot, financeurs=[{"_id": key, "effectif": 3}])

    one, other = (
        signature_of(desk.tenant, v, give(v, key)) for v, key in zip(versions, ("region", "pole_emploi"), strict=True)
    )
    assert one != other


def test_a_state_that_moved_on_is_part_of_the_change(desk, versions):
    cancelled = changed(versions[0], contact_nom="Ida Lot")
    cancelled["sheets"][cancelled["unit"]]["states"] = {"annulation": "annulee"}
    assert signature_of(desk.tenant, versions[0], cancelled) != signature_of(
        desk.tenant, versions[0], changed(versions[0], contact_nom="Ida Lot")
    )


def test_what_waits_is_compared_with_what_is_in_force(desk, versions):
    desk.sheet.data = {**desk.sheet.data, "contact_nom": "Ida Lot"}
    perform_move(desk.session, desk.tenant, desk.sheet, "envoyer", actor=desk.of, at=AT)
    waits = pending_revision(desk.session, desk.sheet).snapshot
    expected = signature_of(desk.tenant, versions[1], changed(versions[1], contact_nom="Ida Lot"))
    assert signature_of(desk.tenant, versions[0], waits) == expected
