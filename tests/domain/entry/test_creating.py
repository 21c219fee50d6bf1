"""Creating sheets: who may, under which conditions, with which number and first values."""

import pytest

from portal.domain.entry.creating import CreationRefused, create_sheet, duplicate_sheet
from portal.domain.entry.requests import targets_of
from portal.domain.sheets.models import Sheet
from tests.support.offer import AT, TODAY, make_sheet, member, organisation


def action_of(desk):
    return desk.session.get(Sheet, desk.sheet.parent_id)


def dossier_of(desk):
    return desk.session.get(Sheet, action_of(desk).parent_id)


def create(desk, level="session", parent=None, actor=None):
    return create_sheet(
        desk.session,
        desk.tenant,
        level=level,
        parent=parent or action_of(desk),
        actor=actor or desk.of,
        at=AT,
        today=TODAY,
    )


def test_a_supplementary_session_is_marked_and_prefilled(desk):
    sheet = create(desk)
    assert sheet.data["type"] == "S"
    assert sheet.state("session") == "a_finaliser"
    assert sheet.organisation_id == desk.sheet.organisation_id
    assert sheet.parent_id == desk.sheet.parent_id


def test_codes_are_never_given_twice_even_after_a_deletion(desk):
    first = create(desk)
    first.deleted_at = AT
    desk.session.flush()
    assert create(desk).code not in (first.code, desk.sheet.code)


def test_only_the_roles_named_may_create(desk):
    with pytest.raises(CreationRefused, match="ne pouvez pas créer"):
        create(desk, actor=desk.region)
    with pytest.raises(CreationRefused, match="ne pouvez pas créer"):
        create(desk, level="dossier")


def test_a_sheet_is_created_under_its_own_level_only(desk):
    with pytest.raises(CreationRefused, match="Action"):
        create(desk, parent=dossier_of(desk))


def test_the_contact_of_the_dossier_comes_first(desk):
    dossier = dossier_of(desk)
    dossier.data = {k: v for k, v in dossier.data.items() if k != "contact_mail"}
    desk.session.flush()
    with pytest.raises(CreationRefused) as refusal:
        create(desk)
    assert refusal.value.message == (
        "Le contact pédagogique doit être saisi avant de pouvoir créer ou éditer une session"
    )


def test_every_action_is_described_first(desk):
    dossier = dossier_of(desk)
    bare = make_sheet(desk.session, desk.tenant, "action", dossier)
    bare.data = {k: v for k, v in bare.data.items() if desk.tenant.field("action", k).origin == "imported"}
    desk.session.flush()
    with pytest.raises(CreationRefused) as refusal:
        create(desk)
    assert refusal.value.message == (
        "Le descriptif de toutes les actions doit être complété avant de pouvoir créer ou éditer une session."
    )


def test_one_request_is_open_at_a_time_per_dossier(desk):
    create(desk, level="demande", parent=dossier_of(desk))
    with pytest.raises(CreationRefused) as refusal:
        create(desk, level="demande", parent=dossier_of(desk))
    assert (
        refusal.value.message == "Une demande de modification doit être traitée pour pouvoir en établir une nouvelle."
    )


def test_a_copy_keeps_what_may_be_kept_and_moves_its_dates(desk):
    copy = duplicate_sheet(desk.session, desk.tenant, desk.sheet, actor=desk.of, at=AT, today=TODAY, shift_days=7)
    assert copy.data["contact_nom"] == desk.sheet.data["contact_nom"]
    assert copy.data["date_debut"] == "2026-04-08"
    assert "commentaire" not in copy.data and "identifiant_prescription" not in copy.data
    assert copy.id != desk.sheet.id and copy.code != desk.sheet.code


def test_an_organisation_of_somebody_else_sees_nothing(desk):
    other = organisation(desk.session, "AUTRE", 2)
    stranger = member(desk.tenant, "org", organisations={other.id})
    request = create(desk, level="demande", parent=dossier_of(desk))
    assert targets_of(desk.session, desk.tenant, request, TODAY) is not None
    assert stranger.organisations.isdisjoint({request.organisation_id})
