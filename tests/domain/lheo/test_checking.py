"""Our check agrees with the official schema, and says in French what is wrong and where."""

import random
from io import BytesIO

import pytest

from portal.domain.lheo.checking import check
from portal.domain.lheo.composing import compose
from portal.domain.lheo.documents import faults_of
from portal.domain.lheo.elements import Element
from portal.domain.lheo.errors import Fault
from portal.domain.lheo.parsing import parse
from portal.domain.lheo.writing import write
from tests.support.offers import plain_offer
from tests.support.official import needed, official_faults, samples

TEXTS = (
    "",
    " ",
    "0",
    "1",
    "99",
    "20261399",
    "20260228",
    "x" * 51,
    "x" * 5,
    "x" * 256,
    "x" * 3001,
    "12345",
    "-1",
    "é\n",
    " 1 ",
)
NAMES = ("session", "adresse", "extras", "inconnu", "code-RNCP", "periode", "nom")


def all_below(element: Element) -> list[Element]:
    return [one for _, one in element.walk()]


def spoil(offer: Element, dice: random.Random) -> None:
    """Change one thing, which may or may not be a fault."""
    target = dice.choice([one for one in all_below(offer) if one.children])
    child = dice.choice(target.children)
    match dice.randrange(6):
        case 0:
            target.children.remove(child)
        case 1:
            target.children.append(child)
        case 2:
            dice.shuffle(target.children)
        case 3:
            leaf = dice.choice([one for one in all_below(offer) if not one.children])
            leaf.text = dice.choice(TEXTS)
        case 4:
            child.attributes[dice.choice(["numero", "info", "inconnu", "datemaj", "href"])] = "a"
        case 5:
            target.children.insert(
                dice.randrange(len(target.children)), Element(dice.choice(NAMES), dice.choice(TEXTS))
            )


@pytest.mark.parametrize("seed", range(6))
def test_a_spoiled_document_is_judged_as_the_schema_judges_it(seed: int) -> None:
    """Every change is judged the same way by both; what readers stumble on is more, and is left out here."""
    needed()
    real = next(path for path in samples() if "2.3" in path.name)
    for turn in range(25):
        dice = random.Random(f"{seed}.{turn}")
        (offer,) = parse(BytesIO(real.read_bytes()))
        for _ in range(dice.randrange(1, 3)):
            spoil(offer, dice)
        official = official_faults(b"".join(write([offer])))
        assert bool(list(check(offer))) == bool(official), (official, list(check(offer)))


def spoiled(path: str, **changes: object) -> list[Fault]:
    offer = compose(plain_offer())
    element = next(one for at, one in offer.walk() if at == path)
    for name, value in changes.items():
        setattr(element, name, value)
    return list(check(offer))


def test_a_whole_offer_has_no_fault() -> None:
    assert list(check(compose(plain_offer()))) == []


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("formation/intitule-formation", "x" * 256, "le texte a 256 caractères : 255 au plus"),
        ("formation/intitule-formation", "", "le texte est vide"),
        ("formation/intitule-formation", "a\x0bb", "un signe que le XML n'admet pas"),
        ("formation/certifiante", "2", "« 2 » n'est pas un code de sa table (0, 1)"),
        ("formation/action/session/periode/debut", "mars", "« mars » n'est pas une date AAAAMMJJ"),
        (
            "formation/action/session/adresse-inscription/adresse/codepostal",
            "630",
            "« 630 » a 3 caractères : il en faut 5",
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_bounds(path: str, text: str, words: str) -> None:
    (fault,) = spoiled(path, text=text)

    assert words in fault.message
    assert (fault.path, fault.blocks) == (path, True)


def test_what_is_missing_too_many_or_misplaced_is_told() -> None:
    offer = compose(plain_offer())
    title, domain = offer.first("intitule-formation"), offer.first("domaine-formation")
    assert title and domain
    offer.children.remove(title)
    offer.children.append(Element("sans-nom"))
    offer.children.append(Element("ville", "Vichy"))
    domain.children = [Element("code-NSF", "312") for _ in range(4)]
    offer.children.append(domain)
    offer.children.remove(domain)

    told = [fault.message for fault in check(offer)]

    assert "« intitule-formation » (Intitulé de la formation) manque dans « formation »." in told
    assert "L'élément « sans-nom » est inconnu dans « formation »." in told
    assert "L'élément « ville » n'a pas sa place dans « formation »." in told
    assert "« code-NSF » est écrit 4 fois dans « domaine-formation » : 3 au plus." in told
    assert any("doit venir avant" in message for message in told)


def test_a_fault_is_at_its_line() -> None:
    document = b"".join(write([compose(plain_offer())]))
    broken = document.replace(b"<certifiante>1<", b"<certifiante>oui<")
    (fault,) = [fault for fault in faults_of(BytesIO(broken)) if fault.blocks]

    assert broken.decode().splitlines()[fault.line - 1] == "<certifiante>oui</certifiante>"


def test_what_surrounds_the_offers_is_checked_too() -> None:
    document = b"".join(write([compose(plain_offer())]))

    def told(one: bytes) -> list[str]:
        return [fault.message for fault in faults_of(BytesIO(one)) if fault.blocks]

    assert told(document.replace(b"</offres>\n", b"</offres>\n<nom>a</nom>\n")) == [
        "L'élément « nom » n'a pas sa place dans « lheo »."
    ]
    assert told(b'<lheo xmlns="http://lheo.gouv.fr/2.3"><offres/></lheo>') == [
        "Ce document ne contient aucune offre (« formation »)."
    ]
    assert "« lheo » n'a pas d'attribut « couleur »." in told(document.replace(b"<lheo ", b'<lheo couleur="bleu" '))
    foreign = document.replace(b"<certifiante>", b'<certifiante xmlns="urn:autre">')
    assert "L'élément « certifiante » n'est pas de l'espace de noms du document." in told(foreign)


def test_the_older_version_is_judged_by_its_own_rules() -> None:
    needed()
    older = next(path for path in samples() if "normandie" in path.name).read_bytes()
    newer = older.replace(b"<niveau-entree-obligatoire>", b"<enseignement/><niveau-entree-obligatoire>", 1)

    assert [fault for fault in faults_of(BytesIO(older)) if fault.blocks] == []
    told = [fault.message for fault in faults_of(BytesIO(newer)) if fault.blocks]
    assert told == ["L'élément « enseignement » est inconnu dans « action »."]
