"""What needs no new decision goes out at once, and is journaled; the rest waits while the approved version stays
public.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.catalogue.models import PublishedSession
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.perform import perform_move
from portal.domain.moves.saving import Outcome, save
from portal.domain.people import Actor
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.revisions import approved_revision, pending_revision
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.directory import contact, site
from tests.support.offer import AT, make_sheet, member, organisation
from tests.support.tenants import tenant_named


@dataclass
class Approved:
    """An action validated with its session, and those who act on it."""

    session: Session
    tenant: Tenant
    action: Sheet
    below: Sheet
    referent: str
    of: Actor
    carif: Actor

    def save(self, *, keep: bool = True, **raws: str) -> Outcome:
        """Type in the session; `keep` when Save is pressed."""
        found = save(
            self.session, self.tenant, self.below.id, "session", raws, actor=self.of, at=AT, keep=keep
        )  # fmt: skip
        self.session.expire(self.action)
        return found

    def press(self, move: str, **options: str) -> None:
        """Perform a move on the action."""
        actor = self.of if move == "envoyer" else self.carif
        perform_move(self.session, self.tenant, self.action, move, actor=actor, at=AT, **options)

    def in_force(self, name: str) -> object:
        """A value of the session in the version in force."""
        self.session.expire(self.action)
        revision = approved_revision(self.session, self.action)
        return revision.snapshot["sheets"][str(self.below.id)]["data"].get(name)

    def journal(self) -> list[JournalEntry]:
        """What went out without a decision."""
        return list(self.session.scalars(select(JournalEntry).where(JournalEntry.kind == "sheet.amended")))

    def versions(self) -> int:
        """How many versions there are."""
        return self.session.scalar(select(func.count()).select_from(Revision)) or 0


@pytest.fixture
def approved(app: Flask) -> Iterator[Approved]:
    tenant = tenant_named("revue")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session)
        place, one = site(db.session, holder), contact(db.session, holder)
        other = contact(db.session, holder, "Ada Roux", code="1903")
        formation = make_sheet(db.session, tenant, "formation", None, holder, programme="apprentissage")
        action = make_sheet(db.session, tenant, "action", formation, holder)
        below = make_sheet(
            db.session, tenant, "session", action, holder, lieu=str(place.id), referent=str(one.id), horaires="9-12 h",
            date_fin="2026-12-01",
        )  # fmt: skip
        make_sheet(db.session, tenant, "dispositif", below, holder, restantes=2, taux_tva="20")
        of, carif = member(tenant, "org", organisations={holder.id}), member(tenant, "validator")
        found = Approved(db.session, tenant, action, below, str(other.id), of, carif)
        found.press("envoyer")
        found.press("valider")
        yield found
        db.session.rollback()


def test_an_exempt_field_goes_out_at_once_and_the_action_stays_validated(approved):
    before = approved.versions()
    done = approved.save(horaires="14-17 h")
    assert done.amended == ["horaires"] and done.moves == []
    assert approved.action.state("validation") == "validee"
    assert approved.in_force("horaires") == "14-17 h"
    assert approved.versions() == before + 1
    (entry,) = approved.journal()
    assert (entry.before, entry.after, entry.sheet_id) == (
        {"horaires": "9-12 h"},
        {"horaires": "14-17 h"},
        approved.below.id,
    )


def test_what_is_not_exempt_waits_while_the_approved_version_stays_public(approved):
    page = select(PublishedSession.page, PublishedSession.status)
    before = approved.session.execute(page).all()
    done = approved.save(horaires="14-17 h", date_fin="20/12/2026")
    assert done.amended == ["horaires"] and [one.entry.move for one in done.moves] == ["validation.rouvrir"]
    assert approved.action.state("validation") == "en_saisie"
    assert approved.in_force("horaires") == "14-17 h" and approved.in_force("date_fin") == "2026-12-01"
    assert approved.session.execute(page).all()[0].status == before[0].status == "open"
    assert "20/12/2026" not in str(approved.session.execute(page).all())


def test_an_autosave_publishes_nothing(approved):
    assert approved.save(keep=False, horaires="14-17 h").amended == []
    assert approved.in_force("horaires") == "9-12 h"
    assert approved.save(date_debut="01/04/2026").amended == ["horaires"]  # once Save is pressed


def test_what_is_not_valid_goes_nowhere(approved):
    done = approved.save(horaires="le matin")
    assert done.saved.faults and done.amended == []
    assert approved.in_force("horaires") == "9-12 h" and approved.journal() == []


def test_the_same_value_again_makes_no_version(approved):
    before = approved.versions()
    approved.save(horaires="9-12 h")
    assert approved.versions() == before and approved.journal() == []


def open_while_it_waits(tenant: Tenant) -> Tenant:
    """The same region, where what its lock leaves open may be typed while a submission waits."""
    axis = tenant.workflow.axes["validation"]
    waiting = axis.states["attente_validation"].model_copy(update={"edit": ["of"]})
    states = {**axis.states, "attente_validation": waiting}
    axes = {**tenant.workflow.axes, "validation": axis.model_copy(update={"states": states})}
    return replace(tenant, workflow=tenant.workflow.model_copy(update={"axes": axes}))


def test_an_exempt_field_goes_out_while_a_submission_waits_and_survives_its_approval(approved):
    approved.tenant = open_while_it_waits(approved.tenant)
    approved.save(date_fin="20/12/2026")
    approved.press("envoyer")
    waiting = pending_revision(approved.session, approved.action)
    done = approved.save(referent=approved.referent)  # the only one that the lock leaves open
    assert done.saved.faults == {} and done.amended == ["referent"]
    assert approved.in_force("referent") == approved.referent and approved.in_force("date_fin") == "2026-12-01"
    assert pending_revision(approved.session, approved.action).id == waiting.id
    approved.press("valider")
    assert approved.in_force("referent") == approved.referent and approved.in_force("date_fin") == "2026-12-20"


def test_on_what_was_never_approved_an_exempt_field_waits_like_the_rest(approved):
    formation = approved.session.get(Sheet, approved.action.parent_id)
    other = make_sheet(approved.session, approved.tenant, "action", formation)
    approved.below = make_sheet(approved.session, approved.tenant, "session", other, horaires="9-12 h")
    assert approved.save(horaires="14-17 h").amended == [] and approved.journal() == []
