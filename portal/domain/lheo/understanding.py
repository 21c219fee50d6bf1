"""From the element of a document to an offer: terms and values, whatever the version."""

from portal.domain.lheo import dates
from portal.domain.lheo.elements import Element
from portal.domain.lheo.leaves import read_leaves
from portal.domain.lheo.offers import ACTION, FORMATION, SESSION, Action, Offer, Session
from portal.domain.lheo.parts import (
    read_blocks,
    read_contact,
    read_cycle,
    read_equipment,
    read_funding,
    read_provider,
    read_referents,
)
from portal.domain.lheo.recruiting import read_recruiting
from portal.domain.lheo.values import code_of


def understand(formation: Element) -> Offer:
    """The offer that a `formation` tells, 2.2 or 2.3. What has no term, extras first of all, is left."""
    offer = Offer(formation.attributes.get("numero", ""), changed=dates.day_of(formation.attributes.get("datemaj", "")))
    offer.terms = {**read_leaves(formation, FORMATION), **read_contact(formation, "contact-formation")}
    if main := _main_domain(formation):
        offer.terms["formation.main_domain"] = main
    responsible = formation.first("organisme-formation-responsable")
    if responsible is not None:
        offer.responsible = responsible.attributes.get("numero", "")
        offer.terms |= read_contact(responsible, "contact-organisme")
        if set(offer.terms.get("organisation.activity_number", "")) == {"0"}:
            del offer.terms["organisation.activity_number"]
    if offer.terms.get("formation.level_in") == "0":
        del offer.terms["formation.level_in"]
    offer.actions = [_action(action) for action in formation.all("action")]
    return offer


def _main_domain(formation: Element) -> str | None:
    domain = formation.first("domaine-formation")
    codes = domain.all("code-FORMACODE") if domain is not None else []
    return next((code_of(one) for one in codes if one.attributes.get("tag") == "principal"), None)


def _action(element: Element) -> Action:
    found = {
        **read_leaves(element, ACTION),
        **read_equipment(element),
        "session.funding": read_funding(element),
        "action.deliverer": read_provider(element),
    }
    terms = {term: value for term, value in found.items() if value not in ([], {})}
    return Action(element.attributes.get("numero", ""), terms, [_session(one) for one in element.all("session")])


def _session(element: Element) -> Session:
    terms = {
        **read_leaves(element, SESSION),
        **read_contact(element, "contact-session"),
        **read_referents(element),
        **read_recruiting(element),
        **read_blocks(element),
        **read_cycle(element),
    }
    return Session(element.attributes.get("numero", ""), terms)
