"""Rights by module, and the paths as a second hierarchy."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.desk.columns import Facts, cell_of
from portal.domain.desk.lists import Asked, list_page, seen
from portal.domain.entry.creating import CreationRefused, create_sheet
from portal.domain.moves.perform import perform_move
from portal.domain.people import SYSTEM, Actor
from portal.domain.sheets.models import Sheet, SheetLink
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_sheet, make_tree, organisation
from tests.support.tenants import tenant_named


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sofia-fmo")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


def above(sheet: Sheet, level: str) -> Sheet:
    while sheet.level != level:
        sheet = db.session.get_one(Sheet, sheet.parent_id)
    return sheet


def pilote_of(module: Sheet) -> Actor:
    return Actor(None, "Pilote", frozenset({"pilote"}), parts={module.id: frozenset({"pilote"})})


def titles(tenant: Tenant, actor: Actor, level: str) -> set[object]:
    name, view = next((n, v) for n, v in tenant.desk.lists.items() if v.level == level)
    asked = Asked({one.id: [] for one in view.filters})
    return {row.sheet_id for row in list_page(db.session, tenant, actor, name, view, asked, today=TODAY).rows}


def test_the_session_of_another_pilote_is_neither_sent_nor_deleted_nor_copied_into(tenant: Tenant) -> None:
    holder = organisation(db.session)
    mine, theirs = (make_tree(db.session, tenant, "session", holder) for _ in range(2))
    pilote = pilote_of(above(mine, "module"))
    for name in ("transmettre", "publier", "supprimer"):
        with pytest.raises(MoveRefused):
            perform_move(db.session, tenant, theirs, name, actor=pilote, at=AT)
    with pytest.raises(CreationRefused):
        create_sheet(
            db.session, tenant, level="session", parent=above(theirs, "groupe"), actor=pilote, at=AT, today=TODAY
        )
    perform_move(db.session, tenant, mine, "supprimer", actor=pilote, at=AT)
    assert db.session.scalars(select(Sheet.id).where(Sheet.deleted_at.is_not(None))).all() == [mine.id]


def test_a_pilote_finds_the_paths_of_their_modules_and_no_other_module(tenant: Tenant) -> None:
    holder = organisation(db.session)
    mine, theirs = (make_tree(db.session, tenant, "module", holder) for _ in range(2))
    paths = [make_tree(db.session, tenant, "uf", holder) for _ in range(2)]
    db.session.add_all(SheetLink(link="modules", from_id=paths[0].id, to_id=m.id) for m in (mine, theirs))
    db.session.flush()
    pilote = pilote_of(mine)
    assert titles(tenant, pilote, "module") == {mine.id}
    assert titles(tenant, pilote, "uf") == {paths[0].id}
    assert titles(tenant, pilote, "parcours") == {paths[0].parent_id}


def test_the_file_of_modules_names_their_units_and_paths(tenant: Tenant) -> None:
    holder = organisation(db.session)
    module, uf = make_tree(db.session, tenant, "module", holder), make_tree(db.session, tenant, "uf", holder)
    other = make_sheet(db.session, tenant, "uf", db.session.get(Sheet, uf.parent_id), holder)
    for one, title in ((uf, "UF1 Lettres"), (other, "UF2 Langues"), (above(uf, "parcours"), "[P1] Agrégation")):
        one.title = title
    db.session.add_all(SheetLink(link="modules", from_id=one.id, to_id=module.id) for one in (uf, other))
    db.session.flush()
    columns = [c for c in tenant.desk.lists["modules"].columns if c.link]
    ((view, facts),) = seen(db.session, tenant, SYSTEM, "module", columns, [module.id], TODAY)
    assert isinstance(facts, Facts)
    assert {c.id: cell_of(view, c, facts).text for c in columns} == {
        "parcours": "[P1] Agrégation",
        "ufs": "UF1 Lettres ; UF2 Langues",
    }
    assert tenant.desk.lists["parcours"].exports[0].together == ["ufs", "modules"]
