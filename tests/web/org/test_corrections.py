"""What the region asks to correct, as the organisation finds it: a list, each remark at its field, answers."""

import pytest

from portal.domain.corrections.models import Correction
from portal.domain.sheets.revisions import pending_revision
from tests.support.htmx import after_swap, form_data, same_page, soup
from tests.support.people import inside
from tests.web.org.conftest import SLUG


@pytest.fixture
def put(app, of, region, offer, stored):
    """Put remarks on the whole session, once sent: {path or step: words}; their ids by path."""

    def do(*, send_back=True, **remarks):
        of.post(offer.href(offer.whole, "/actions/envoyer"))
        with inside(app, SLUG) as session:
            read = pending_revision(session, stored(offer.whole)).id
        for where, text in remarks.items():
            key = "etape" if where in ("prescription", "places") else "champ"
            url = f"/{SLUG}/validation/fiches/{offer.whole}/corrections/nouvelle?revision={read}&{key}={where}"
            assert region.post(url.replace("__", "."), {"texte": text}).status_code == 303
        if send_back:
            answer = region.post(offer.href(offer.whole, "/actions/renvoyer"), {"motif": ""})
            assert answer.status_code == 303, answer.text
        with inside(app, SLUG) as session:
            return {one.path or one.step: one.id for one in session.query(Correction)}

    return do


def test_the_list_leads_to_each_place(of, offer, put):
    put(contact_nom="Un prénom aussi.", financeurs__region="À revoir.", prescription="Tout est à relire.")
    tree = soup(of.get(offer.href(offer.whole)))
    links = {a.text: a["href"] for a in tree.select("#corrections .remark > p > a")}
    assert links == {
        "Informations liées à la prescription › Nom contact": offer.step("prescription", offer.whole)
        + "#field-contact_nom",
        "Gestion des places › Financeurs › Région": offer.step("places", offer.whole) + "#field-financeurs",
        "Informations liées à la prescription": offer.step("prescription", offer.whole),
    }
    assert tree.select_one("#corrections-title").text == "Corrections demandées"
    assert soup(of.get(offer.href(offer.whole, "/recapitulatif"))).select_one("#corrections")


def test_each_remark_stands_at_its_field_its_row_its_step(of, offer, put):
    put(contact_nom="Un prénom aussi.", financeurs__region="À revoir.", prescription="Tout est à relire.")
    url = offer.step("prescription", offer.whole)
    of.get(url)  # what was said of the move is said once
    page = of.get(url)
    tree = soup(page)
    assert "Correction demandée par" in tree.select_one("#field-contact_nom .correction").text
    assert "correction-c-contact_nom" in tree.select_one("#c-contact_nom")["aria-describedby"]
    assert "Tout est à relire." in tree.select_one("#sheet-step .notice").text
    assert not tree.select("#field-contact_tel .correction")
    checked = of.post(f"{url}/champs/contact_nom", form_data(page).to_dict(flat=False), htmx=True)
    assert "Un prénom aussi." in checked.text  # checking the field leaves the remark where it is
    same_page(after_swap(page, checked, "#field-contact_nom", "outerMorph"), of.get(url))
    places = soup(of.get(offer.step("places", offer.whole)))
    assert places.select_one("#row-financeurs-region .correction").text.endswith("À revoir.")


def test_nothing_shows_before_the_return_nor_to_others(of, other, offer, put):
    put(contact_nom="Pas encore.", send_back=False)
    assert "Pas encore." not in of.get(offer.href(offer.whole)).text
    assert "Pas encore." not in of.get(offer.href(offer.whole, "/historique")).text
    assert "Pas encore." not in of.get(offer.step("prescription", offer.whole)).text
    assert other.get(offer.href(offer.whole)).status_code == 404


def test_the_history_tells_what_was_asked(of, offer, put):
    put(contact_nom="Un prénom aussi.")
    page = of.get(offer.href(offer.whole, "/historique")).text
    assert "Correction demandée" in page and "Un prénom aussi." in page


def test_an_answer_goes_beside_the_remark(of, other, offer, put):
    ids = put(contact_nom="Un prénom aussi.")
    url = offer.href(offer.whole, f"/corrections/{ids['contact_nom']}/reponse")
    assert other.post(url, {"texte": "Non."}).status_code == 404
    answer = of.post(url, {"texte": "Il n'en a pas."})
    assert (answer.status_code, answer.location) == (
        303,
        f"{offer.href(offer.whole)}#correction-{ids['contact_nom']}",
    )
    page = soup(of.get(offer.href(offer.whole)))
    assert "Votre réponse : Il n'en a pas." in page.select_one("#corrections").text
    assert soup(of.get(offer.step("prescription", offer.whole))).select_one("#field-contact_nom .answer")


def test_an_empty_answer_is_refused_with_the_way_back(of, offer, put):
    ids = put(contact_nom="Un prénom aussi.")
    answer = of.post(offer.href(offer.whole, f"/corrections/{ids['contact_nom']}/reponse"), {"texte": " "})
    assert answer.status_code == 422 and "Écrivez votre réponse." in answer.text


def test_what_was_changed_since_is_told(of, offer, put, change):
    put(contact_nom="Un prénom aussi.", contact_tel="À vérifier.")
    change(offer.whole, contact_nom="Ida Lot")
    text = soup(of.get(offer.href(offer.whole))).select_one("#corrections").text
    assert text.count("Modifié depuis") == 1 and text.count("À traiter") == 1
    assert "Ida Lot" in text


@pytest.mark.parametrize("many", [1, 30])
def test_one_remark_or_thirty_ask_the_database_as_much(of, offer, put, app, statements, many):
    put(contact_nom="Un prénom aussi.")
    with inside(app, SLUG) as session:
        first = session.query(Correction).one()
        for number in range(many - 1):
            kept = {c.name: getattr(first, c.name) for c in Correction.__table__.columns if c.name != "id"}
            session.add(Correction(**{**kept, "text": f"Remarque {number}"}))
    with statements() as seen:
        assert of.get(offer.href(offer.whole)).text.count("<blockquote>") == many
    found = [s for s in seen if "FROM correction" in s or "FROM revision" in s]
    assert len(found) <= 4, found  # the remarks, the version they are on, what is in force, what waits
