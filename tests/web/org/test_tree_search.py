"""What is looked for in a tree: words, states, defaults, the way to what was found; links; thousands of sheets."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import User
from portal.domain.sheets.models import Sheet, SheetLink
from portal.tenancy.registry import registry
from tests.support.forest import plant
from tests.support.htmx import after_swap, same_page, soup
from tests.support.offer import make_sheet, make_tree, organisation, put_in_state
from tests.support.people import Browser, account, inside, play, signed_in

SLUG, MINE = "plan", "pilote@exemple.test"
TREE = f"/{SLUG}/espace/arborescences/organisation"
PATHS = f"/{SLUG}/espace/arborescences/parcours"


@dataclass
class Plan:
    """Two dispositifs: letters with two modules, one session sent and one not; sciences with a module alone."""

    region: Browser
    ids: dict[str, uuid.UUID]

    def lines(self, asked: str = "", tree: str = TREE) -> list[str]:
        return lines(self.region.get(f"{tree}?{asked}"))


def lines(page: TestResponse) -> list[str]:
    assert page.status_code == 200
    return [" ".join(a.get_text(" ", strip=True).split()) for a in soup(page).select(".tree .line > a")]


@pytest.fixture
def plan(app: Flask) -> Plan:
    tenant, ids = registry.get(SLUG), {}
    with inside(app, SLUG) as session:
        holder = organisation(session)
        for name, code in (("lettres", "23A1"), ("sciences", "23B2")):
            top = make_tree(session, tenant, "dispositif", holder, identifiant=code, intitule=name.capitalize())
            top.title, ids[name] = f"[{code}] {name.capitalize()}", top.id
        tops = {name: session.get_one(Sheet, sheet_id) for name, sheet_id in ids.items()}
        for name, above, kind in (
            ("m1", "lettres", "designe"), ("m2", "lettres", "individuelle"), ("m3", "sciences", "designe")
        ):  # fmt: skip
            made = make_sheet(session, tenant, "module", tops[above], type=kind)
            made.code, made.title, ids[name] = name.upper(), f"Module {name.upper()}", made.id
        groupe = make_sheet(session, tenant, "groupe", session.get_one(Sheet, ids["m1"]))
        for name, state in (("s1", "s1"), ("s4", "s4")):
            slots = [{"_id": "c1", "jour": "2023-09-06", "debut": "14:00", "fin": "17:00"}]
            made = make_sheet(session, tenant, "session", groupe, creneaux=slots if name == "s1" else [])
            put_in_state(session, made, "statut", state)
            ids[name] = made.id
        uf = make_tree(session, tenant, "uf", holder)
        other = make_sheet(session, tenant, "uf", session.get_one(Sheet, uf.parent_id))
        session.add_all(SheetLink(link="modules", from_id=one.id, to_id=ids["m1"]) for one in (uf, other))
        session.add(SheetLink(link="modules", from_id=uf.id, to_id=ids["m3"]))
        ids |= {"groupe": groupe.id, "uf": uf.id, "other": other.id, "parcours": uf.parent_id}
    play(app, "region@exemple.test", SLUG, "validator")
    return Plan(signed_in(app, "region@exemple.test"), ids)


def pilote(app: Flask, module: uuid.UUID) -> Browser:
    account(app, MINE)
    with inside(app, SLUG) as session:
        user = session.scalars(select(User).where(User.email == MINE)).one()
        grant_membership(session, user, role="pilote", sheet_id=module)
    return signed_in(app, MINE)


LETTRES, SCIENCES = "Dispositif [23A1] Lettres", "Dispositif [23B2] Sciences"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", [LETTRES, SCIENCES]),
        ("q=M2", [LETTRES, "Module M2"]),
        ("q=m2&branches=aucune", [LETTRES]),
        ("q=sciences", [SCIENCES, "Module M3"]),
        ("q=lettres+M1", [LETTRES, "Module M1"]),
        ("q=rien", []),
        ("type=designe&branches=toutes", [LETTRES, "Module M1", "Groupe 01", "Session #1 (06/09/2023 14:00 - 17:00)",
                                          SCIENCES, "Module M3"]),
        ("type=autre", []),
        ("dispositif=23B2", [SCIENCES]),
        ("q=M1&statuts=s4&branches=toutes", [LETTRES, "Module M1", "Groupe 01", "Session #2"]),
        ("q=M1&statuts=s5&branches=toutes", [LETTRES, "Module M1", "Groupe 01"]),  # a group stays, to be given one
        ("statuts=nimporte&inconnu=1&branches=x&tranches=-3&page=zz", [LETTRES, SCIENCES]),
    ],
)  # fmt: skip
def test_what_is_looked_for_and_the_way_to_it(plan: Plan, asked: str, shown: list[str]) -> None:
    assert plan.lines(asked) == shown


def test_nothing_found_is_said_in_the_regions_words(plan: Plan) -> None:
    page = soup(plan.region.get(f"{TREE}?q=rien"))
    assert page.select_one("#arborescence .empty h2").get_text() == "Aucun module ne répond."
    assert soup(plan.region.get(f"{TREE}?q=M2")).select_one("#result-count").get_text() == "1 module"


def test_the_search_bar_says_what_was_asked_and_what_is_answered_for_one(plan: Plan) -> None:
    form = soup(plan.region.get(f"{TREE}?q=M1&type=designe")).select_one("form#criteres")
    assert form.select_one("label[for=critere-q]").get_text() == "Un numéro ou des mots"
    assert form.select_one("[name=q]")["value"] == "M1"
    assert [box["value"] for box in form.select("[name=statuts][checked]")] == ["s1", "s2"]
    assert form.select_one("[name=type] [selected]")["value"] == "designe"
    assert {o["value"] for o in form.select("[name=dispositif] option")} == {"", "23A1", "23B2"}
    assert form.select_one("button").get_text() == "Afficher"


def test_a_branch_of_what_was_found_is_folded_and_opened(plan: Plan) -> None:
    page = plan.region.get(f"{TREE}?q=M1")
    for shown in ([LETTRES], [LETTRES, "Module M1"]):
        link = soup(page).select_one(".tree .fold")
        part, again = plan.region.get(link["hx-get"], htmx=True), plan.region.get(link["href"])
        same_page(after_swap(page, part, link["hx-target"]), again)
        assert lines(again) == shown
        page = again


def test_a_choice_is_told_by_its_pictogram_and_its_word(plan: Plan) -> None:
    page = soup(plan.region.get(f"{TREE}?q=M2"))
    sign = page.select_one(f"#branch-{plan.ids['m2']} .sign")
    assert sign.get_text() == "Candidature individuelle" and sign.select_one("use")["href"].endswith("#hand")
    header = soup(plan.region.get(f"/{SLUG}/espace/fiches/{plan.ids['m2']}")).select_one("#states .sign")
    assert header.get_text() == "Candidature individuelle"


def test_where_a_session_stands_is_a_bar_and_a_word(plan: Plan) -> None:
    page = soup(plan.region.get(f"{TREE}?q=M1&branches=toutes"))
    line = page.select_one(f"#branch-{plan.ids['s1']} > .line")
    assert {"bar", "tone-todo"} <= set(line["class"]) and "1- Brouillon" in line.get_text()


def test_levels_cross_a_link_and_a_module_stands_under_each_of_its_units(plan: Plan) -> None:
    page = plan.region.get(f"{PATHS}?branches=toutes")
    shown = lines(page)
    assert [line for line in shown if "Module" in line] == ["Module M1", "Module M3", "Module M1"]
    keys = [li["id"] for li in soup(page).select(".tree li")]
    assert len(keys) == len(set(keys)) == 6


def test_a_tree_from_a_sheet_crosses_the_link_from_either_end(app: Flask, plan: Plan) -> None:
    with inside(app, SLUG) as session:
        here, there = session.get_one(Sheet, plan.ids["uf"]), session.get_one(Sheet, plan.ids["m3"])
        here.title, there.title = "Unité lue", "Module lu"
    opened = f"ouvert={plan.ids['parcours']}&ouvert={plan.ids['uf']}"
    assert lines(plan.region.get(f"{PATHS}?{opened}")).count("Module lu") == 1


def test_somebody_sees_the_way_to_their_own_module_and_nothing_beside_it(app: Flask, plan: Plan) -> None:
    mine = pilote(app, plan.ids["m1"])
    assert lines(mine.get(f"{TREE}?branches=toutes")) == [
        LETTRES, "Module M1", "Groupe 01", "Session #1 (06/09/2023 14:00 - 17:00)"
    ]  # fmt: skip
    assert lines(mine.get(f"{TREE}?q=M3")) == []
    assert soup(mine.get(TREE)).select_one(".tree .fold")["aria-label"].endswith("(1)")
    assert [line for line in lines(mine.get(f"{PATHS}?branches=toutes")) if "Module" in line] == ["Module M1"] * 2


def test_an_address_that_names_a_sheet_of_another_region_opens_nothing(app: Flask, plan: Plan) -> None:
    with inside(app, "declare") as session:
        tenant = registry.get("declare")
        other = make_sheet(session, tenant, "contrat", None, organisation(session, "Autre", 9), numero="Z")
        make_sheet(session, tenant, "composante", other, intitule="Ailleurs")
        key = other.id
    assert plan.lines(f"ouvert={key}&ouvert={uuid.uuid4()}&plie={key}") == [LETTRES, SCIENCES]


SMALL = {"dispositif": 2, "module": 2, "groupe": 2, "session": 3}
LARGE = {"dispositif": 8, "module": 25, "groupe": 4, "session": 5}


def test_five_thousand_sheets_cost_the_statements_of_thirty(app: Flask, statements: Callable[[], Any]) -> None:
    play(app, "region@exemple.test", SLUG, "validator")
    region = signed_in(app, "region@exemple.test")
    asked = ("", "q=dispositif", "q=02&statuts=s1", "branches=toutes", "branches=toutes&tranches=2")

    def counts() -> list[int]:
        found = []
        for words in asked:
            with statements() as seen:
                page = region.get(f"{TREE}?{words}")
            assert lines(page), words
            found.append(len(seen))
        return found

    with inside(app, SLUG) as session:
        assert plant(session, SLUG, SMALL, statut="s1", publication="jamais") == 38
    region.get(TREE)  # the first look of a process asks under which number the files were published
    few = counts()
    with inside(app, SLUG) as session:
        assert plant(session, SLUG, LARGE, first=3, statut="s1", publication="jamais") == 5008
    many = counts()
    assert many[:3] == few[:3]
    assert all(a <= b for a, b in zip(many, few, strict=True))  # what is unfolded stops sooner


def test_more_is_unfolded_each_time_it_is_asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("portal.domain.desk.branches", "portal.web.org.trees"):
        monkeypatch.setattr(f"{module}.MOST", 12)
    play(app, "region@exemple.test", SLUG, "validator")
    region = signed_in(app, "region@exemple.test")
    with inside(app, SLUG) as session:
        plant(session, SLUG, SMALL, statut="s1", publication="jamais")
    page = region.get(f"{TREE}?branches=toutes")
    shown = [len(lines(page))]
    while (more := soup(page).select_one("#unfold-more")) is not None:
        part, again = region.get(more["hx-get"], htmx=True), region.get(more["href"])
        same_page(after_swap(page, part, more["hx-target"]), again)
        page, shown = again, [*shown, len(lines(again))]
    assert shown == sorted(set(shown)) and shown[0] <= 12 and shown[-1] == 38
