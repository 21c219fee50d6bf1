"""A second hierarchy: what a link ties, in tabs, in columns, and in several files at once."""

import io
import uuid
import zipfile
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import User
from portal.domain.sheets.models import Sheet, SheetLink
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet, make_tree, organisation
from tests.support.people import Browser, account, inside, signed_in

SLUG, MINE = "plan", "pilote@exemple.test"


@dataclass
class Paths:
    """A unit of one path that gathers two modules, of which one is this person's; a third module is in none."""

    browser: Browser
    uf: uuid.UUID
    modules: list[uuid.UUID]
    codes: list[str]

    def shown(self, sheet_id: uuid.UUID, tab: str) -> list[str]:
        page = soup(self.browser.get(f"/{SLUG}/espace/fiches/{sheet_id}?onglet={tab}"))
        return [a["href"].rpartition("/")[2] for a in page.select("table.data th[scope=row] a")]

    def cells(self, level: str) -> list[list[str]]:
        page = soup(self.browser.get(f"/{SLUG}/espace/{level}/"))
        rows = page.select("table.data tbody tr")
        return [[cell.get_text(" ", strip=True) for cell in row.select("[data-label]")] for row in rows]


@pytest.fixture
def paths(app: Flask) -> Paths:
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        top = make_tree(session, tenant, "dispositif", organisation(session))
        modules = [make_sheet(session, tenant, "module", top) for _ in range(3)]
        uf = make_sheet(session, tenant, "uf", make_sheet(session, tenant, "parcours", None))
        session.add_all(SheetLink(link="modules", from_id=uf.id, to_id=m.id) for m in modules[:2])
        made = uf.id, [m.id for m in modules], [m.code for m in modules]
    account(app, MINE)
    with inside(app, SLUG) as session:
        user = session.scalars(select(User).where(User.email == MINE)).one()
        for module in (made[1][0], made[1][2]):
            grant_membership(session, user, role="pilote", sheet_id=module)
    return Paths(signed_in(app, MINE), *made)


def test_a_tab_shows_the_other_end_of_a_link_from_either_side(paths: Paths) -> None:
    assert paths.shown(paths.modules[0], "parcours") == [str(paths.uf)]
    assert paths.shown(paths.modules[2], "parcours") == []
    assert paths.shown(paths.uf, "modules") == [str(paths.modules[0])]  # the other is somebody else's


def test_columns_say_what_is_tied_and_what_is_above_it(app: Flask, paths: Paths) -> None:
    with inside(app, SLUG) as session:
        uf = session.get_one(Sheet, paths.uf)
        uf.title, session.get_one(Sheet, uf.parent_id).title = "UF de lettres", "Parcours de lettres"
    rows = {row[0]: row[1:3] for row in paths.cells("module")}
    assert rows == {
        paths.codes[0]: ["UF de lettres", "Parcours de lettres"],
        paths.codes[2]: ["", ""],
    }


def test_the_lists_are_in_one_zip_a_file_each_with_ones_own_alone(paths: Paths) -> None:
    page = soup(paths.browser.get(f"/{SLUG}/espace/uf/"))
    href = next(a["href"] for a in page.select("a[href]") if ".zip" in a["href"])
    answer = paths.browser.get(href)
    assert answer.mimetype == "application/zip" and ".zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        files = {name: bundle.read(name).decode("utf-8-sig").splitlines() for name in bundle.namelist()}
    assert list(files) == ["uf.csv", "modules.csv"]
    assert files["modules.csv"][0] == "Numéro;Unités de formation;Parcours"
    assert sorted(line.partition(";")[0] for line in files["modules.csv"][1:]) == sorted(
        [paths.codes[0], paths.codes[2]]
    )
    assert len(files["uf.csv"]) == 2


def test_a_list_alone_makes_no_zip(paths: Paths) -> None:
    assert paths.browser.get(f"/{SLUG}/espace/module/modules.zip").status_code == 404


def test_the_header_of_a_module_names_the_paths_it_is_in(paths: Paths) -> None:
    def lines(module: uuid.UUID) -> list[str]:
        page = soup(paths.browser.get(f"/{SLUG}/espace/fiches/{module}"))
        return [line.get_text(" ", strip=True) for line in page.select("ul.header-lines li")]

    assert lines(paths.modules[0]) == ["Parcours : 1", "Unités de formation : 1"]
    assert lines(paths.modules[2]) == []
