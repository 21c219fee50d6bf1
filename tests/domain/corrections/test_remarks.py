"""Remarks: put where something stands, carried by a return, answered, settled; nothing of them is ever lost."""

import pytest
from sqlalchemy import select

from portal.domain.corrections.errors import CorrectionRefused
from portal.domain.corrections.models import Correction
from portal.domain.corrections.places import shown_at
from portal.domain.corrections.queries import asked_of, corrections_of, open_corrections
from portal.domain.journal.models import JournalEntry
from portal.domain.mails.models import Mail
from portal.domain.moves.correcting import CorrectionsOpen, answer, put
from portal.domain.organisations.models import Membership, User
from portal.domain.sheets.nodes import unit_of
from portal.domain.sheets.revisions import pending_revision
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from tests.support.offer import AT, TODAY


def kinds(sent):
    return list(sent.session.scalars(select(JournalEntry.kind).order_by(JournalEntry.id)))


def told_on_the_sheet(sent):
    """What the history of the sheet, which the organisation reads, says of remarks."""
    query = select(JournalEntry.kind).where(JournalEntry.sheet_id == sent.sheet.id)
    return [kind for kind in sent.session.scalars(query.order_by(JournalEntry.id)) if kind.startswith("correction.")]


def somebody(sent, email, role, **scope):
    user = User(email=email, name=email.partition("@")[0])
    sent.session.add(user)
    sent.session.flush()
    sent.session.add(Membership(user_id=user.id, role=role, **scope))
    sent.session.flush()


@pytest.mark.parametrize(
    ("path", "step", "words"),
    [
        ("contact_nom", "", "Informations liées à la prescription › Nom contact"),
        ("financeurs.region", "", "Gestion des places › Financeurs › Région"),
        ("financeurs.region.effectif", "", "Gestion des places › Financeurs › Région › Effectif"),
        ("", "places", "Gestion des places"),
        ("", "", "Toute la fiche"),
    ],
)
def test_a_remark_says_its_place_in_words(sent, path, step, words):
    remark = sent.remark(path, step=step)
    assert remark.place == words
    assert remark.step == (step or remark.step) and remark.is_open and remark.sent_at is None


def test_a_remark_may_bear_on_a_sheet_above_that_was_sent_with_it(sent):
    action = next(n for n in unit_of(pending_revision(sent.session, sent.sheet).snapshot).up() if n.level == "action")
    assert sent.remark("objectif", sheet=action.id).place.startswith(action.title)


@pytest.mark.parametrize("path", ["inconnu", "financeurs.autre", "financeurs.region.autre", "contact_nom.x"])
def test_no_remark_where_there_is_nothing(sent, path):
    with pytest.raises(CorrectionRefused, match="n'existe pas"):
        sent.remark(path)
    assert corrections_of(sent.session, sent.sheet.id) == []


@pytest.mark.parametrize(("text", "why"), [("  ", "à corriger"), ("x" * 2001, "2000")])
def test_a_remark_has_words_and_not_too_many(sent, text, why):
    with pytest.raises(CorrectionRefused, match=why):
        sent.remark(text=text)


def test_only_those_who_may_send_it_back_put_remarks_and_only_on_what_they_read(sent):
    pending, where = pending_revision(sent.session, sent.sheet), (sent.sheet.id, "contact_nom", "")
    with pytest.raises(CorrectionRefused, match="ne pouvez pas"):
        put(sent.session, sent.tenant, sent.sheet.id, pending.id, where, "Non.", actor=sent.desk.of, at=AT)
    sent.press("renvoyer", reason="Non.")
    with pytest.raises(CorrectionRefused, match="ne pouvez pas"):
        put(sent.session, sent.tenant, sent.sheet.id, pending.id, where, "Non.", actor=sent.desk.region, at=AT)
    sent.press("envoyer")
    with pytest.raises(CorrectionRefused, match="a changé"):
        put(sent.session, sent.tenant, sent.sheet.id, pending.id, where, "Non.", actor=sent.desk.region, at=AT)


def test_the_organisation_knows_nothing_of_a_remark_until_a_return_carries_it(sent):
    remark = sent.remark()
    assert asked_of(sent.session, sent.sheet.id) == []
    assert "correction.put" in kinds(sent) and told_on_the_sheet(sent) == []
    sent.press("renvoyer")  # the remark stands for the reason
    assert asked_of(sent.session, sent.sheet.id) == [remark] and remark.sent_at == AT
    assert told_on_the_sheet(sent) == ["correction.asked"]


def test_without_remark_a_return_asks_its_reason(sent):
    with pytest.raises(MoveRefused, match="motif"):
        sent.press("renvoyer")


def test_the_return_tells_its_remarks_by_mail(sent):
    somebody(sent, "of@exemple.test", "organisme", organisation_id=sent.sheet.organisation_id)
    sent.remark(text="Un prénom aussi.")
    sent.press("renvoyer", reason="Deux points à revoir.")
    body = sent.session.scalars(select(Mail.body).where(Mail.mail == "session_renvoyee")).first()
    assert "Deux points à revoir.\n\n- Informations liées à la prescription › Nom contact : Un prénom aussi." in body


