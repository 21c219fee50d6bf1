"""Remarks on the review page: written where something stands, compared once sent again, settled; approval waits."""

import pytest
from bs4 import BeautifulSoup

from portal.domain.corrections.models import Correction
from tests.support.htmx import soup
from tests.support.people import inside
from tests.web.validator.conftest import SLUG


def page_of(region, sheet_id, more=""):
    answer = region.region.get(f"/{SLUG}/validation/fiches/{sheet_id}{more}")
    assert answer.status_code == 200, answer.text
    return soup(answer)


def pen(page, label):
    """Where a remark on a field is written."""
    return page.select_one(f'a.put[aria-label="Demander une correction : {label}"]')["href"]


def remark(region, sheet_id, label="Nom contact", text="Un prénom aussi.", **data):
    """Write one where the page offers it; the answer."""
    return region.region.post(pen(page_of(region, sheet_id), label), {"texte": text, **data})


def listed(page):
    return {p.select_one("strong").text: p for p in page.select("#corrections .remark")}


def act(page, place, words):
    """The address of a button of a remark."""
    found = listed(page)[place].find(["a", "button"], string=lambda s: s and words in s)
    return found["href"] if found.name == "a" else found.find_parent("form")["action"]


NAME = "Informations liées à la prescription › Nom contact"


@pytest.fixture
def again(region):
    """A session sent back with a remark, then sent again with another name."""
    sheet = region.session()
    assert remark(region, sheet).status_code == 303
    region.press(sheet, "renvoyer", "validator", "À revoir.")
    region.change(sheet, contact_nom="Ida Lot")
    region.press(sheet, "envoyer")
    return sheet


def test_a_remark_is_written_at_its_field_and_listed(region):
    sheet = region.session()
    form = region.region.get(pen(page_of(region, sheet), "Nom contact"))
    assert soup(form).select_one("#portee-champ")["checked"] == ""
    assert NAME in form.text and "<html" in form.text
    answer = remark(region, sheet)
    assert answer.location.startswith(f"/{SLUG}/validation/fiches/{sheet}#correction-")
    page = page_of(region, sheet)
    assert "Pas encore envoyée" in listed(page)[NAME].text
    assert page.select_one("a.remarked").text == "Un prénom aussi."
    part = soup(region.region.get(f"/{SLUG}/validation/fiches/{sheet}", htmx=True)).select_one("#review-body")
    assert part == page_of(region, sheet).select_one("#review-body")


@pytest.mark.parametrize(
    ("reach", "place"), [("etape", "Informations liées à la prescription"), ("fiche", "Toute la fiche")]
)
def test_it_may_bear_on_the_whole_step_or_sheet(region, reach, place):
    sheet = region.session()
    remark(region, sheet, portee=reach)
    assert list(listed(page_of(region, sheet))) == [place]


def test_under_htmx_the_form_is_a_dialog_and_a_ready_message_fills_it(region):
    sheet = region.session()
    address = pen(page_of(region, sheet), "Nom contact")
    assert "<dialog" in region.region.get(address, htmx=True).text
    filled = region.region.post(address, {"texte": "Bonjour.", "_modele": "lieu"}, htmx=True)
    code = region.sheet(sheet, lambda s: s.code)
    words = soup(filled).select_one("textarea").text.strip()
    assert filled.status_code == 200
    assert words.startswith(f"Bonjour.\n\nLe lieu de la session n°{code} est à préciser")
    assert not listed(page_of(region, sheet))


def test_words_are_asked_and_kept_when_refused(region):
    answer = remark(region, region.session(), text="  ")
    assert answer.status_code == 422
    assert soup(answer).select_one("#error-texte").text == "Écrivez ce qui est à corriger."


def test_a_remark_on_a_version_that_is_no_more_is_refused_and_kept(region):
    sheet = region.session()
    address = pen(page_of(region, sheet), "Nom contact")
    region.press(sheet, "renvoyer", "validator", "Non.")
    region.press(sheet, "envoyer")
    answer = region.region.post(address, {"texte": "Un prénom aussi."})
    assert answer.status_code == 422 and "a changé" in answer.text
    assert soup(answer).select_one("textarea").text.strip() == "Un prénom aussi."


@pytest.mark.parametrize("more", ["champ=inconnu", "fiche=rien", "fiche=00000000-0000-0000-0000-000000000000"])
def test_no_form_where_there_is_nothing(region, more):
    sheet = region.session()
    base = pen(page_of(region, sheet), "Nom contact").partition("&fiche=")[0]
    assert region.region.get(f"{base}&{more}").status_code == 404


