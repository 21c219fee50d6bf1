"""Saving a step: what is kept, what is refused, and two people at once."""

import pytest

from portal.domain.entry.saving import fingerprint, lock_of, save_step, shown_raw
from portal.domain.journal.models import JournalEntry
from portal.domain.sheets.errors import LockedError
from portal.domain.sheets.models import Sitting
from tests.support.offer import AT, put_in_state


def save(desk, raws, *, step="prescription", actor=None, **options):
    return save_step(desk.session, desk.view(), desk.sheet, step, raws, actor=actor or desk.of, at=AT, **options)


def drawn(desk, step="prescription"):
    view = desk.view()
    return {f.id: fingerprint(shown_raw(view, f.field)) for f in view.form.step(step).fields}


def entries(desk, kind):
    rows = desk.session.query(JournalEntry).filter_by(sheet_id=desk.sheet.id, kind=kind)
    return rows.order_by(JournalEntry.at, JournalEntry.id).all()


def test_a_valid_value_is_stored_and_its_version_noted(desk):
    saved = save(desk, {"contact_nom": "Anne Martin"})
    assert saved.changed == ["contact_nom"] and not saved.faults
    assert desk.sheet.data["contact_nom"] == "Anne Martin"
    assert desk.sheet.field_versions["contact_nom"] == desk.sheet.version == saved.version


def test_an_invalid_value_is_kept_as_typed_and_the_last_valid_one_stays(desk):
    save(desk, {"debut_prescription": "2026-04-01"})
    saved = save(desk, {"debut_prescription": "31/02/2026"})
    assert saved.faults["debut_prescription"].message == "Le 31/02/2026 n'existe pas."
    assert desk.sheet.raw == {"debut_prescription": "31/02/2026"}
    assert desk.sheet.data["debut_prescription"] == "2026-04-01"
    assert shown_raw(desk.view(), desk.view().form.fields["debut_prescription"].field) == "31/02/2026"


def test_correcting_an_invalid_value_forgets_what_was_typed(desk):
    save(desk, {"debut_prescription": "31/02/2026"})
    save(desk, {"debut_prescription": "01/03/2026"})
    assert desk.sheet.raw == {} and desk.sheet.data["debut_prescription"] == "2026-03-01"


def test_emptying_a_field_takes_its_value_away(desk):
    save(desk, {"commentaire": "à revoir"})
    save(desk, {"commentaire": ""})
    assert "commentaire" not in desk.sheet.data


def test_the_same_form_sent_twice_changes_nothing_the_second_time(desk):
    first = save(desk, {"contact_nom": "Anne Martin"}, keep=True)
    second = save(desk, {"contact_nom": "Anne Martin"}, keep=True)
    assert second.changed == [] and second.version == first.version
    assert len(entries(desk, "sheet.edited")) == 1


def test_two_people_on_different_fields_are_both_kept(desk):
    was = drawn(desk)
    everything = {f.id: shown_raw(desk.view(), f.field) for f in desk.view().form.step("prescription").fields}
    save(desk, {**everything, "contact_nom": "Anne Martin"}, was=was)
    saved = save(desk, {**everything, "contact_tel": "06 11 22 33 44"}, was=was)
    assert saved.conflicts == [] and saved.changed == ["contact_tel"]
    assert desk.sheet.data["contact_nom"] == "Anne Martin"
    assert desk.sheet.data["contact_tel"] != "06 12 34 56 78"


def test_two_people_on_the_same_field_see_both_values_and_nothing_is_overwritten(desk):
    was = drawn(desk)
    save(desk, {"contact_nom": "Anne Martin"}, was=was)
    saved = save(desk, {"contact_nom": "Luc Petit"}, was=was)
    assert [(c.field.id, c.mine_shown, c.theirs_shown) for c in saved.conflicts] == [
        ("contact_nom", "Luc Petit", "Anne Martin")
    ]
    assert desk.sheet.data["contact_nom"] == "Anne Martin"


def test_two_people_typing_the_same_value_do_not_conflict(desk):
    was = drawn(desk)
    save(desk, {"contact_nom": "Anne Martin"}, was=was)
    assert save(desk, {"contact_nom": "Anne Martin"}, was=was).conflicts == []


def test_a_field_of_another_step_or_imported_is_ignored(desk):
    saved = save(desk, {"date_debut": "2027-01-01", "identifiant_prescription": "999", "inconnu": "x"})
    assert saved.changed == []
    assert desk.sheet.data["date_debut"] != "2027-01-01" and desk.sheet.data["identifiant_prescription"] != "999"


def test_a_locked_sheet_refuses_a_changed_field_and_keeps_everything(desk):
    before = dict(desk.sheet.data)
    put_in_state(desk.session, desk.sheet, "session", "validee_of")
    with pytest.raises(LockedError, match="validation par la Région"):
        save(desk, {"contact_nom": "Anne Martin"})
    assert desk.sheet.data == before


def test_a_locked_sheet_accepts_the_same_values_as_no_change(desk):
    put_in_state(desk.session, desk.sheet, "session", "validee_of")
    assert save(desk, {"contact_nom": desk.sheet.data["contact_nom"]}).changed == []


def test_the_region_may_not_type_in_the_organisations_place(desk):
    assert lock_of(desk.view(), "contact_nom", desk.of.roles) is None
    assert lock_of(desk.view(), "contact_nom", desk.region.roles) is not None


def test_an_unknown_step_is_refused(desk):
    with pytest.raises(LockedError):
        save(desk, {"contact_nom": "x"}, step="inconnue")


def test_autosaves_of_a_sitting_make_one_entry_with_first_and_last_values(desk):
    first = desk.sheet.data["contact_nom"]
    for name in ("A", "An", "Anne"):
        save(desk, {"contact_nom": name})
    assert entries(desk, "sheet.edited") == []
    assert desk.session.query(Sitting).count() == 1
    save(desk, {"contact_nom": "Anne Martin"}, keep=True)
    (entry,) = entries(desk, "sheet.edited")
    assert entry.before == {"contact_nom": first} and entry.after == {"contact_nom": "Anne Martin"}
    assert desk.session.query(Sitting).count() == 0


def test_typing_and_taking_back_leaves_no_entry(desk):
    first = desk.sheet.data["contact_nom"]
    save(desk, {"contact_nom": "Autre"})
    save(desk, {"contact_nom": first}, keep=True)
    assert entries(desk, "sheet.edited") == []


def test_typed_columns_follow_their_fields(desk):
    save(desk, {"date_debut": "12/05/2026", "date_fin": "12/06/2026"}, step="calendrier")
    save(desk, {"effectif_vise": "14"}, step="places")
    assert (desk.sheet.starts_on.isoformat(), desk.sheet.ends_on.isoformat()) == ("2026-05-12", "2026-06-12")
    assert desk.sheet.seats == 14


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "' or 1=1 --", "😀", "{{ 7*7 }}", "a\x00b", "x" * 100_000]
)
def test_hostile_text_is_stored_as_text_or_refused_never_an_error(desk, hostile):
    saved = save(desk, {"contact_nom": hostile})
    assert "contact_nom" in saved.faults or desk.sheet.data["contact_nom"] == hostile
