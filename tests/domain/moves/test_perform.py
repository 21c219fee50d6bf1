"""Performing moves on a real session: what each changes, what each refuses, and that a refusal leaves no trace."""

import pytest
from sqlalchemy import select

from portal.domain.catalogue.models import PublishedEvent, PublishedSession
from portal.domain.deliveries.models import Delivery
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.perform import perform_move
from portal.domain.sheets.models import Decision, Revision
from portal.domain.sheets.revisions import approved_revision, pending_revision
from portal.domain.workflow import MoveRefused
from tests.support.offer import AT


def do(desk, move, actor=None, sheet=None, **options):
    sheet = sheet or desk.sheet
    return perform_move(desk.session, desk.tenant, sheet, move, actor=actor or desk.of, at=AT, **options)


def send_and_approve(desk):
    do(desk, "envoyer")
    return do(desk, "approuver", desk.region)


def edit(desk, **values):
    desk.sheet.data = {**desk.sheet.data, **values}
    desk.session.flush()


def count(desk, model, **where):
    return len(desk.session.scalars(select(model).filter_by(**where)).all())


def trace(desk):
    return [count(desk, model) for model in (JournalEntry, Revision, Decision, Delivery, PublishedSession)]


def test_sending_freezes_journals_and_owes_in_one_go(desk):
    done = do(desk, "envoyer")
    assert desk.sheet.state("session") == "validee_of"
    assert done.message == (
        "La session de formation a bien été sauvegardée et sera validée par la Région aussitôt que possible"
    )
    assert (done.entry.kind, done.entry.move) == ("state.changed", "session.envoyer")
    assert done.entry.before == {"session": "a_finaliser"} and done.entry.after == {"session": "validee_of"}
    revision = pending_revision(desk.session, desk.sheet)
    assert revision is not None and revision.kind == "submitted" and revision.made_by == desk.of.user_id
    assert revision.snapshot["sheets"][str(desk.sheet.id)]["data"]["contact_nom"] == "Texte"
    assert count(desk, Delivery, journal_entry_id=done.entry.id, target="region") == 1


def test_the_frozen_copy_holds_the_ancestors_named_and_not_its_own_fate(desk):
    do(desk, "envoyer")
    snapshot = pending_revision(desk.session, desk.sheet).snapshot
    levels = {s["level"]: s for s in snapshot["sheets"].values()}
    assert set(levels) == {"dossier", "action", "session"}
    assert levels["dossier"]["data"] and levels["action"]["data"]
    assert levels["session"]["states"] == {"annulation": "maintenue"}


def test_approving_publishes_the_version_sent_not_what_was_typed_since(desk):
    do(desk, "envoyer")
    edit(desk, contact_nom="Changé après l'envoi")
    do(desk, "approuver", desk.region)
    assert desk.sheet.state("session") == "transmise"
    frozen = approved_revision(desk.session, desk.sheet).snapshot["sheets"][str(desk.sheet.id)]
    assert frozen["data"]["contact_nom"] == "Texte"
    page = desk.session.scalar(select(PublishedSession).filter_by(sheet_id=desk.sheet.id))
    assert "Changé après" not in str(page.page) and page.status == "open"
    assert count(desk, PublishedEvent, session_id=page.id) == 1


def test_the_approved_version_stays_in_force_while_a_new_one_waits(desk):
    send_and_approve(desk)
    first = desk.sheet.approved_revision_id
    edit(desk, libelle_public="Hydrobalnéologue")
    do(desk, "envoyer")
    assert desk.sheet.approved_revision_id == first
    page = desk.session.scalar(select(PublishedSession).filter_by(sheet_id=desk.sheet.id))
    assert "Hydrobalnéologue" not in page.title
    do(desk, "approuver", desk.region)
    desk.session.refresh(page)
    assert "Hydrobalnéologue" in page.title


