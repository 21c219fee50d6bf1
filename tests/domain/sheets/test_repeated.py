"""A field that repeats an ancestor's: in the words, the unit and the type it has there; nothing where it says none."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask

from portal.domain.catalogue.public_view import public_view
from portal.domain.desk.columns import Facts, cell_of
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.schema.desk import Column
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import TODAY, make_tree, organisation
from tests.support.tenants import tenant_named


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("plan")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


@pytest.fixture
def view(tenant: Tenant) -> View:
    group = make_tree(db.session, tenant, "groupe", organisation(db.session))
    found = View(tenant, load_node(db.session, group), TODAY)
    found.node.ancestor("module").data = {"type": "individuelle", "plafond_heures": "24.50"}
    return found


def test_it_says_what_the_ancestor_says(view: View) -> None:
    assert view.show("type_lu") == "Candidature individuelle"
    assert view.show("plafond_lu") == view.show("module.plafond_heures") != ""
    assert view.show("plafond_lu").endswith("h")


def test_conditions_read_it_as_what_it_is(view: View) -> None:
    assert view["plafond_lu"] == Decimal("24.50")
    assert view.holds("type_lu == 'individuelle' and plafond_lu > 24")


def test_nobody_types_it(view: View) -> None:
    assert view.form.fields["type_lu"].locked
    view.node.data["type_lu"] = "designe"
    assert view.show("type_lu") == "Candidature individuelle"


def test_a_list_shows_it_in_a_column(view: View) -> None:
    cell = cell_of(view, Column(id="type_lu", label="Type"), Facts({}))
    assert cell.text == "Candidature individuelle"
    hours = cell_of(view, Column(id="plafond_lu", label="Heures"), Facts({}))
    assert hours.value == Decimal("24.50")


def test_an_ancestor_that_says_nothing_leaves_it_empty(view: View) -> None:
    view.node.ancestor("module").data = {}
    assert (view.show("type_lu"), view["plafond_lu"]) == ("", None)


def test_the_public_does_not_read_it_where_it_is_private(view: View) -> None:
    seen = public_view(view.tenant, view.node, TODAY, {"published_at": datetime(2026, 1, 1, tzinfo=UTC)}, view.lookups)
    assert (seen.show("type_lu"), seen.show("plafond_lu")) == ("Candidature individuelle", "")