def test_approval_waits_until_every_remark_is_settled(sent):
    first, second, third = (sent.remark(p) for p in ("contact_nom", "contact_tel", "effectif_vise"))
    sent.press("renvoyer")
    sent.press("envoyer")
    with pytest.raises(CorrectionsOpen, match="3 corrections") as refusal:
        sent.press("approuver")
    assert refusal.value.corrections == [first, second, third]
    sent.settle(first, "close")
    sent.settle(second, "withdraw")
    with pytest.raises(CorrectionsOpen, match="Une correction"):
        sent.press("approuver")
    with pytest.raises(CorrectionRefused, match="motif"):
        sent.settle(third, "waive", "  ")
    sent.settle(third, "waive", "Vu avec l'organisme.")
    sent.press("approuver")
    assert sent.sheet.state("session") == "transmise"
    states = [(one.state, one.text, one.settled_reason) for one in corrections_of(sent.session, sent.sheet.id)]
    assert states == [
        ("closed", "Précisez.", None),
        ("withdrawn", "Précisez.", None),
        ("waived", "Précisez.", "Vu avec l'organisme."),
    ]


def test_a_remark_not_sent_prevents_approval_too(sent):
    remark = sent.remark()
    with pytest.raises(CorrectionsOpen):
        sent.press("approuver")
    with pytest.raises(CorrectionRefused):
        sent.settle(remark, "close")  # nobody was asked anything yet
    sent.settle(remark, "withdraw")
    sent.press("approuver")


def test_a_remark_withdrawn_keeps_its_words_may_come_back_and_is_told(sent):
    somebody(sent, "of@exemple.test", "organisme", organisation_id=sent.sheet.organisation_id)
    remark = sent.remark(text="À revoir.")
    sent.press("renvoyer")
    sent.settle(remark, "withdraw", "Erreur de ma part.")
    assert (remark.text, remark.state, remark.settled_reason) == ("À revoir.", "withdrawn", "Erreur de ma part.")
    assert asked_of(sent.session, sent.sheet.id) == []
    assert sent.session.scalars(select(Mail.subject).where(Mail.mail == "correction_retiree")).first()
    sent.settle(remark, "reopen")
    assert open_corrections(sent.session, sent.sheet.id) == [remark] and remark.settled_reason is None
    assert told_on_the_sheet(sent) == ["correction.asked", "correction.withdrawn", "correction.reopened"]


def test_an_answer_is_kept_told_and_replaced_by_the_next(sent):
    somebody(sent, "region@exemple.test", "region")
    remark = sent.remark()
    view = sent.desk.view()
    with pytest.raises(CorrectionRefused):
        answer(sent.session, view, remark.id, "Trop tôt.", actor=sent.desk.of, at=AT)
    sent.press("renvoyer")
    for words in ("C'est Madame Lot.", "C'est Ida Lot."):
        answer(sent.session, view, remark.id, words, actor=sent.desk.of, at=AT)
    assert (remark.answer, remark.answered_by_name) == ("C'est Ida Lot.", sent.desk.of.name)
    told = sent.session.scalars(select(JournalEntry.reason).where(JournalEntry.kind == "correction.answered")).all()
    assert sum("Madame" in one for one in told) == 1 and len(told) == 2
    assert (
        "Réponse : C'est" in sent.session.scalars(select(Mail.body).where(Mail.mail == "correction_repondue")).first()
    )
    sent.settle(remark, "close")
    with pytest.raises(CorrectionRefused, match="changé"):
        answer(sent.session, view, remark.id, "Encore.", actor=sent.desk.of, at=AT)


def test_the_organisation_settles_nothing(sent):
    remark = sent.remark()
    sent.press("renvoyer")
    sent.desk.region = sent.desk.of
    with pytest.raises(CorrectionRefused, match="ne pouvez pas"):
        sent.settle(remark, "close")


def test_the_old_value_and_the_new_one_are_read_at_the_place(sent):
    remark = sent.remark("financeurs.region.effectif")
    before = View(sent.tenant, unit_of(pending_revision(sent.session, sent.sheet).snapshot), TODAY)
    sent.press("renvoyer")
    sent.edit(effectif_vise=12, financeurs=[{"_id": "region", "effectif": 12}, {"_id": "pole_emploi", "effectif": 0}])
    sent.press("envoyer")
    after = View(sent.tenant, unit_of(pending_revision(sent.session, sent.sheet).snapshot), TODAY)
    found = [shown_at(view, remark.sheet_id, remark.path) for view in (before, after)]
    assert found == ["10", "12"]
    assert shown_at(after, remark.sheet_id, "") is None and shown_at(after, remark.sheet_id, "financeurs.x") == ""


def test_remarks_belong_to_their_unit(sent):
    remark = sent.remark()
    assert sent.session.scalars(select(Correction.unit_id)).all() == [sent.sheet.id]
    assert remark.revision_id == pending_revision(sent.session, sent.sheet).id
