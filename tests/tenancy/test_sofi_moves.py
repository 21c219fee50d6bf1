"""The region whose unit is the action: a code replaced, deliveries that wait for an information meeting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.domain.catalogue.models import PublishedSession
from portal.domain.deliveries.actions import claim_due
from portal.domain.deliveries.models import Delivery
from portal.domain.desk.counters import figures
from portal.domain.desk.tasks import basket
from portal.domain.entry.completeness import problems_of_sheet
from portal.domain.moves.perform import perform_move
from portal.domain.moves.saving import save
from portal.domain.organisations.models import Organisation
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.reference.models import Certification
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.directory import contact, site
from tests.support.offer import AT, make_sheet, member, organisation
from tests.support.tenants import tenant_named

LATER = AT + timedelta(hours=1)
REPLACED = "Actions de formation dont le code Certifinfo a été remplacé par le CARIF-OREF"
DAYS = {"date_debut": "2026-04-01", "date_fin": "2026-12-18"}


@dataclass
class Offer:
    """An offer of one programme, validated, and those who act on it."""

    session: Session
    tenant: Tenant
    holder: Organisation
    formation: Sheet
    action: Sheet
    sheet: Sheet

    def do(self, move: str, sheet: Sheet, side: str = "validator", **options: Any) -> Any:
        return perform_move(self.session, self.tenant, sheet, move, actor=self.actor(side), **{"at": AT, **options})

    def actor(self, side: str) -> Any:
        return member(self.tenant, side, organisations={self.holder.id} if side == "org" else None)

    def validate(self) -> None:
        self.do("envoyer", self.action, "org")
        self.do("valider", self.action)

    def states(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        rows = self.session.scalars(select(Delivery).order_by(Delivery.id).execution_options(populate_existing=True))
        for row in rows:
            found.setdefault(row.target, []).append(row.state)
        return found

    def why(self, target: str) -> str | None:
        query = select(Delivery.held_because).where(Delivery.target == target).order_by(Delivery.id.desc())
        return self.session.scalar(query.limit(1))

    def meet(self, **cells: str) -> Any:
        """An information meeting is added, as its step saves it."""
        row = {"_id": "", "type": "infocoll", "date": "20/03/2026", "heure_debut": "09:00", "a_distance": "oui"}
        raws = {"infos_collectives": [{**row, **cells}]}
        step = next(s.id for s in self.tenant.steps("session") if any(f.id == "infos_collectives" for f in s.fields))
        return save(self.session, self.tenant, self.sheet.id, step, raws, actor=self.actor("org"), at=LATER, keep=True)


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sofi")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


def offer_of(tenant: Tenant, programme: str, **values: Any) -> Offer:
    session = db.session()
    holder = organisation(session)
    place, person = str(site(session, holder).id), str(contact(session, holder).id)
    made = {"holder": holder, "programme": programme}
    formation = make_sheet(session, tenant, "formation", None, **made, **values)
    action = make_sheet(session, tenant, "action", formation, site_dispensateur=place, **made)
    people = {"site_lieu": place, "referent_pmr": person, "referent_prf": person, "referent_mobilite": person}
    meetings = {"infos_collectives": [], "organisme_responsable": str(holder.id)}
    cycle = {"cycle_alternance": "3", "unite_entreprise": 2, "unite_centre": 1}
    sheet = make_sheet(session, tenant, "session", action, **made, **DAYS, **people, **meetings, **cycle)
    make_sheet(session, tenant, "dispositif", sheet, **made, nb_places=12, nb_places_restantes=3, effectif_minimal=3)
    return Offer(session, tenant, holder, formation, action, sheet)


def certified(tenant: Tenant) -> Offer:
    return offer_of(tenant, "generale", reference_certifinfo=True, certification="109049", objectif_general="6")


def test_the_code_is_replaced_counted_shown_and_acknowledged(tenant: Tenant) -> None:
    offer = certified(tenant)
    offer.validate()
    asked = {"inputs": {"certification": "12650"}, "reason": "Mauvais certificateur", "at": LATER}
    offer.do("remplacer", offer.formation, **asked)
    title = offer.session.get_one(Certification, "12650").title
    assert offer.action.state("validation") == "validee"
    page = offer.session.scalars(select(PublishedSession)).one()
    assert title in page.title and "12650" in str(page.page) and "109049" not in str(page.page)

    def count() -> int:
        found = figures(offer.session, tenant, offer.actor("org"), today=AT.date())
        return next(f.count for f in found if f.label == REPLACED)

    assert count() == 1
    offer.do("acquitter", offer.formation, "org", at=LATER)
    assert count() == 0


def test_archived_codes_still_used_wait_for_the_validator(tenant: Tenant) -> None:
    offer = certified(tenant)

    def waiting(today: date) -> list[str]:
        found = basket(offer.session, tenant, offer.actor("validator"), today=today, wanted="codes_archives")
        assert found is not None
        return [line.words for line in found.lines] if found.current == "codes_archives" else []

    assert waiting(date(2026, 12, 31)) == []
    (line,) = waiting(date(2027, 1, 1))  # its last session is in 2026
    assert "(109049)" in line and offer.holder.name in line
    own = update(Certification).where(Certification.certif_info == "109049")
    offer.session.execute(own.values(replaced_by="12650"))
    assert len(waiting(AT.date())) == 1
    offer.do("remplacer", offer.formation, inputs={"certification": "12650"}, reason="Code archivé")
    assert waiting(AT.date()) == []


def test_without_an_information_meeting_the_sites_are_served_and_france_travail_waits(tenant: Tenant) -> None:
    offer = offer_of(tenant, "generale", reference_certifinfo=False, domaines=["15061"], domaine_principal="15061")
    offer.validate()
    assert offer.states() == {
        "sites_region": ["due"], "offre_info": ["due"], "kairos": ["held"], "ouiform": ["held"],
        "imilo": ["relayed"], "candidat": ["relayed"],
    }  # fmt: skip
    assert "obligatoire pour alimenter Kairos" in (offer.why("kairos") or "")


def test_a_meeting_added_releases_what_waited_for_it_without_a_new_decision(tenant: Tenant) -> None:
    offer = offer_of(tenant, "generale", reference_certifinfo=False, domaines=["15061"], domaine_principal="15061")
    offer.validate()
    claim_due(offer.session, "offre_info", now=AT + timedelta(days=1))  # its batch left in the evening
    done = offer.meet()
    assert done.saved.faults == {} and done.amended == ["infos_collectives"]
    assert offer.action.state("validation") == "validee"
    states = offer.states()
    assert states["kairos"] == states["ouiform"] == ["superseded", "relayed"]
    assert states["sites_region"] == ["superseded", "due"]
    assert states["offre_info"] == ["sending", "due"]  # the meeting goes out to it too
    in_force = offer.session.get_one(Sheet, offer.action.id).approved_revision_id
    newest = select(Delivery.revision_id).order_by(Delivery.id.desc()).limit(1)
    assert offer.session.scalar(newest) == in_force


def test_a_meeting_half_typed_goes_nowhere(tenant: Tenant) -> None:
    offer = offer_of(tenant, "generale", reference_certifinfo=False, domaines=["15061"], domaine_principal="15061")
    offer.validate()
    assert offer.meet(type="").amended == []
    assert offer.states()["kairos"] == ["held"] and offer.states()["sites_region"] == ["due"]


def test_the_second_chance_school_waits_everywhere_for_its_meeting(tenant: Tenant) -> None:
    offer = offer_of(tenant, "e2c")
    offer.validate()
    assert offer.states()["sites_region"] == ["held"]
    offer.meet()
    assert offer.states()["sites_region"] == ["superseded", "due"]


def test_apprenticeship_never_goes_to_france_travail(tenant: Tenant) -> None:
    offer = offer_of(tenant, "apprentissage", certification="109049")
    offer.validate()
    assert set(offer.states()) == {"sites_region", "offre_info", "imilo"}
    offer.meet()
    assert set(offer.states()) == {"sites_region", "offre_info", "imilo"}


def test_recruitment_closed_goes_out_at_once(tenant: Tenant) -> None:
    offer = offer_of(tenant, "generale", reference_certifinfo=False, domaines=["15061"], domaine_principal="15061")
    offer.validate()
    offer.do("fermer", offer.sheet, "org", at=LATER)
    assert offer.states()["sites_region"] == ["superseded", "due"]
    assert offer.action.state("validation") == "validee"


def test_a_code_that_does_not_exist_warns_goes_out_to_the_sites_and_no_further(tenant: Tenant) -> None:
    offer = offer_of(tenant, "generale", reference_certifinfo=True, certification="999999", objectif_general="6")
    view = View(tenant, load_node(offer.session, offer.formation), AT.date(), lookups=ReferenceLookups())
    told = [p for p in problems_of_sheet(offer.session, view, "send") if p.field == "certification"]
    (problem,) = told
    assert problem.severity == "warn" and problem.message.startswith("Certif Info ne connaît pas ce code")
    offer.validate()
    assert offer.states()["offre_info"] == ["held"]
    assert offer.why("offre_info") == "Certif Info ne connaît pas le code de la formation."
