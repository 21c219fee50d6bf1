"""From a sheet to an offer: what its fields say by terms, here and above, without knowing whose sheet it is.

One delivered sheet makes one formation, one action and their sessions: the sheet itself, or those below it. Each part
is numbered after the lowest sheet that says something of it, so that no number is given twice to different things.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from portal.domain.lheo.offers import ACTION, ALIASES, FORMATION, SESSION, Action, Offer, Session, level_of, main_term
from portal.domain.lheo.saying import Found, say
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.domain.vocabulary import TERMS
from portal.tenancy.schema.flows import Said

Terms = dict[str, Any]

FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "formation.contact": ("session.contact", "organisation.contact", "dossier.contact"),
    "organisation.contact": ("formation.contact",),
}
"""Contacts that stand in for one nobody gave."""

PERSON = ("name", "phone", "mail")
ELSEWHERE = ("formation.main_domain", *(f"dossier.contact.{part}" for part in PERSON))
"""Terms that LHÉO has no place for, and that say something of those that have one."""

BOOLEANS = {"oui": True, "non": False}
STARTS = "session.start"
MIXED = "4"  # a path of several types
_UNFIT = re.compile(r"[^0-9A-Za-z._-]+")


def gather(view: View, said: Mapping[str, Said], changed: date | None) -> Offer:
    """The offer a sheet tells. `said` is what the region says of all its sheets, where no field says otherwise."""
    sessions = _sessions(view)
    first = sessions[0] if sessions else view
    gathered = _gathered(first)
    terms = _terms(first, gathered, said)
    action = Action(number_of(view, _lowest(view, gathered, ACTION)), terms[ACTION])
    action.sessions = [
        Session(number_of(view, one.node), _terms(one, _gathered(one), said)[SESSION]) for one in sessions
    ]
    responsible = terms[FORMATION].get("organisation.siret")
    return Offer(
        number_of(view, _lowest(view, gathered, FORMATION)), terms[FORMATION], [action],
        changed.isoformat() if changed else None,
        f"{view.tenant.slug}_{responsible}" if responsible else "",
    )  # fmt: skip


def _level(term: str) -> str:
    path = TERMS[term].lheo
    return level_of(path) if path else FORMATION


def _sessions(view: View) -> list[View]:
    """The sheets that are sessions: this one, or those below that have a beginning."""
    tenant, level = view.tenant, view.node.level
    below = [one for one in tenant.descendants(level) if tenant.term_field(one, STARTS)]
    if below and not tenant.term_field(level, STARTS):
        return [view.of(node) for node in view.node.at_level(below[0])]
    return [view]


def _gathered(view: View) -> dict[str, Found]:
    """Main term → what is found; where several terms have one place, the one nearest to the session wins."""
    found: dict[str, Found] = {}
    for terms in ALIASES.values():
        if TERMS[terms[0]].within is not None:
            continue
        for term in reversed(terms):
            if (one := say(view, term)) is not None:
                found[terms[0]] = one
                break
    for term in ELSEWHERE:
        if (one := say(view, term)) is not None:
            found[term] = one
    return found


def _terms(view: View, gathered: Mapping[str, Found], said: Mapping[str, Said]) -> dict[str, Terms]:
    """The terms of each level of LHÉO, whatever level of the region says them."""
    terms: dict[str, Terms] = {FORMATION: {}, ACTION: {}, SESSION: {}}
    for term, found in gathered.items():
        terms[_level(term)][term] = found.value
    for term, value in said.items():
        terms[_level(main_term(term))].setdefault(main_term(term), _meant(term, value))
    _complete(view, terms)
    return terms


def _meant(term: str, value: Said) -> Any:
    """What the region's folder says of a term, as a sheet would store it."""
    if TERMS[term].kind == "boolean":
        return BOOLEANS[str(value)]
    return [value] if TERMS[term].multiple and isinstance(value, str) else value


def _lowest(view: View, gathered: Mapping[str, Found], level: str) -> Node:
    """The lowest sheet, from the delivered one up, that says something of a level."""
    saying = {found.holder.id for term, found in gathered.items() if _level(term) == level}
    return next((node for node in view.node.up() if node.id in saying), view.node)


def number_of(view: View, node: Node) -> str:
    """The number of a sheet in documents: the region, then its reference, or the codes that tell it from others."""
    return f"{view.tenant.slug}_{_UNFIT.sub('-', node.reference or '.'.join(reversed(list(_codes(view, node)))))}"


def _codes(view: View, node: Node) -> Iterator[str]:
    for one in node.up():
        yield one.code
        if view.tenant.level(one.level).code.restart != "parent":
            return


# — what follows from the rest ————————————————————————————————————————————————


def _complete(view: View, terms: dict[str, Terms]) -> None:
    formation, action, session = terms[FORMATION], terms[ACTION], terms[SESSION]
    _complete_organisation(view, formation, action)
    _complete_contacts(formation, session)
    if "formation.certifying" not in formation and view.term_at("formation.certification"):
        formation["formation.certifying"] = any(
            formation.get(f"formation.{code}") for code in ("certification", "rncp", "rs", "cpf")
        )
    if isinstance(paths := formation.get("formation.path_type"), list):
        formation["formation.path_type"] = paths[0] if len(paths) == 1 else MIXED
    if main := formation.get("formation.main_domain"):
        codes = formation.get("formation.formacodes") or []
        formation["formation.formacodes"] = [main, *(code for code in codes if code != main)]
    _complete_registration(action, session)
    for term in [name for name in formation if name.startswith("dossier.")]:
        del formation[term]


def _complete_registration(action: Terms, session: Terms) -> None:
    """One period stands for several, from the first day to the last; people register where they are taught."""
    rows = session.pop("session.registrations", [])
    for term, name, choose in (
        ("session.registration.start", "registration.start", min),
        ("session.registration.end", "registration.end", max),
    ):
        if term not in session and (days := [row[name] for row in rows if row.get(name)]):
            session[term] = choose(days)
    if "session.registration.address" not in session and action.get("session.venue"):
        session["session.registration.address"] = action["session.venue"]


def _complete_organisation(view: View, formation: Terms, action: Terms) -> None:
    """Who answers for the offer, and who teaches: the one named, else the organisation that holds the sheet."""
    card = view.node.organisation or next((n.organisation for n in view.node.up() if n.organisation), None)
    named = say(view, "session.responsible")
    given = dict(named.value) if named is not None else {"siret": card.siret, "name": card.name} if card else {}
    for part in ("siret", "name", "activity_number"):
        if given.get(part):
            formation.setdefault(f"organisation.{part}", given[part])
    if name := formation.get("organisation.name"):
        formation.setdefault("organisation.legal_name", name)
    provider = action.get("action.deliverer")
    provider = {**provider} if isinstance(provider, dict) else {}
    if card is not None:
        provider = {"siret": card.siret, "name": card.name} | {k: v for k, v in provider.items() if v}
    if provider:
        provider["number"] = f"{view.tenant.slug}_{provider['siret']}" if provider.get("siret") else ""
        action["action.deliverer"] = {part: value for part, value in provider.items() if value}


def _complete_contacts(formation: Terms, session: Terms) -> None:
    for begins, others in FALLBACKS.items():
        for other in ("", *others):
            source = {**formation, **session}
            person = {part: source.get(f"{other or begins}.{part}") for part in PERSON}
            if any(person.values()):
                formation |= {f"{begins}.{part}": value for part, value in person.items() if value}
                break
        else:
            if name := formation.get("organisation.name"):
                formation[f"{begins}.name"] = name
