"""A code replaced by those who decide: the sheet, what the public sees, what waits for a decision, the targets."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.domain.catalogue.models import PublishedSession
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.payload import build
from portal.domain.journal.models import JournalEntry
from portal.domain.mails.models import Mail
from portal.domain.moves.perform import Done, perform_move
from portal.domain.organisations.actions import create_user, grant_membership
from portal.domain.organisations.models import Organisation
from portal.domain.reference.models import Certification
from portal.domain.sheets.models import Decision, Revision, Sheet
from portal.domain.sheets.revisions import approved_revision, pending_revision
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.directory import site
from tests.support.offer import AT, make_sheet, member, organisation, put_in_state
from tests.support.tenants import tenant_named

OLD, NEW = "109049", "12650"
LATER = AT + timedelta(hours=1)
BLOCK = {"_id": "RNCP35030BC01", "retenu": True, "heures": "35.0"}


@dataclass
class Offer:
    """A training that leads to a certification, with an action and its session; those who act on them."""

    session: Session
    tenant: Tenant
    holder: Organisation
    formation: Sheet
    action: Sheet
    place: str

    def do(self, move: str, sheet: Sheet | None = None, side: str = "validator", **options: object) -> Done:
        actor = member(self.tenant, side, organisations={self.holder.id} if side == "org" else None)
        return perform_move(self.session, self.tenant, sheet or self.action, move, actor=actor, **{"at": AT, **options})

    def replace(self, code: str = NEW, *, reason: str = "Erreur de code", side: str = "validator") -> Done:
        return self.do("remplacer", self.formation, side, inputs={"certification": code}, reason=reason, at=LATER)

    def approve(self) -> None:
        self.do("envoyer", side="org")
        self.do("valider")

    def frozen(self, revision: Revision | None = None) -> dict:
        found = revision or approved_revision(self.session, self.action)
        return found.snapshot["sheets"][str(self.formation.id)]

    def add_action(self) -> Sheet:
        action = make_sheet(self.session, self.tenant, "action", self.formation, self.holder)
        values = {"lieu": self.place, "date_fin": "2026-12-18", "horaires": "9-12 h"}
        make_sheet(self.session, self.tenant, "session", action, self.holder, **values)
        return action

    def public(self) -> list[PublishedSession]:
        return list(self.session.scalars(select(PublishedSession)).all())


@pytest.fixture
def offer(app: Flask) -> Iterator[Offer]:
    tenant = tenant_named("revue")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session())
        values = {"certification": OLD, "blocs": [BLOCK]}
        formation = make_sheet(db.session(), tenant, "formation", None, holder, **values)
        formation.data = {k: v for k, v in formation.data.items() if k not in ("niveau", "certificateur")}
        made = Offer(db.session(), tenant, holder, formation, formation, str(site(db.session(), holder).id))
        made.action = made.add_action()
        yield made
        db.session.rollback()


def title_of(code: str) -> str:
    found = db.session.get(Certification, code)
    assert found is not None
    return found.title


def test_the_sheet_takes_the_code_and_what_was_taken_from_the_old_one_goes(offer: Offer) -> None:
    offer.formation.raw = {"certification": "pas un code"}
    offer.replace()
    assert offer.formation.data["certification"] == NEW
    assert "blocs" not in offer.formation.data and offer.formation.raw == {}
    assert offer.formation.state("code") == "remplace"
    assert offer.formation.title == title_of(NEW)
    assert offer.action.title.startswith(title_of(NEW))


def test_the_public_sees_the_new_code_at_once(offer: Offer) -> None:
    offer.approve()
    (before,) = offer.public()
    assert before.title == title_of(OLD)
    done = offer.replace()
    revision = approved_revision(offer.session, offer.action)
    assert done.revision is revision and revision.kind == "amendment"
    frozen = offer.frozen()
    assert frozen["data"]["certification"] == NEW and frozen["title"] == title_of(NEW)
    assert frozen["facts"]["certification"]["title"] == title_of(NEW)
    offer.session.refresh(before)
    assert before.title == title_of(NEW)
    assert offer.action.state("validation") == "validee"


def test_what_is_in_force_does_not_change_with_the_table_afterwards(offer: Offer) -> None:
    offer.approve()
    offer.replace()
    title = title_of(NEW)
    offer.session.execute(update(Certification).where(Certification.certif_info == NEW).values(title="Autre"))
    assert offer.frozen()["facts"]["certification"]["title"] == title


def test_every_action_of_the_training_is_amended(offer: Offer) -> None:
    other = offer.add_action()
    offer.approve()
    offer.do("envoyer", other, "org")
    offer.do("valider", other)
    offer.replace()
    assert {page.title for page in offer.public()} == {title_of(NEW)}
    told = offer.session.scalars(select(JournalEntry).filter_by(kind="sheet.amended")).all()
    assert {(e.sheet_id, e.reason) for e in told} == {(s.id, "Erreur de code") for s in (offer.action, other)}


def test_the_targets_receive_the_new_code(offer: Offer) -> None:
    offer.approve()
    offer.replace()
    rows = offer.session.scalars(select(Delivery).filter_by(target="carif").order_by(Delivery.id)).all()
    assert [row.state for row in rows] == ["superseded", "due"]
    revision = offer.session.get(Revision, rows[-1].revision_id)
    document = json.loads(build(offer.tenant, revision, rows[-1]))
    formation = next(a for a in document["ancestors"] if a["level"] == "formation")
    assert formation["terms"]["formation.certification"] == NEW
    assert formation["terms"]["formation.title"] == title_of(NEW)


def test_the_organisation_is_told_then_says_that_it_has_seen(offer: Offer) -> None:
    someone = create_user(offer.session, email="of@exemple.test", name="Ida Lot", password=None, cheap=True)
    grant_membership(offer.session, someone, role="of", organisation=offer.holder)
    (mail,) = [offer.session.get(Mail, i) for i in offer.replace().mails]
    assert (mail.recipient, mail.subject) == ("of@exemple.test", title_of(NEW))
    assert f"{title_of(NEW)} ({NEW}) : Erreur de code" in mail.body
    offer.do("vu", offer.formation, "org")
    assert offer.formation.state("code") == "garde"


def test_never_approved_nothing_goes_out(offer: Offer) -> None:
    done = offer.replace()
    assert done.revision is None and offer.public() == []
    assert offer.session.scalars(select(Delivery)).all() == []


def test_withdrawn_it_stays_withdrawn(offer: Offer) -> None:
    offer.approve()
    offer.do("retirer", at=AT + timedelta(minutes=1))
    before = len(offer.session.scalars(select(Delivery)).all())
    offer.replace()
    assert [page.status for page in offer.public()] == ["withdrawn"]
    assert len(offer.session.scalars(select(Delivery)).all()) == before


def test_what_waits_for_a_decision_takes_the_new_code_too(offer: Offer) -> None:
    offer.do("envoyer", side="org")
    first = pending_revision(offer.session, offer.action)
    offer.replace()
    waiting = pending_revision(offer.session, offer.action)
    assert waiting.number > first.number and offer.frozen(first)["data"]["certification"] == OLD
    decision = offer.session.scalar(select(Decision).filter_by(revision_id=first.id))
    assert (decision.outcome, decision.reason) == ("superseded", "Erreur de code")
    offer.do("valider", at=LATER + timedelta(minutes=1))
    assert offer.frozen()["data"]["certification"] == NEW
    assert [page.title for page in offer.public()] == [title_of(NEW)]


def test_a_waiting_change_of_an_approved_action_keeps_both(offer: Offer) -> None:
    offer.approve()
    offer.action.data = {**offer.action.data, "points_forts": "Atelier refait"}
    put_in_state(offer.session, offer.action, "validation", "en_saisie")
    offer.do("envoyer", side="org", at=AT + timedelta(minutes=5))
    offer.replace()
    assert [page.title for page in offer.public()] == [title_of(NEW)]
    offer.do("valider", at=LATER + timedelta(minutes=1))
    data = approved_revision(offer.session, offer.action).snapshot["sheets"]
    assert data[str(offer.action.id)]["data"]["points_forts"] == "Atelier refait"
    assert offer.frozen()["data"]["certification"] == NEW


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "obligatoire"),
        (OLD, "déjà la valeur actuelle"),
        (f"Assistant RH ({OLD})", "déjà la valeur actuelle"),
        ("999999", "inconnu de la liste de référence"),
        ("pas un code", "Indiquez un code Certif Info"),
        ("120000", "n'est plus valable"),
    ],
)
def test_what_is_no_new_code_is_refused_at_its_place(offer: Offer, code: str, said: str) -> None:
    offer.session.add(
        Certification(
            certif_info="120000", kind="TP", title="Ancien", certifying=True, status="archived",
            valid_until=AT.date() - timedelta(days=1), search="ancien", words="| ancien |",
        )
    )  # fmt: skip
    offer.approve()
    with pytest.raises(MoveRefused) as refusal, offer.session.begin_nested():
        offer.replace(code)
    ((name, message),) = refusal.value.problems
    assert name == "certification" and said in message
    offer.session.refresh(offer.formation)
    assert offer.formation.data["certification"] == OLD and offer.frozen()["data"]["certification"] == OLD


def test_only_those_who_decide_replace_and_only_with_a_reason(offer: Offer) -> None:
    with pytest.raises(MoveRefused, match="rôle"):
        offer.replace(side="org")
    with pytest.raises(MoveRefused, match="motif"):
        offer.replace(reason=" ")
    assert offer.formation.data["certification"] == OLD
