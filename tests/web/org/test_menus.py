"""The ☰ menu of a sheet: what its page offers, for each person, wherever it opens; and the lines of tables below."""

import uuid

import pytest
from bs4 import Tag
from flask import Flask
from sqlalchemy import select

from portal.domain.moves.deleting import NOT_EMPTY
from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import User
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet, make_tree, organisation, put_in_state
from tests.support.people import Browser, account, inside, play, signed_in

SLUG, MINE = "plan", "pilote@exemple.test"
SLOTS = [
    {"_id": "c1", "jour": "2022-11-28", "debut": "09:30", "fin": "17:00"},
    {"_id": "c2", "jour": "2022-12-05", "debut": "09:30", "fin": "17:00"},
]


@pytest.fixture
def ids(app: Flask) -> dict[str, uuid.UUID]:
    """A dispositif, its module which is somebody's with a group and a session of two slots; another module."""
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        top = make_tree(session, tenant, "dispositif", organisation(session))
        module = make_sheet(session, tenant, "module", top, type="individuelle")
        groupe = make_sheet(session, tenant, "groupe", module, preinscriptions=True)
        made = make_sheet(session, tenant, "session", groupe, creneaux=SLOTS)
        other = make_sheet(session, tenant, "module", top)
        found = {"dispositif": top, "module": module, "groupe": groupe, "session": made, "other": other}
        keys = {name: sheet.id for name, sheet in found.items()}
    account(app, MINE)
    with inside(app, SLUG) as session:
        user = session.scalars(select(User).where(User.email == MINE)).one()
        grant_membership(session, user, role="pilote", sheet_id=keys["module"])
    return keys


@pytest.fixture
def mine(app: Flask, ids: dict[str, uuid.UUID]) -> Browser:
    return signed_in(app, MINE)


def at(sheet_id: uuid.UUID, rest: str = "/menu") -> str:
    return f"/{SLUG}/espace/fiches/{sheet_id}{rest}"


def entries(browser: Browser, sheet_id: uuid.UUID) -> dict[str, Tag]:
    """What the menu offers, by its words: the same by itself and in its page."""
    part, page = soup(browser.get(at(sheet_id), htmx=True)), soup(browser.get(at(sheet_id)))
    alone = [li.get_text(" ", strip=True) for li in part.select("li")]
    assert (
        alone == [li.get_text(" ", strip=True) for li in page.select("main .acts li")]
        and part.select_one("html") is None
    )
    return {li.get_text(" ", strip=True): li for li in part.select("li")}


def test_what_a_person_may_do_with_each_of_their_sheets(mine: Browser, ids: dict[str, uuid.UUID]) -> None:
    assert list(entries(mine, ids["module"])) == [
        "Créer un groupe à préinscription", "Consulter", "Voir les groupes", "Liste des sessions", "Récapitulatif",
        "Historique",
    ]  # fmt: skip
    groupe = entries(mine, ids["groupe"])
    assert list(groupe)[:4] == ["Créer une session", "Modifier", "Dupliquer", "Récapitulatif"]
    assert [words for words in groupe if "Supprimer" in words] == [f"Supprimer {NOT_EMPTY}"]
    session = entries(mine, ids["session"])
    assert {"Modifier", "Les dates", "Publier", "Transmettre", "Dupliquer", "Historique"} <= set(session)
    assert "Supprimer" in session


def test_every_entry_leads_somewhere(mine: Browser, ids: dict[str, uuid.UUID]) -> None:
    for name in ("module", "groupe", "session"):
        for words, entry in entries(mine, ids[name]).items():
            if (link := entry.select_one("a")) is not None:
                assert mine.get(link["href"]).status_code == 200, words


def test_a_move_of_the_menu_is_performed(app: Flask, mine: Browser, ids: dict[str, uuid.UUID]) -> None:
    with inside(app, SLUG) as session:
        put_in_state(session, session.get_one(Sheet, ids["session"]), "publication", "avis_clos")
    form = entries(mine, ids["session"])["Transmettre"].select_one("form")
    assert mine.post(form["action"]).status_code == 303
    with inside(app, SLUG) as session:
        assert session.get_one(Sheet, ids["session"]).state("statut") == "s2"
    assert "Transmettre" not in entries(mine, ids["session"])


def test_who_only_reads_a_sheet_is_offered_nothing_else(mine: Browser, ids: dict[str, uuid.UUID]) -> None:
    assert list(entries(mine, ids["dispositif"])) == ["Consulter", "Récapitulatif"]


def test_those_who_decide_have_their_own_moves(app: Flask, ids: dict[str, uuid.UUID]) -> None:
    play(app, "ingenieur@exemple.test", SLUG, "validator", role="ingenieur")
    with inside(app, SLUG) as session:
        put_in_state(session, session.get_one(Sheet, ids["session"]), "statut", "s2")
    found = entries(signed_in(app, "ingenieur@exemple.test"), ids["session"])
    assert "Renvoyer" in found and "Transmettre" not in found


def test_the_menu_of_a_sheet_one_may_not_read_is_not_there(
    app: Flask, mine: Browser, ids: dict[str, uuid.UUID]
) -> None:
    with inside(app, "declare") as session:
        tenant = registry.get("declare")
        elsewhere = make_sheet(session, tenant, "contrat", None, organisation(session, "Autre", 9), numero="Z").id
    for sheet_id in (ids["other"], elsewhere, uuid.uuid4()):
        assert mine.get(at(sheet_id)).status_code == mine.get(at(sheet_id), htmx=True).status_code == 404


def test_lines_of_a_tree_have_a_menu_where_something_may_be_done(mine: Browser, ids: dict[str, uuid.UUID]) -> None:
    page = soup(mine.get(f"/{SLUG}/espace/arborescences/organisation?branches=toutes"))
    for name in ("module", "groupe", "session"):
        menu = page.select_one(f"#branch-{ids[name]} > .line > details")
        assert menu.select_one("summary")["aria-label"].startswith("Actions de ")
        assert menu.select_one("a")["href"] == menu["hx-get"] == at(ids[name])


def test_a_table_says_what_is_declared_each_slot_on_its_line(mine: Browser, ids: dict[str, uuid.UUID]) -> None:
    page = soup(mine.get(at(ids["groupe"], "?onglet=sessions")))
    assert [th.get_text(strip=True) for th in page.select("table.data thead th")] == [
        "Session", "Créneaux", "Type", "État", "Actions",
    ]  # fmt: skip
    row = page.select_one(f"#sheet-row-{ids['session']}")
    assert {"bar", "tone-todo"} <= set(row["class"])
    slots = row.select_one("[data-label=Créneaux]")
    assert [div.get_text() for div in slots.select("div")] == ["28/11/2022 09:30 - 17:00", "05/12/2022 09:30 - 17:00"]
    sign = row.select_one("[data-label=Type] .sign")
    assert sign.get_text() == "Candidature individuelle" and sign.select_one("use")["href"].endswith("#hand")
    assert row.select_one("details.acts a")["href"] == at(ids["session"])


def test_a_list_says_a_choice_with_its_pictogram(app: Flask, ids: dict[str, uuid.UUID]) -> None:
    play(app, "ingenieur@exemple.test", SLUG, "validator", role="ingenieur")
    page = soup(signed_in(app, "ingenieur@exemple.test").get(f"/{SLUG}/espace/module/"))
    assert {cell.get_text() for cell in page.select("[data-label=Type] .sign")} == {
        "Candidature individuelle", "Public désigné",
    }  # fmt: skip
