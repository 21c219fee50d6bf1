"""Names that links give, from either end: in conditions, in computed values, in titles and headers."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import event

from portal.domain.conditions import ConditionError
from portal.domain.desk.reach import Reach
from portal.domain.desk.sql import Speech, Unsayable
from portal.domain.language import condition
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Sheet, SheetLink
from portal.domain.sheets.nodes import load_node, load_nodes, unit_of
from portal.domain.sheets.revisions import freeze_unit
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_sheet, make_tree, organisation
from tests.support.tenants import tenant_named


@dataclass
class Paths:
    """Two paths; a unit of each gathers the same module, the first unit a second module besides."""

    tenant: Tenant
    units: list[Sheet]
    modules: list[Sheet]

    def view(self, sheet: Sheet) -> View:
        return View(self.tenant, load_node(db.session, sheet), TODAY)


@pytest.fixture
def paths(app: Flask) -> Iterator[Paths]:
    tenant = tenant_named("plan")
    with app.app_context(), tenant_scope(tenant.slug):
        session = db.session()
        top = make_tree(session, tenant, "dispositif", organisation(session))
        modules = [make_sheet(session, tenant, "module", top, type=kind) for kind in ("individuelle", "designe")]
        units = [make_sheet(session, tenant, "uf", make_sheet(session, tenant, "parcours", None)) for _ in range(2)]
        for unit, module in ((0, 0), (0, 1), (1, 0)):
            session.add(SheetLink(link="modules", from_id=units[unit].id, to_id=modules[module].id))
        session.flush()
        yield Paths(tenant, units, modules)
        session.rollback()


@pytest.mark.parametrize(
    ("level", "place", "expression", "held"),
    [
        ("uf", 0, "count(modules) == 2", True),
        ("uf", 1, "count(modules) == 2", False),
        ("uf", 0, "any(modules, type == 'individuelle') and not all(modules, type == 'individuelle')", True),
        ("uf", 0, "any(modules, any(session, statut == 's1'))", True),
        ("module", 0, "count(uf) == 2 and count(parcours) == 2", True),
        ("module", 1, "count(uf) == 1 and any(parcours, filled(code))", True),
        ("module", 1, "count(parcours) > 1", False),
    ],
)
def test_conditions_read_both_ends_and_what_is_around_them(paths, level, place, expression, held):
    group = make_sheet(db.session(), paths.tenant, "groupe", paths.modules[0])
    make_sheet(db.session(), paths.tenant, "session", group)
    sheet = {"uf": paths.units, "module": paths.modules}[level][place]
    assert paths.view(sheet).holds(expression) is held


def test_a_sheet_below_reads_them_through_the_one_that_is_tied(paths):
    group = make_sheet(db.session(), paths.tenant, "groupe", paths.modules[0])
    view = paths.view(group)
    assert view.holds("count(module.parcours) == 2")
    codes = sorted(u.code for u in paths.units)
    assert view.show("module.uf.code") == ", ".join(codes)


def test_patterns_say_each_words_once(paths):
    first, second = (db.session().get(Sheet, unit.parent_id) for unit in paths.units)
    view = paths.view(paths.modules[0])
    assert view.fill_line("Parcours : {parcours.title}") == f"Parcours : {first.title}, {second.title}"
    assert view.show("parcours.programme") == ""
    alone = make_sheet(db.session(), paths.tenant, "module", db.session().get(Sheet, paths.modules[0].parent_id))
    assert paths.view(alone).fill_line("Parcours : {parcours.title}") is None


def test_a_deleted_sheet_is_tied_no_more(paths):
    paths.units[1].deleted_at = AT
    db.session().flush()
    assert paths.view(paths.modules[0]).holds("count(uf) == 1")


@pytest.mark.parametrize(
    ("level", "expression"),
    [("uf", "count(modulez) > 0"), ("uf", "any(modules, tipe == 'x')"), ("uf", "any(modules, type == 'inconnu')"),
     ("uf", "modules == 2"), ("session", "count(uf) > 0"), ("parcours", "count(modules) > 0")],
)  # fmt: skip
def test_what_they_hold_is_typed_by_its_level(level, expression):
    with pytest.raises(ConditionError):
        condition(tenant_named("plan"), level, expression)


def test_sql_does_not_say_them(paths):
    with pytest.raises(Unsayable):
        Speech(Reach(paths.tenant, "uf"), TODAY).said("count(modules)")


def test_they_are_read_for_all_the_sheets_loaded_together(paths):
    seen: list[str] = []

    def note(connection, cursor, statement, *_):
        seen.append(statement)

    nodes = load_nodes(db.session(), paths.modules)
    first = View(paths.tenant, nodes[paths.modules[0].id], TODAY)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        counts = [first.of(nodes[m.id]).evaluate("count(uf)") for m in paths.modules]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert counts == [2, 1]
    assert len(seen) <= 4, "\n".join(seen)


def test_a_version_sent_keeps_no_link(paths):
    group = make_sheet(db.session(), paths.tenant, "groupe", paths.modules[0])
    session = make_sheet(db.session(), paths.tenant, "session", group)
    revision = freeze_unit(
        db.session(), paths.tenant, session, load_node(db.session, session), "statut", actor=SYSTEM, at=AT
    )
    frozen = View(paths.tenant, unit_of(revision.snapshot), TODAY)
    assert isinstance(frozen.node.id, uuid.UUID) and frozen.holds("count(module.uf) == 0")
