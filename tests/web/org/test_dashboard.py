"""The home of the area: the basket by kind of task, what came back, what was decided."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.domain.organisations.models import Organisation
from portal.tenancy.registry import registry
from portal.tenancy.schema import Counter
from tests.support.htmx import after_swap, same_page, soup
from tests.support.offer import make_tree
from tests.support.people import inside, play, signed_in

SLUG = "eos"

HOME = f"/{SLUG}/espace/"


def rows(page):
    return [
        [cell.get_text(" ", strip=True) for cell in tr.find_all(["th", "td"])] for tr in soup(page).select("tbody tr")
    ]


def test_the_basket_groups_the_sessions_of_a_dossier(of, offer, change):
    change(offer.dossier, numero_lot="147", numero="2022C007314701")

    page = of.get(HOME)

    assert page.status_code == 200
    assert soup(page).h1.text == "Corbeille de tâches"
    tabs = [a.get_text(" ", strip=True) for a in soup(page).select("#corbeille .tabs a")]
    assert tabs == ["Session à finaliser 1", "Contact pédagogique à saisir 0", "Descriptif d'action à compléter 0"]
    heads = [th.text for th in soup(page).select("thead th")]
    assert heads == [
        "Type", "Date", "Prog.", "Libellé", "Date début session qui démarre le plus tôt", "Nb jours jusqu'à échéance",
    ]  # fmt: skip
    ((kind, since, programme, words, deadline, days),) = rows(page)
    assert (kind, since, programme) == ("Session à finaliser", "02/03/2026 10:00", "FPE 21-25")
    assert words == "Lot 147 Dossier 2022C007314701 - nombre session(s) concernée(s) : 2"
    assert (deadline, days) == ("04/05/2026", "Échéance dépassée 0")


def test_a_line_opens_the_sessions_of_its_dossier(of, offer):
    href = soup(of.get(HOME)).select_one("tbody th a")["href"]

    page = of.get(href)

    assert href == offer.href(offer.dossier) + "?onglet=sessions"
    assert soup(page).select_one(".tabs [aria-current]").text == "Sessions"
    assert len(rows(page)) == 2


def test_another_kind_of_task_swaps_the_basket_alone(of, offer, change):
    change(offer.dossier, contact_nom=None)
    page = of.get(HOME)
    url = HOME + "?tache=contact_a_saisir"

    part = of.get(url, htmx=True)

    assert "<html" not in part.text
    assert "contact pédagogique à saisir" in rows(part)[0][3]
    same_page(after_swap(page, part, "#corbeille"), of.get(url))


def test_an_empty_basket_says_so(other, offer):
    page = other.get(HOME)

    assert "Rien à faire ici" in page.text
    assert soup(page).select(".tab-count")[0].text == "0"


def test_what_came_back_is_said_first_with_its_reason(of, region, offer):
    assert of.post(offer.href(offer.whole, "/actions/envoyer")).status_code == 303
    assert "À corriger" not in of.get(HOME).text
    region.post(offer.href(offer.whole, "/actions/renvoyer"), {"motif": "Précisez <b>le lieu</b>."})

    page = of.get(HOME)

    notice = soup(page).find(id="a-corriger")
    assert "la Région vous demande de revoir une fiche" in notice.text
    assert "« Précisez <b>le lieu</b>. »" in notice.text
    assert notice.a["href"] == offer.href(offer.whole)
    assert "A finaliser" in soup(page).find(id="decisions").text


def test_what_was_approved_is_told(of, region, offer):
    of.post(offer.href(offer.whole, "/actions/envoyer"))
    region.post(offer.href(offer.whole, "/actions/approuver"))

    assert "Transmise" in soup(of.get(HOME)).find(id="decisions").text


def test_the_region_has_its_own_basket(of, region, offer):
    of.post(offer.href(offer.whole, "/actions/envoyer"))

    page = region.get(HOME)

    assert "Session à valider 1" in soup(page).select_one("#corbeille .tabs").get_text(" ", strip=True)
    assert "Organisme 1" in rows(page)[0][3]


def test_the_menu_leads_to_the_lists_of_the_region(of, offer):
    page = of.get(HOME)

    menu = soup(page).select_one(".menu-bar")
    links = {a.text: a["href"] for a in menu.find_all("a")}
    assert links == {
        "Corbeille de tâches": HOME, "gérer mes dossiers": f"{HOME}dossier/", "Sessions": f"{HOME}session/",
        "Annuaire": f"{HOME}annuaire/",
    }  # fmt: skip
    assert menu.select_one(".menu-head-words").text == "Suivi dossiers"
    assert menu.select_one("[aria-current]").text == "Corbeille de tâches"
    for name in ("gérer mes dossiers", "Sessions"):
        assert soup(of.get(links[name])).select_one(".menu-bar [aria-current]").text == name


def test_whom_to_ask_is_said(of, offer):
    contact = soup(of.get(HOME)).select_one("section[aria-labelledby=contacts-title] a")

    assert contact["href"].startswith("https://")


@pytest.fixture
def configure(monkeypatch):
    """Give the region another desk."""

    def configure(**changes):
        tenant = registry.get(SLUG)
        changed = replace(tenant, desk=tenant.desk.model_copy(update=changes))
        monkeypatch.setitem(registry._current, SLUG, changed)

    return configure


def test_a_role_whose_home_is_a_list_is_led_there(of, offer, configure):
    configure(home={"organisme": "list"})

    answer = of.get(HOME)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HOME}dossier/?liste=dossiers")


def test_figures_open_the_list_of_what_they_count(of, offer, change, configure):
    change(offer.whole, session="transmise")
    counter = Counter(
        label="Sessions transmises", roles=["organisme"], level="session", list="sessions", group="Sessions",
        where="session == 'transmise'",
    )  # fmt: skip
    configure(home={"organisme": "counters"}, tasks={}, counters={"transmises": counter})

    link = soup(of.get(HOME)).select_one(".figures a")
    listed = of.get(link["href"])

    assert link.strong.text == "1"
    assert len(rows(listed)) == 1
    assert "Sessions transmises 1 résultat" in " ".join(soup(listed).h1.text.split())
    assert len(rows(of.get(f"{HOME}session/?liste=sessions"))) == 2


@pytest.mark.parametrize("page", ["abc", "0", "-3", "99999999999"])
def test_an_odd_page_number_shows_a_page(of, offer, page):
    assert of.get(HOME, query_string={"page": page}).status_code == 200


def test_somebody_of_nowhere_finds_no_such_page(app, offer):
    play(app, "ailleurs@exemple.test", SLUG, "org", role="role_disparu")

    assert signed_in(app, "ailleurs@exemple.test").get(HOME).status_code == 404


def test_the_same_statements_whatever_the_number_of_lines(app, of, offer, statements):
    def count():
        of.get(HOME)  # the first look of a process asks under which number the files were published
        with statements() as seen:
            assert of.get(HOME).status_code == 200
        return len(seen)

    assert count() == 10  # the scope, the person, their parts; the basket (5), what came back, the decisions
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        for _ in range(25):
            make_tree(session, registry.get(SLUG), "session", holder)

    assert count() == 10
