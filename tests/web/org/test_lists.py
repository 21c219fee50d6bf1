"""Searches and lists: criteria, columns, sorts and pages, alone and inside a sheet's page."""

import pytest
from sqlalchemy import select

from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import after_swap, same_page, soup
from tests.support.offer import make_sheet
from tests.support.people import inside

SLUG = "eos"
DOSSIERS, SESSIONS = f"/{SLUG}/espace/dossier/", f"/{SLUG}/espace/session/"


def cells(page, row=0):
    return [cell.get_text(" ", strip=True) for cell in soup(page).select("tbody tr")[row].find_all(["th", "td"])]


@pytest.fixture
def many(app, offer):
    """Thirty sessions more."""
    with inside(app, SLUG) as session:
        action = session.scalars(select(Sheet).where(Sheet.id == offer.action)).one()
        for _ in range(30):
            make_sheet(session, registry.get(SLUG), "session", action)


def test_the_search_of_dossiers(of, offer, change):
    change(
        offer.dossier,
        numero="2022C007314701",
        numero_lot="147",
        intitule_lot="Agent thermal",
        n_recon=None,
        role="titulaire",
    )

    page = of.get(DOSSIERS)

    assert page.status_code == 200
    tree = soup(page)
    assert tree.h1.text == "Mes dossiers en cours"
    assert next(o.text for o in tree.select("select[name=programme] option")) == "Tous les programmes"
    assert [o.text for o in tree.select("select[name=lot] option")] == ["Tous les lots", "147"]
    assert [label.text for label in tree.select("fieldset label")] == [
        "Non démarré", "En cours de réalisation/exécution", "En cours de solde", "Soldé",
    ]  # fmt: skip
    assert tree.select_one("#criteres button").text == "Lancer la recherche"
    assert cells(page)[1:] == [
        "FPE 21-25", "147", "2022C007314701", "", "Dossier", "01/01/2026", "31/12/2027", "En cours d'exécution",
        "Agent thermal", "Organisme 1", "Titulaire",
    ]  # fmt: skip
    assert "1 résultat(s) trouvé(s)" in page.text


def test_nothing_found(of, offer):
    page = of.get(DOSSIERS, query_string={"numero_dossier": "introuvable"})

    assert "Aucun enregistrement trouvé" in page.text
    assert soup(page).select_one("#critere-numero_dossier")["value"] == "introuvable"


def test_several_states_are_asked_at_once(of, offer):
    both = of.get(DOSSIERS, query_string={"etat": ["en_cours", "solde"]})
    neither = of.get(DOSSIERS, query_string={"etat": ["non_demarre", "solde"]})

    assert len(soup(both).select("tbody tr")) == 1
    assert len(soup(both).select("fieldset input[checked]")) == 2
    assert len(soup(neither).select("tbody tr")) == 0


def test_a_session_is_modified_from_its_list_and_read_where_it_cannot_be(of, region, offer):
    mine, theirs = soup(of.get(SESSIONS)).select_one("tbody th a"), soup(region.get(SESSIONS)).select_one("tbody th a")

    assert mine.text.startswith("Modifier")
    assert mine["href"].endswith("/etapes/formation")
    assert theirs.text.startswith("Consulter")
    assert of.get(mine["href"]).status_code == region.get(theirs["href"]).status_code == 200


def test_the_sessions_of_another_organisation_are_not_listed(other, offer):
    assert "Aucun enregistrement trouvé" in other.get(SESSIONS).text


def test_sorting_swaps_the_list_and_turns(of, offer, many):
    page = of.get(SESSIONS)
    link = next(a for a in soup(page).select("a.sort") if a.text == "N° ses.")
    part = of.get(link["href"], htmx=True)

    assert link["hx-target"] == "#liste"
    assert "<html" not in part.text
    same_page(after_swap(page, part, "#liste"), of.get(link["href"]))
    turned = next(a for a in soup(part).select("a.sort") if a.text == "N° ses.")
    assert soup(part).select_one("th[aria-sort]")["aria-sort"] == "ascending"
    assert turned["href"].endswith("tri=-numero")


def test_pages_keep_the_criteria(of, offer, many):
    page = of.get(SESSIONS, query_string={"etat": ["a_finaliser", "transmise"], "tri": "numero"})
    following = soup(page).select_one("a[rel=next]")["href"]

    assert "32 résultat(s) trouvé(s)" in page.text
    assert following.count("etat=") == 2
    assert "tri=numero" in following
    assert len(soup(of.get(following)).select("tbody tr")) == 10
    assert len(soup(of.get(SESSIONS, query_string={"par_page": "50"})).select("tbody tr")) == 32


@pytest.mark.parametrize(
    "query",
    [
        "tri=rien",
        "tri=-",
        "page=zero",
        "par_page=1000000",
        "debut_apres=31/02/26",
        "etat=inconnu",
        "q=%25",
        "compteur=x",
    ],
)
def test_odd_criteria_show_a_page(of, offer, query):
    assert of.get(f"{SESSIONS}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["inconnu/", "session/?liste=inconnue", "session/?liste=dossiers", "session/?sous=x"])
def test_a_list_that_is_not_there(of, offer, path):
    assert of.get(f"/{SLUG}/espace/{path}").status_code == 404


def test_a_list_below_a_sheet_of_others_is_not_there(other, offer):
    assert other.get(SESSIONS, query_string={"sous": str(offer.dossier)}).status_code == 404


def test_the_sessions_tab_of_a_dossier(of, offer, many):
    url = offer.href(offer.dossier) + "?onglet=sessions"
    page = of.get(url)

    assert len(soup(page).select("#liste thead th")) == 22
    assert "32 résultat(s) trouvé(s)" in page.text
    create = soup(page).select_one("#liste .actions a")
    assert create.text == "Créer une session supplémentaire"
    assert of.get(create["href"]).status_code == 200
    following = soup(page).select_one("a[rel=next]")
    assert following["hx-target"] == "#sheet-tab"
    same_page(after_swap(page, of.get(following["href"], htmx=True), "#sheet-tab"), of.get(following["href"]))


def test_the_contact_is_asked_under_the_sessions_of_a_dossier(of, offer, change):
    change(offer.dossier, contact_nom=None)

    page = of.get(offer.href(offer.dossier) + "?onglet=sessions")

    assert "Le contact pédagogique doit être saisi avant de pouvoir créer ou éditer une session" in page.text
    assert "Contact pédagogique du dossier" in page.text
    assert "Enregistrer les informations du contact marché" in page.text


def test_what_people_typed_is_shown_as_typed(of, offer, change):
    change(offer.dossier, intitule_lot="<script>alert(1)</script>")

    assert "<script>alert(1)" not in of.get(DOSSIERS).text


@pytest.mark.parametrize("url", [DOSSIERS, SESSIONS])
def test_the_same_statements_whatever_the_number_of_rows(app, of, offer, statements, url):
    def count():
        of.get(url)
        with statements() as seen:
            assert of.get(url, query_string={"par_page": "50"}).status_code == 200
        return len(seen)

    assert count() == 8  # the scope, the person, their parts; the list (5)
    with inside(app, SLUG) as session:
        dossier = session.get(Sheet, offer.dossier)
        action = session.get(Sheet, offer.action)
        for _ in range(28):
            make_sheet(session, registry.get(SLUG), "session", action)
            copied = make_sheet(session, registry.get(SLUG), "dossier", None)
            copied.organisation_id = dossier.organisation_id

    assert count() == 8
