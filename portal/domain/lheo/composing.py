"""From an offer to the element of a document: terms in their places, and what LHÉO wants said even when unknown."""

from collections.abc import Mapping
from types import MappingProxyType

from portal.domain.lheo import dates
from portal.domain.lheo.elements import Element
from portal.domain.lheo.leaves import write_leaves
from portal.domain.lheo.offers import ACTION, FORMATION, SESSION, Action, Offer, Session
from portal.domain.lheo.parts import (
    write_blocks,
    write_contact,
    write_cycle,
    write_equipment,
    write_funding,
    write_provider,
    write_referents,
)
from portal.domain.lheo.recruiting import write_recruiting
from portal.domain.lheo.structure import ELEMENTS
from portal.domain.lheo.values import code_of

UNKNOWN: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "objectif-formation", "resultats-attendus", "contenu-formation", "rythme-formation",
                "modalites-alternance", "conditions-specifiques", "ligne", "ville", "raison-sociale",
            ),
            "-",
        ),
        "codepostal": "00000",
        "debut": dates.UNKNOWN,
        "fin": dates.UNKNOWN,
        "code-niveau-entree": "0",
        "numero-activite": "0" * 11,
    }
)  # fmt: skip
"""What says « not known » in the files that travel today, where LHÉO wants something. Nothing else is made up."""

FILLED = frozenset(
    (
        "domaine-formation", "contact-formation", "coordonnees", "organisme-formation-responsable", "periode",
        "adresse", "adresse-inscription", "coordonnees-organisme", "contact-organisme", "raison-sociale-formateur",
    )
)  # fmt: skip
"""Elements that may be made only to hold what is unknown, or to be there."""


def compose(offer: Offer) -> Element:
    """The `formation` of an offer. What it lacks and nobody may make up is missing: the check tells it."""
    made = _made("formation", offer.number, offer.changed)
    write_leaves(made, FORMATION, offer.terms)
    write_contact(made, "contact-formation", offer.terms)
    responsible = made.put("organisme-formation-responsable")
    if offer.responsible:
        responsible.attributes["numero"] = offer.responsible
    write_contact(responsible, "contact-organisme", offer.terms)
    if offer.terms.get("formation.main_domain"):
        _tell_main(made, offer.terms["formation.main_domain"])
    for action in offer.actions:
        made.children.append(_action(action, offer.changed))
    _fill(made)
    _arrange(made)
    return made


def _made(name: str, number: str, changed: str | None) -> Element:
    attributes = {"numero": number, "datemaj": dates.written(changed) if changed else ""}
    return Element(name, attributes={key: value for key, value in attributes.items() if value})


def _tell_main(made: Element, code: str) -> None:
    for one in made.put("domaine-formation").all("code-FORMACODE"):
        if code_of(one) == code:
            one.attributes["tag"] = "principal"


def _action(action: Action, changed: str | None) -> Element:
    made = _made("action", action.number, changed)
    write_leaves(made, ACTION, action.terms)
    write_equipment(made, action.terms)
    write_funding(made, action.terms.get("session.funding") or [])
    if provider := action.terms.get("action.deliverer"):
        write_provider(made, provider)
    for place in made.all("lieu-de-formation"):
        place.attributes["tag"] = "principal"
    for session in action.sessions:
        made.children.append(_session(session, changed))
    return made


def _session(session: Session, changed: str | None) -> Element:
    made = _made("session", session.number, changed)
    write_leaves(made, SESSION, session.terms)
    write_contact(made, "contact-session", session.terms)
    write_referents(made, session.terms)
    write_recruiting(made, session.terms)
    write_blocks(made, session.terms)
    write_cycle(made, session.terms)
    return made


def _fill(element: Element) -> None:
    """Say what is unknown, here and below, in the places where LHÉO wants something."""
    for rule in ELEMENTS[element.name].children:
        if rule.least and not element.all(rule.name):
            if rule.name in UNKNOWN:
                element.add(rule.name, UNKNOWN[rule.name])
            elif rule.name in FILLED:
                element.add(rule.name)
    for child in element.children:
        _fill(child)


def _arrange(element: Element) -> None:
    """Put the children in the order of the language, here and below; those of one name stay as they were."""
    ranks = {rule.name: rank for rank, rule in enumerate(ELEMENTS[element.name].children)}
    element.children.sort(key=lambda child: ranks.get(child.name, len(ranks)))
    for child in element.children:
        _arrange(child)
