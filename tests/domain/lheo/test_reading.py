"""What documents of others say: dates that are none, texts in HTML, codes of another edition, habits of each house."""

from io import BytesIO

import pytest

from portal.domain.lheo import dates
from portal.domain.lheo.documents import offers_of
from portal.domain.lheo.offers import Offer
from portal.domain.lheo.parsing import parse
from portal.domain.lheo.texts import plain, said
from portal.domain.lheo.traps import traps
from portal.domain.lheo.writing import HEAD, TAIL

RESPONSIBLE = "<organisme-formation-responsable><SIRET-organisme-formation>"
ENDED = "</SIRET-organisme-formation></organisme-formation-responsable>"


def from_to(start: str, end: str) -> str:
    period = f"<periode><debut>{start}</debut><fin>{end}</fin></periode>"
    return f"<action numero='a'><session numero='s'>{period}</session></action>"


def read(inside: str) -> Offer:
    (offer,) = offers_of(BytesIO(f"{HEAD}<formation>{inside}</formation>{TAIL}".encode()))
    return offer


def trapped(inside: str) -> list[tuple[str, bool]]:
    (offer,) = parse(BytesIO(f"{HEAD}<formation numero='1'>{inside}</formation>{TAIL}".encode()))
    return [(fault.message, fault.blocks) for fault in traps(offer)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260302", "2026-03-02"),
        ("20240229", "2024-02-29"),
        ("00000000", None),
        ("99999999", None),
        ("20260300", None),
        ("20260000", None),
        ("20260230", None),
        ("", None),
    ],
)
def test_days_and_what_stands_for_them(text: str, day: str | None) -> None:
    assert dates.day_of(text) == day
    assert day is None or dates.written(day) == text


@pytest.mark.parametrize("text", ["00000000", "99999999", "20260300", "20260000", "20260302"])
def test_conventions_are_no_faults(text: str) -> None:
    assert dates.fault_of(text) is None


@pytest.mark.parametrize("text", ["20260230", "20261302", "00001200", "20261300", "2026"])
def test_days_that_do_not_exist_are(text: str) -> None:
    assert dates.fault_of(text)


def test_a_moment_is_written_as_its_day() -> None:
    assert dates.written("2026-03-02T14:30") == "20260302"
    assert dates.written(None) == "00000000"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Un.<br />Deux.</p><p>Trois</p>", "Un.\nDeux.\nTrois"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<p>l&#39;été &amp; l&rsquo;hiver</p>", "l'été & l’hiver"),
        ("&lt;p&gt;deux fois&lt;/p&gt;<br>", "deux fois"),
        ("3 < 4 et 5 > 4", "3 < 4 et 5 > 4"),
        ("AT&amp;T", "AT&amp;T"),
        ("a\r\nb\n\n\n\n\nc", "a\nb\n\nc"),
    ],
)
def test_html_becomes_text_and_stays_so(html: str, text: str) -> None:
    assert plain(html) == text
    assert plain(text) == text


def test_html_made_to_tire_its_reader_does_not() -> None:
    layered = "<p>" + "".join(f"&{'amp;' * n}lt;p&{'amp;' * n}gt;" for n in range(200))

    once = plain(layered)

    assert plain(once) == once
    assert plain(" " * 500_000 + "x") == "x"


@pytest.mark.parametrize("nothing", ["-", " - ", "", " ", "<p>-</p>"])
def test_a_dash_says_nothing(nothing: str) -> None:
    assert said(nothing) is None


def test_codes_of_another_edition_keep_its_name() -> None:
    """The same five digits have meant other things: they are never taken for ours."""
    offer = read(
        '<domaine-formation><code-FORMACODE ref="V12">21001</code-FORMACODE>'
        '<code-FORMACODE ref="V14" tag="principal">15235</code-FORMACODE><code-FORMACODE>46276</code-FORMACODE>'
        "</domaine-formation>"
    )

    assert offer.terms == {
        "formation.formacodes": ["15235", "V12/21001", "46276"],
        "formation.main_domain": "15235",
    }


def test_what_says_nothing_is_not_a_value() -> None:
    offer = read(
        "<objectif-formation>-</objectif-formation><code-niveau-entree>0</code-niveau-entree>"
        "<organisme-formation-responsable><numero-activite>00000000000</numero-activite>"
        "<coordonnees-organisme><coordonnees><adresse><ligne>-</ligne><codepostal>00000</codepostal><ville>-</ville>"
        "</adresse></coordonnees></coordonnees-organisme></organisme-formation-responsable>"
    )

    assert offer.terms == {}


def test_prices_events_and_providers_as_one_meets_them() -> None:
    offer = read(
        "<action><prix-horaire-TTC>12,50</prix-horaire-TTC>"
        "<organisme-formateur><SIRET-formateur><SIRET>077897285100068</SIRET></SIRET-formateur></organisme-formateur>"
        "<session><recrutement><modalite-recrutement>9</modalite-recrutement><periode><debut>20260401</debut>"
        "<fin>00000000</fin></periode><heure-debut>9h30</heure-debut><heure-fin>midi</heure-fin></recrutement>"
        "<recrutement><modalite-recrutement>3</modalite-recrutement></recrutement></session></action>"
    )

    (action,) = offer.actions
    assert action.terms == {"session.price.hourly": "12.5", "action.deliverer": {"siret": "77897285100068"}}
    assert action.sessions[0].terms == {
        "session.recruitment_modes": ["3"],
        "session.events": [
            {
                "event.type": "infocoll",
                "event.start_date": "2026-04-01",
                "event.end_date": "2026-04-01",
                "event.start_time": "09:30",
            }
        ],
    }


@pytest.mark.parametrize(
    ("inside", "words", "blocks"),
    [
        ("<resultats-attendus> </resultats-attendus>", "que des espaces", True),
        (from_to("20260302", "20260301"), "vient avant", True),
        (from_to("20260302", "20250000"), "vient avant", True),
        (from_to("20260230", "20260301"), "n'existe pas", True),
        (f"{RESPONSIBLE}<SIRET>77897285100069</SIRET>{ENDED}", "n'est pas un SIRET", True),
        ("<action numero='a'/><action numero='a'/>", "déjà celui", True),
        ("<domaine-formation><code-FORMACODE>15235</code-FORMACODE></domaine-formation>", "sa version", False),
        ("<action numero='a'><prix-total-TTC>12,5</prix-total-TTC></action>", "le point", False),
        ("<action/>", "n'a pas de numéro", False),
        ("<action numero='a'/>", "lieu de formation", False),
        ("<action numero='a'/>", "organisme formateur", False),
    ],
)  # fmt: skip
def test_what_the_schema_lets_pass_is_seen(inside: str, words: str, blocks: bool) -> None:
    assert any(words in message and told is blocks for message, told in trapped(inside))


def test_an_unknown_or_endless_end_is_no_trap() -> None:
    for end in ("00000000", "99999999", "20260300", "20260000"):
        assert not any("vient avant" in message for message, _ in trapped(from_to("20260302", end)))
