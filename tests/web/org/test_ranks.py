"""The levels around a sheet, what comes next at its foot, and the summary of all that is sent together."""

import re
import uuid
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet, make_tree
from tests.support.people import Browser, inside, play, signed_in

SLUG = "revue"
SPACE = f"/{SLUG}/espace"
IDA = "ida@exemple.test"


@dataclass(frozen=True)
class Four:
    """One sheet of each level, each below the one before."""

    formation: uuid.UUID
    action: uuid.UUID
    session: uuid.UUID
    dispositif: uuid.UUID


@pytest.fixture
def holder(app):
    return play(app, IDA, SLUG, "org")


@pytest.fixture
def ida(app, holder) -> Browser:
    return signed_in(app, IDA)


@pytest.fixture
def four(app, holder) -> Four:
    with inside(app, SLUG) as session:
        owner = session.get(Organisation, holder)
        sheet = make_tree(session, registry.get(SLUG), "dispositif", owner, programme="apprentissage")
        ids = [sheet.id]
        while sheet.parent_id is not None:
            sheet = session.get(Sheet, sheet.parent_id)
            ids.append(sheet.id)
        return Four(*reversed(ids))


def fiche(sheet_id, rest=""):
    return f"{SPACE}/fiches/{sheet_id}{rest}"


def ranks(page):
    return [" ".join(li.get_text(" ").split()) for li in soup(page).select(".ranks li")]


def made(app, level):
    with inside(app, SLUG) as session:
        return list(session.scalars(select(Sheet.id).where(Sheet.level == level).order_by(Sheet.id)))


def test_each_level_is_shown_with_its_code_and_leads_to_its_sheet(ida, four):
    page = ida.get(fiche(four.session))

    assert ranks(page) == ["Formation F100 Texte", "Texte, action 1", "Session 1 Code F100-1- 1", "1"]
    tree = soup(page)
    links = {a["href"] for a in tree.select(".ranks a")}
    assert links == {fiche(one) for one in (four.formation, four.action, four.session, four.dispositif)}
    assert tree.select_one(".ranks [aria-current]").text == "Session 1"
    assert tree.select_one(".ranks .is-current strong").text == "1"
    assert [li.text.strip() for li in tree.select(".crumbs li")] == ["Accueil", "Session 1"]


def test_several_sheets_below_are_a_list_and_none_is_a_dash(app, ida, holder, four):
    with inside(app, SLUG) as session:
        action, owner = session.get(Sheet, four.action), session.get(Organisation, holder)
        make_sheet(session, registry.get(SLUG), "session", action, owner, programme="apprentissage")
        bare = make_sheet(session, registry.get(SLUG), "formation", None, owner, programme="apprentissage").id

    tree = soup(ida.get(fiche(four.action)))
    several = tree.select(".ranks a")[2]
    assert several.text == "2 session"
    assert len(soup(ida.get(several["href"])).select("tbody tr")) == 2
    assert ranks(ida.get(fiche(bare)))[1:] == ["Action –", "Session –", "Dispositif –"]


def test_the_menu_opens_the_creation_and_what_is_not_saved_bears_number_nought(ida):
    link = soup(ida.get(f"{SPACE}/formation/")).select_one(".menu-bar").find("a", string="Créer")
    assert link.find_parent(class_="menu-group").find(class_="menu-head-words").text == "Formations"

    page = ida.get(link["href"])

    assert ranks(page)[0] == "Formation 0 Nouvelle fiche"
    assert [r["value"] for r in soup(page).select("input[type=radio][name=programme]")] == ["e2c", "apprentissage"]
    assert ida.post(link["href"], {"programme": "e2c"}).status_code == 303


def test_the_foot_of_a_sheet_creates_the_next_one_in_one_gesture(app, ida, four):
    form = soup(ida.get(fiche(four.action))).select_one(".offers form")
    assert form.button.text.strip() == "Nouvelle session"
    sent = {i["name"]: i["value"] for i in form.select("input")}

    answers = [ida.post(form["action"], sent) for _ in range(2)]

    assert {a.status_code for a in answers} == {303} and answers[0].location == answers[1].location
    assert len(made(app, "session")) == 2