def test_the_return_shows_its_remarks_asks_no_reason_and_previews_the_message(region):
    sheet = region.session()
    remark(region, sheet)
    address = page_of(region, sheet).select_one(".form-bar [data-key=r]")["href"]
    screen = soup(region.region.get(address))
    assert "Une remarque part avec cette demande" in screen.text
    assert not screen.select_one("#motif").has_attr("aria-required")
    seen = region.region.post(address, {"motif": "Merci d'avance.", "_apercu": "1"})
    preview = soup(seen).select_one(".preview")
    assert "la Région demande une correction" in preview.text
    assert "Merci d'avance." in preview.text and f"- {NAME} : Un prénom aussi." in preview.text
    assert region.sheet(sheet, lambda s: s.state("session")) == "validee_of"  # nothing left yet
    assert region.region.post(address, {"motif": ""}).status_code == 303
    assert region.sheet(sheet, lambda s: s.state("session")) == "a_finaliser"


def test_sent_again_it_shows_the_remark_the_old_value_and_the_new(region, again):
    told = listed(page_of(region, again))[NAME]
    values = [dd.text for dd in told.select("dd")]
    assert values == ["Texte", "Ida Lot"] and "Ouverte" in told.text


def test_approval_says_what_is_open_and_leads_there(region, again):
    page = page_of(region, again)
    assert not page.select(".form-bar [data-key=a]")
    assert "Une correction demandée est encore ouverte" in page.select_one(".form-bar").text
    assert page.select_one(".form-bar a[href='#corrections']")
    answer = region.region.post(f"/{SLUG}/espace/fiches/{again}/actions/approuver?axe=session")
    assert answer.status_code == 409
    assert soup(answer).find("a", string=NAME)["href"].startswith(f"/{SLUG}/validation/fiches/{again}#correction-")


def test_closed_it_lets_approve(region, again):
    region.region.post(act(page_of(region, again), NAME, "C’est corrigé"))
    page = page_of(region, again)
    assert "Corrigée" in listed(page)[NAME].text
    address = page.select_one(".form-bar [data-key=a]").find_parent("form")["action"]
    assert region.region.post(address).status_code == 303
    assert region.sheet(again, lambda s: s.state("session")) == "transmise"


def test_waiving_asks_why_withdrawing_may_say_it_and_both_may_come_back(region, again):
    waive = act(page_of(region, again), NAME, "Lever")
    assert region.region.post(waive, {"texte": ""}).status_code == 422
    assert region.region.post(waive, {"texte": "Vu au téléphone."}).status_code == 303
    told = listed(page_of(region, again))[NAME]
    assert "Levée par" in told.text and "Vu au téléphone." in told.text
    region.region.post(act(page_of(region, again), NAME, "Rouvrir"))
    region.region.post(act(page_of(region, again), NAME, "Retirer"), {"texte": ""})
    told = listed(page_of(region, again))[NAME]
    assert "Retirée par" in told.text and "Un prénom aussi." in told.text


def test_a_past_version_shows_what_was_asked_of_it(region, again):
    region.region.post(act(page_of(region, again), NAME, "C’est corrigé"))
    past = page_of(region, again, "/versions/1")
    assert NAME in listed(past) and not past.select("#corrections form")
    assert not past.select("a.put")
    assert not page_of(region, again, "/versions/2").select("#corrections")


def test_another_side_writes_nothing(region):
    sheet = region.session()
    address = pen(page_of(region, sheet), "Nom contact")
    of = region.sign_in("of@exemple.test", "org", number=2)
    assert of.get(address).status_code == 404
    assert of.post(address, {"texte": "Non."}).status_code == 404


@pytest.mark.parametrize("many", [1, 30])
def test_one_remark_or_thirty_ask_the_database_as_much(region, again, statements, many):
    with inside(region.app, SLUG) as session:
        first = session.query(Correction).one()
        for number in range(many - 1):
            kept = {c.name: getattr(first, c.name) for c in Correction.__table__.columns if c.name != "id"}
            session.add(Correction(**{**kept, "text": f"Remarque {number}"}))
    with statements() as seen:
        page = page_of(region, again)
    assert len(BeautifulSoup(str(page), "html.parser").select("#corrections .remark")) == many
    assert len([s for s in seen if "FROM correction" in s]) == 1
    assert len([s for s in seen if "FROM revision" in s]) <= 4  # versions, pending, those remarked, in force
