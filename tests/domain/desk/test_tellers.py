"""What lists say is prepared once for all their sheets: the same words as a sheet read by itself, whatever it is."""

from collections import defaultdict
from dataclasses import replace

import pytest

from portal.domain.desk.cells import Cell
from portal.domain.desk.columns import COMPUTED, DOTTED, NUMBERS, Facts, cell_of, teller
from portal.domain.fields import KINDS
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.repeated import repeated_field
from portal.domain.sheets.special import SPECIAL
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.schema import Column, FieldOverride, Override
from portal.tenancy.scope import tenant_scope
from tests.support.offer import TODAY, make_tree, organisation
from tests.support.tenants import every_tenant

NOTHING = Facts({}, defaultdict(dict))


def plainly(view, column):
    """(words, whether it has a value) of a name, read through the sheet's whole form, as its own pages do."""
    said = column.value or column.id
    if said.rpartition(".")[2] in SPECIAL or not DOTTED.fullmatch(said) or (found := view.field_at(said)) is None:
        return None
    holder, field = found
    inside = (said.removeprefix(f"{holder.node.level}.") if holder is not view else said).partition(".")[2]
    asked = holder.form.fields[field.id]
    if asked.hidden:
        return Cell()
    stored = holder.stored(f"{field.id}.{inside}") if inside else holder.meant(field)
    shown, context = repeated_field(view.tenant, field) or asked.field, holder.context
    if inside:
        shown = next((c for c in field.fields if c.id == inside.rpartition(".")[2]), None)
        context = holder.context.inside(field.id)
    if stored is None:
        return Cell()
    if shown is None:
        return Cell(str(stored), str(stored) or None)
    bare, kind = shown.model_copy(update={"unit": None}), KINDS[shown.kind]
    words = kind.show(stored, bare, context)
    if shown.kind in (*NUMBERS, "date", "datetime"):
        return Cell(words, kind.python(stored, shown))
    return Cell(words, kind.text(stored, bare, context) if words else None)


def columns_of(tenant, level):
    """Every column of the lists of a level, then every field of it and of what is above."""
    listed = [c for view in tenant.desk.lists.values() if view.level == level for c in view.columns]
    named = [Column(id=name, label=name) for name in tenant.fields(level)]
    for above in tenant.ancestors(level):
        named += [Column(id=name, label=name, value=f"{above}.{name}") for name in tenant.fields(above)]
    return listed, named


@pytest.fixture(params=every_tenant(), ids=lambda tenant: tenant.slug)
def region(app, request):
    with app.app_context(), tenant_scope(request.param.slug):
        yield request.param
        db.session.rollback()


def views_of(tenant, level, holder):
    for programme in [*tenant.who.programmes] or [None]:
        sheet = make_tree(db.session, tenant, level, holder, programme=programme)
        yield View(tenant, load_node(db.session, sheet), TODAY, lookups=ReferenceLookups())


def test_a_prepared_column_says_what_the_sheet_says(region):
    holder, told = organisation(db.session), 0
    for level in region.forms:
        for view in views_of(region, level, holder):
            for column in [c for some in columns_of(region, level) for c in some]:
                beside = column.state or column.since or column.deliveries or column.link
                expected = None if beside else plainly(view, column)
                if expected is not None and column.format == "auto" and not column.strong:
                    told += bool(expected.text)
                    cell = replace(cell_of(view, column, NOTHING), icon="", lines=())  # drawn beside the words
                    assert cell == expected, column
    assert told


def test_sheets_read_together_say_what_each_says_alone(region):
    holder = organisation(db.session)
    for level in region.forms:
        tells = [(c, teller(region, level, c)) for some in columns_of(region, level) for c in some]
        first = None
        for alone in views_of(region, level, holder):
            together = (
                View(region, alone.node, TODAY, lookups=ReferenceLookups()) if first is None else first.of(alone.node)
            )
            first = first or together
            assert [tell(together, NOTHING) for _, tell in tells] == [cell_of(alone, c, NOTHING) for c, _ in tells]


def test_an_expression_is_computed_for_each_sheet(desk):
    column = Column(id="somme", label="Somme", value="duree_centre * effectif_vise")
    tell = teller(desk.tenant, "session", column)
    for places in (8, 12):
        view = View(desk.tenant, load_node(desk.session, desk.add(effectif_vise=places, duree_centre=10)), TODAY)
        value = view.evaluate(column.value)
        assert tell(view, NOTHING).text == KINDS["computed"].show(value, COMPUTED) != ""


def test_an_override_hides_a_cell_of_the_sheets_it_holds_for_alone(desk):
    hidden = Override(when="effectif_vise > 10", fields={"session.libelle_public": FieldOverride(hidden=True)})
    tenant = replace(desk.tenant, overrides=[*desk.tenant.overrides, hidden], compiled={})
    tell = teller(tenant, "session", Column(id="libelle_public", label="Public"))
    small, large = (desk.add(effectif_vise=places, libelle_public="Tous") for places in (8, 12))

    views = [View(tenant, load_node(desk.session, sheet), TODAY) for sheet in (small, large)]

    assert [tell(view, NOTHING) for view in views] == [Cell("Tous", "Tous"), Cell()]


def test_an_override_gives_other_choices_to_the_sheets_it_holds_for(desk):
    change = FieldOverride(choices={"0": "Libre", "1": "Fixe"})
    other = Override(when="effectif_vise > 10", fields={"session.type_entree": change})
    tenant = replace(desk.tenant, overrides=[*desk.tenant.overrides, other], compiled={})
    tell = teller(tenant, "session", Column(id="type_entree", label="Entrée"))
    usual = desk.tenant.field("session", "type_entree").choices["0"]

    views = [
        View(tenant, load_node(desk.session, desk.add(effectif_vise=places, type_entree="0")), TODAY)
        for places in (8, 12)
    ]

    assert [tell(view, NOTHING).text for view in views] == [usual, "Libre"]