def test_the_last_step_saves_what_was_typed_then_creates_what_follows(app, ida, four):
    page = soup(ida.get(fiche(four.action, "/etapes/action")))
    assert page.select_one(".offers button")["form"] == "sheet-form"

    answer = ida.post(fiche(four.action, "/etapes/action"), {"points_forts": "Un suivi proche", "_suite": "session"})

    new = uuid.UUID(re.search(r"/fiches/([0-9a-f-]{36})/", answer.location)[1])
    assert new in made(app, "session") and new != four.session
    with inside(app, SLUG) as session:
        assert session.get(Sheet, four.action).data["points_forts"] == "Un suivi proche"
        assert session.get(Sheet, new).parent_id == four.action


def test_what_follows_is_not_created_when_what_was_typed_is_refused(app, ida, four):
    answer = ida.post(fiche(four.action, "/etapes/action"), {"points_forts": "x" * 300, "_suite": "session"})

    assert answer.status_code == 422
    assert made(app, "session") == [four.session]


def test_a_choice_that_can_only_be_one_names_its_button(app, ida, holder, four):
    with inside(app, SLUG) as session:
        owner = session.get(Organisation, holder)
        forced = make_tree(session, registry.get(SLUG), "session", owner, programme="e2c").id

    words = [soup(ida.get(fiche(one))).select_one(".offers button").text.strip() for one in (four.session, forced)]

    assert words == ["Ajouter un dispositif", "École de la deuxième chance"]


def test_the_summary_of_what_is_sent_tells_each_of_its_sheets(app, ida, four):
    with inside(app, SLUG) as session:
        session.get(Sheet, four.formation).data = {}
        sheet = session.get(Sheet, four.dispositif)
        sheet.data = {name: value for name, value in sheet.data.items() if name != "places"}

    page = ida.get(fiche(four.action, "/recapitulatif"))

    tree = soup(page)
    assert "État de la saisie" in tree.select_one(".crumbs").text
    hrefs = {a["href"] for a in tree.select("#checklist .is-missing a")}
    assert fiche(four.formation, "/etapes/formation#field-intitule") in hrefs
    assert fiche(four.dispositif, "/etapes/dispositif#field-places") in hrefs
    refused = ida.post(fiche(four.action, "/actions/envoyer"))
    assert refused.status_code == 422 and "Intitulé" in soup(refused).select_one("#faults").text


def test_a_part_of_what_is_sent_leads_to_the_whole(ida, four):
    for rest in ("", "/recapitulatif", "/etapes/dispositif"):
        links = [a["href"] for a in soup(ida.get(fiche(four.dispositif, rest))).select(".page-actions a")]
        assert fiche(four.action, "/recapitulatif") in links


def test_figures_stand_on_cards_with_what_they_count(ida, four):
    tree = soup(ida.get(f"{SPACE}/"))

    card = tree.select_one(".figure-cards section")
    assert card.h2.text == "Actions" and "La loupe ouvre la liste." in card.text
    line = card.select_one(".figures li")
    assert "Ce qui n'est pas encore envoyé." in line.text and line.strong.text == "1"
    listed = soup(ida.get(line.a["href"]))
    assert " ".join(listed.h1.text.split()) == "Actions - Actions de formation en cours de saisie 1 résultat"
    assert tree.select_one(".counters strong") is not None  # figures without a title stay tiles


def test_a_list_says_how_it_reads_and_how_much_it_shows(app, ida, holder, four):
    with inside(app, SLUG) as session:
        action, owner = session.get(Sheet, four.action), session.get(Organisation, holder)
        for _ in range(11):
            make_sheet(session, registry.get(SLUG), "session", action, owner, programme="apprentissage")

    page = soup(ida.get(f"{SPACE}/session/?par_page=10&tri=action"))

    assert "Le numéro de session est en gras." in page.text
    assert page.select_one("#result-count").text == "Voir 10 sur 12 résultats"
    assert " ".join(page.select_one(".sizes").text.split()) == "Voir 10 25 50 100 résultats"
    cell = page.select_one("tbody td[data-label=Action]")
    assert (cell.text, cell.strong.text) == ("Texte, action 1", "1")
    kept = {i["name"]: i["value"] for i in page.select("#liste input[form=criteres]")}
    assert (kept["par_page"], kept["tri"]) == ("10", "action")
