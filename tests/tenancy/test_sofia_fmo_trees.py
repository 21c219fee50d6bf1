"""The two trees of the académie, as the pilote of a module reads them, in the words of the vade-mecum."""

import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import User
from portal.domain.sheets.models import Sheet, SheetLink
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet, make_tree, organisation, put_in_state
from tests.support.people import Browser, account, inside, signed_in

SLUG, MINE = "sofia-fmo", "pilote@exemple.test"
TREES = f"/{SLUG}/espace/arborescences"


@dataclass
class Pilote:
    """Somebody in charge of one module, whose two sessions stand at 1 and 5, and of a path."""

    browser: Browser
    ids: dict[str, uuid.UUID]

    def lines(self, asked: str) -> list[str]:
        return lines(self.browser.get(f"{TREES}/{asked}"))


def lines(page: TestResponse) -> list[str]:
    assert page.status_code == 200
    return [a.get_text(" ", strip=True) for a in soup(page).select(".tree .line > a")]


@pytest.fixture
def pilote(app: Flask) -> Pilote:
    tenant, ids = registry.get(SLUG), {}
    with inside(app, SLUG) as session:
        holder = organisation(session)
        top = make_tree(session, tenant, "priorite", holder)
        for name, year in (("d", "2023"), ("older", "2022")):
            given = {"identifiant": f"{year[2:]}A0700901", "intitule": "MATHEMATIQUES", "annee_plan": year}
            dispositif = make_sheet(session, tenant, "dispositif", top, **given)
            given = {"numero": f"665{year[2:]}", "intitule": f"ECRITS {year}", "type_candidature": "designe"}
            ids[name] = make_sheet(session, tenant, "module", dispositif, **given).id
        groupe = make_sheet(session, tenant, "groupe", session.get_one(Sheet, ids["d"]), description="")
        slots = [{"_id": "c1", "jour": "2023-09-06", "debut": "14:00", "fin": "17:00"}]
        for name, state in (("s1", "s1"), ("s5", "s5")):
            made = make_sheet(session, tenant, "session", groupe, creneaux=slots)
            put_in_state(session, made, "statut", state)
            ids[name] = made.id
        uf = make_tree(session, tenant, "uf", holder, intitule="EQUIPE")
        session.add(SheetLink(link="modules", from_id=uf.id, to_id=ids["d"]))
        ids |= {"groupe": groupe.id, "parcours": uf.parent_id}
    account(app, MINE)
    with inside(app, SLUG) as session:
        user = session.scalars(select(User).where(User.email == MINE)).one()
        for name in ("d", "older"):
            grant_membership(session, user, role="pilote", sheet_id=ids[name])
    return Pilote(signed_in(app, MINE), ids)


def test_the_plan_of_the_last_year_is_shown_with_its_sessions(pilote: Pilote) -> None:
    shown = pilote.lines("organisation?branches=toutes")
    assert [line.partition(" ")[0] for line in shown[:4]] == ["Cycle", "Axe", "Priorité", "Dispositif"]
    assert shown[4:] == [
        "Module [66523] ECRITS 2023", "Groupe 01", "Sessions #1 (06/09/2023 14:00 - 17:00)",
        "Sessions #2 (06/09/2023 14:00 - 17:00)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        ("q=66523", "Module [66523] ECRITS 2023"),
        ("q=22A0700901&annee=2022", "Module [66522] ECRITS 2022"),
        ("q=ecrits&annee=2022", "Module [66522] ECRITS 2022"),
        ("statuts=s5&branches=toutes", "Sessions #2 (06/09/2023 14:00 - 17:00)"),
        ("statuts=s6&branches=toutes", "Groupe 01"),
    ],
)
def test_a_number_words_a_year_and_states(pilote: Pilote, asked: str, last: str) -> None:
    assert pilote.lines(f"organisation?{asked}")[-1] == last


def test_the_search_says_the_manuals_words(pilote: Pilote) -> None:
    page = soup(pilote.browser.get(f"{TREES}/organisation"))
    assert page.select_one("h1").get_text(strip=True) == "Gestion des groupes et des sessions"
    said = [
        label.get_text(" ", strip=True) for label in page.select("#criteres > label, #criteres label, #criteres legend")
    ]
    assert {"Année du plan *", "Statuts des sessions affichées *", "Thèmes", "Dispositifs"} <= set(said)
    assert page.select_one("#criteres button").get_text(strip=True) == "Afficher"
    assert [a.get_text() for a in page.select("#arborescence > .actions > a")] == ["Tout réduire", "Tout développer"]


def test_a_path_leads_to_its_modules(pilote: Pilote) -> None:
    shown = pilote.lines("parcours?branches=toutes")
    assert shown[-1] == "Module [66523] ECRITS 2023" and len(shown) == 3
    assert pilote.lines("parcours?q=equipe")[-1].startswith("Unité de formation")


def test_the_menus_of_a_module_and_of_a_session(pilote: Pilote) -> None:
    def entries(name: str) -> list[str]:
        page = soup(pilote.browser.get(f"/{SLUG}/espace/fiches/{pilote.ids[name]}/menu", htmx=True))
        return [li.get_text(" ", strip=True) for li in page.select("li")]

    assert entries("d")[:4] == ["Créer un groupe", "Consulter", "Voir les groupes", "Voir les sessions"]
    assert entries("groupe")[:2] == ["Créer une session", "Modifier"]
    session = entries("s1")
    assert session[0] == "Modifier" and "Modifier cette session puis la transmettre" in session
    assert "Supprimer cette session" in session and "Historique" in session
