"""Offers made up for tests: whole ones by hypothesis, in the form in which they are read; and a plain one."""

from typing import Any

from hypothesis import strategies as st
from stdnum import luhn

from portal.domain.lheo.offers import Action, Offer, Session
from portal.domain.lheo.structure import ELEMENTS
from portal.domain.lheo.texts import said

DAYS = st.dates().filter(lambda day: day.year > 999).map(lambda day: day.isoformat())
HOURS = st.times().map(lambda hour: hour.isoformat(timespec="minutes"))
SIGNS = st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"])
WHOLE = st.integers(0, 10**6)
NUMBERS = st.from_regex(r"[0-9A-Z]{1,4}_[0-9A-Za-z.-]{1,20}", fullmatch=True)


def words(most: int) -> st.SearchStrategy[str]:
    """A text that says something, as it is read."""
    return st.text(SIGNS, min_size=1, max_size=min(most, 25)).map(lambda text: said(text) or "Un texte")


def line(most: int) -> st.SearchStrategy[str]:
    """A text on one line, without spaces too many."""
    return words(most).map(lambda text: said(" ".join(text.split())) or "Un texte")


def codes(element: str) -> st.SearchStrategy[str]:
    """A code of the table of an element."""
    return st.sampled_from(sorted(ELEMENTS[element].codes))


def siret_of(number: int) -> str:
    """A SIRET whose keys are right."""
    siren = f"{number:08}"
    siren += luhn.calc_check_digit(siren)
    establishment = siren + "0001"
    return establishment + luhn.calc_check_digit(establishment)


SIRETS = st.integers(1, 10**8 - 1).map(siret_of)
FORMACODES = st.lists(st.from_regex(r"[0-9]{5}", fullmatch=True), unique=True, min_size=1, max_size=5)
PRICES = st.integers(1, 9999).map(str)
STREETS = line(50)


@st.composite
def addresses(draw: st.DrawFn) -> dict[str, str]:
    """An address in the parts that lines are read into."""
    parts = {
        "voie": draw(STREETS),
        "complement": draw(st.none() | STREETS),
        "code_postal": draw(st.from_regex(r"[0-9]{5}", fullmatch=True).filter(lambda code: code != "00000")),
        "commune": draw(line(50)),
        "insee": draw(st.none() | st.from_regex(r"[1-8][0-9]{4}", fullmatch=True)),
        "pays": draw(st.sampled_from(["FRANCE", "BE", "CH"])),
    }
    if parts["complement"]:
        parts["lieu_dit"] = draw(st.none() | STREETS)
    return {part: value for part, value in parts.items() if value}