def test_sending_back_needs_a_reason_and_decides(desk):
    do(desk, "envoyer")
    with pytest.raises(MoveRefused, match="motif"):
        do(desk, "renvoyer", desk.region, reason="  ")
    pending = pending_revision(desk.session, desk.sheet)
    do(desk, "renvoyer", desk.region, reason="L'adresse est incomplète.")
    assert desk.sheet.state("session") == "a_finaliser"
    decision = desk.session.scalar(select(Decision).filter_by(revision_id=pending.id))
    assert (decision.outcome, decision.reason) == ("returned", "L'adresse est incomplète.")
    assert pending_revision(desk.session, desk.sheet) is None


def test_an_incomplete_session_is_refused_with_its_faults_and_leaves_no_trace(desk):
    edit(desk, contact_nom=None, effectif_vise=None)
    desk.sheet.data = {k: v for k, v in desk.sheet.data.items() if v is not None}
    desk.session.flush()
    before = trace(desk)
    with pytest.raises(MoveRefused) as refusal:
        do(desk, "envoyer")
    assert {p.path for p in refusal.value.problems} >= {"contact_nom", "effectif_vise"}
    assert trace(desk) == before and desk.sheet.state("session") == "a_finaliser"


def test_something_typed_and_not_valid_is_never_sent(desk):
    desk.sheet.raw = {"date_debut": "31/02/2026"}
    desk.session.flush()
    with pytest.raises(MoveRefused) as refusal:
        do(desk, "envoyer")
    assert [p.path for p in refusal.value.problems] == ["date_debut"]


@pytest.mark.parametrize("move", ["approuver", "renvoyer", "envoler", "retablir"])
def test_what_the_state_or_the_role_forbids_is_refused(desk, move):
    before = trace(desk)
    with pytest.raises(MoveRefused):
        do(desk, move)
    assert trace(desk) == before


def test_the_organisation_may_not_decide_of_its_own_session(desk):
    do(desk, "envoyer")
    with pytest.raises(MoveRefused, match="rôle"):
        do(desk, "approuver")


def test_deciding_twice_is_refused(desk):
    send_and_approve(desk)
    with pytest.raises(MoveRefused):
        do(desk, "approuver", desk.region)
    assert count(desk, Decision) == 1


def test_a_cancellation_goes_out_at_once_as_an_amendment(desk):
    send_and_approve(desk)
    done = do(desk, "annuler")
    revision = approved_revision(desk.session, desk.sheet)
    assert revision.kind == "amendment"
    assert revision.snapshot["sheets"][str(desk.sheet.id)]["states"]["annulation"] == "annulee"
    assert desk.session.scalar(select(PublishedSession.status).filter_by(sheet_id=desk.sheet.id)) == "cancelled"
    assert desk.sheet.state("session") == "transmise"
    assert done.revision is not None and done.revision.id == revision.id


def test_a_cancellation_before_any_approval_only_moves_its_axis(desk):
    do(desk, "annuler")
    assert desk.sheet.state("annulation") == "annulee"
    assert approved_revision(desk.session, desk.sheet) is None
    with pytest.raises(MoveRefused):
        do(desk, "envoyer")


def test_only_a_supplementary_session_never_sent_is_deleted(desk):
    edit(desk, type="O")
    with pytest.raises(MoveRefused, match="s'annule"):
        do(desk, "supprimer")
    edit(desk, type="S", identifiant_prescription=None)
    desk.sheet.data = {k: v for k, v in desk.sheet.data.items() if v is not None}
    do(desk, "supprimer")
    assert desk.sheet.deleted_at == AT


def test_a_submission_replaced_by_another_is_superseded(desk):
    send_and_approve(desk)
    do(desk, "envoyer")
    first = pending_revision(desk.session, desk.sheet)
    do(desk, "renvoyer", desk.region, reason="à revoir")
    do(desk, "envoyer")
    second = pending_revision(desk.session, desk.sheet)
    assert second.number > first.number and second.base_id == desk.sheet.approved_revision_id


def test_history_cannot_be_rewritten(desk):
    do(desk, "envoyer")
    for table in ("journal_entry", "revision", "decision", "config_version"):
        for statement in (f"update {table} set tenant = tenant", f"delete from {table}"):
            with pytest.raises(Exception, match="permission denied"), desk.session.begin_nested():
                desk.session.connection().exec_driver_sql(statement)