@st.composite
def given_some(
    draw: st.DrawFn, terms: dict[str, st.SearchStrategy[Any]], always: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Some of these terms; those that are always there among them."""
    chosen = draw(st.sets(st.sampled_from(sorted(set(terms) - set(always))))) if set(terms) - set(always) else set()
    return {term: draw(terms[term]) for term in terms if term in chosen or term in always}


PERSON = {"name": line(50), "phone": st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True), "mail": st.just("a@exemple.fr")}
EVENT = {
    "event.type": st.sampled_from(["infocoll", "test", "2", "8"]),
    "event.start_date": DAYS,
    "event.place": addresses(),
    "event.start_time": HOURS,
    "event.end_time": HOURS,
    "event.description": words(500),
    "event.seats": WHOLE,
    "event.remote": st.booleans(),
    "event.url": st.just("https://exemple.fr/a"),
}
SESSION = {
    "session.start": DAYS,
    "session.registration.start": DAYS,
    "session.registration.how": words(255),
    "session.registration.address": addresses(),
    "session.recruitment": codes("etat-recrutement"),
    "session.url": st.just("https://exemple.fr/session"),
    "session.recruitment_modes": st.lists(codes("modalite-recrutement"), unique=True, min_size=1),
    "session.disability_contact": given_some(PERSON, ("name",)),
    "session.mobility_contact": given_some(PERSON, ("name",)),
}
ACTION = {
    "action.rhythm": words(3000),
    "action.publics": FORMACODES,
    "action.public_info": words(250),
    "action.level_in_required": st.booleans(),
    "action.alternance": words(3000),
    "action.prerequisites": words(3000),
    "action.catering": words(250),
    "action.accessibility": words(250),
    "action.pedagogy": words(200),
    "action.agreed": st.booleans(),
    "action.hours.center": WHOLE,
    "action.hours.total": WHOLE,
    "session.venue": addresses(),
    "session.venue_siret": SIRETS,
    "session.entry_mode": codes("modalites-entrees-sorties"),
    "session.teaching_mode": codes("modalites-enseignement"),
    "session.price.hourly": PRICES,
    "session.price.total": PRICES,
    "session.costs_covered": st.booleans(),
    "session.costs_detail": words(600),
    "session.funding": st.lists(
        given_some(
            {"session.funding.funder": codes("code-financeur"), "session.funding.seats": WHOLE},
            ("session.funding.funder",),
        ),
        min_size=1,
        max_size=8,
    ),
    "action.deliverer": st.fixed_dictionaries({"number": NUMBERS, "siret": SIRETS, "name": line(250)}),
}  # fmt: skip
WANTED_OF_ACTION = (
    "action.publics", "action.level_in_required", "session.entry_mode", "session.teaching_mode",
    "session.costs_covered",
)  # fmt: skip
FORMATION = {
    "formation.title": words(255),
    "formation.objective": words(3000),
    "formation.results": words(3000),
    "formation.program": words(3000),
    "formation.certifying": st.booleans(),
    "formation.certification": st.from_regex(r"[1-9][0-9]{1,5}", fullmatch=True),
    "formation.rncp": st.from_regex(r"RNCP[1-9][0-9]{2,4}", fullmatch=True),
    "formation.formacodes": FORMACODES,
    "formation.nsf": st.from_regex(r"[1-4][0-9]{2}", fullmatch=True),
    "formation.rome": st.from_regex(r"[A-N][0-9]{4}", fullmatch=True),
    "formation.path_type": codes("parcours-de-formation"),
    "formation.level_in": codes("code-niveau-entree").filter(lambda code: code != "0"),
    "formation.level_out": codes("code-niveau-sortie"),
    "formation.general_objective": codes("objectif-general-formation"),
    "formation.url": st.just("https://exemple.fr/formation"),
    "organisation.name": words(250),
    "organisation.legal_name": words(250),
    "organisation.siret": SIRETS,
    "organisation.activity_number": st.from_regex(r"[1-9][0-9]{10}", fullmatch=True),
    "organisation.address": addresses(),
}
WANTED = (
    "formation.title", "formation.certifying", "formation.path_type", "organisation.name", "organisation.siret",
)  # fmt: skip


@st.composite
def sessions(draw: st.DrawFn, number: str) -> Session:
    """A session: its end after its beginning, its events with both their days."""
    terms = draw(given_some(SESSION))
    for start, end in (("session.start", "session.end"), ("session.registration.start", "session.registration.end")):
        if start in terms and draw(st.booleans()):
            terms[end] = max(terms[start], draw(DAYS))
    rows = draw(st.lists(given_some(EVENT, ("event.type", "event.start_date")), max_size=3))
    if rows:
        terms["session.events"] = [{**row, "event.end_date": row["event.start_date"]} for row in rows]
    contact = draw(given_some(PERSON))
    return Session(number, {**terms, **{f"session.contact.{part}": value for part, value in contact.items()}})


@st.composite
def actions(draw: st.DrawFn, number: str) -> Action:
    """An action with one session or several."""
    terms = draw(given_some(ACTION, WANTED_OF_ACTION))
    made = [draw(sessions(f"{number}-{n}")) for n in range(draw(st.integers(1, 2)))]
    return Action(number, terms, made)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    """A whole offer, valid, in the form in which it is read."""
    number = draw(NUMBERS)
    terms = draw(given_some(FORMATION, WANTED))
    if terms.get("formation.formacodes") and draw(st.booleans()):
        terms["formation.main_domain"] = terms["formation.formacodes"][0]
    for begins in ("formation.contact", "organisation.contact"):
        terms |= {f"{begins}.{part}": value for part, value in draw(given_some(PERSON)).items()}
    made = [draw(actions(f"{number}-{n}")) for n in range(draw(st.integers(1, 2)))]
    return Offer(number, terms, made, draw(st.none() | DAYS), draw(st.just("") | NUMBERS))


def plain_offer(**terms: Any) -> Offer:
    """An offer that says what LHÉO wants and no more; `terms` change those of the formation."""
    formation = {
        "formation.title": "CAP photographe",
        "formation.certifying": True,
        "formation.path_type": "1",
        "formation.formacodes": ["46276"],
        "organisation.name": "Atelier Lumière",
        "organisation.siret": siret_of(80000001),
    }
    action = {
        "action.publics": ["80006"],
        "action.level_in_required": False,
        "session.entry_mode": "0",
        "session.teaching_mode": "0",
        "session.costs_covered": True,
    }
    session = {"session.start": "2026-03-02", "session.end": "2026-06-26"}
    return Offer("r_1", {**formation, **terms}, [Action("r_1.1", action, [Session("r_1.1.1", session)])])
