"""A sheet through its tenant's words."""

import pytest
from sqlalchemy import event

from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_nodes
from portal.extensions import db
from tests.support.offer import make_sheet, put_in_state


def test_dotted_names_reach_fields_ancestors_cells_and_parts(desk):
    view = desk.view()
    assert view.stored("contact_nom") == "Texte"
    assert view.stored("financeurs.region.effectif") == 10
    assert view.stored("dossier.numero") == desk.view().of(view.node.ancestor("dossier")).stored("numero")
    assert view.stored("adresse.code_postal")
    assert view.stored("inconnu") is None and view.stored("dossier.inconnu") is None


def test_conditions_read_axes_ancestors_rows_and_options(desk):
    view = desk.view()
    assert view.holds("session == 'a_finaliser' and annulation == 'maintenue'")
    assert view.holds("any(evenements, type == 'infocoll')")
    assert view.holds("sum(financeurs, effectif) == effectif_vise")
    assert not view.holds("dossier.dossier == 'solde'")


def test_both_ways_of_funding_have_their_own_words(desk):
    dossier = desk.view().of(desk.view().node.ancestor("dossier"))
    words = {}
    for mode in ("marche", "subvention"):
        dossier.node.data["mode"] = mode
        dossier.forget()
        words[mode] = dict(dossier.form.labels)
    assert words["marche"] != words["subvention"]


def test_an_address_is_fetched_from_the_place_chosen_until_another_is_typed(desk):
    view = desk.view()
    fetched = view.stored("adresse")
    assert fetched == view.stored("organisme_formateur.adresse")
    assert view.form.fields["adresse"].locked
    desk.sheet.data = {**desk.sheet.data, "adresse_differente": True, "adresse": {"commune": "Lyon"}}
    view = desk.view()
    assert view.stored("adresse") == {"commune": "Lyon"}
    assert not view.form.fields["adresse"].locked


def test_patterns_are_filled_and_empty_lines_left_out(desk):
    view = desk.view()
    assert view.fill("Session {code}") == f"Session {desk.sheet.code}"
    assert view.fill_line("Offre {code_offre_inconnue}") is None
    assert view.fill("{state.session}") == "A finaliser"
    assert view.fill("{code} - {inconnu}") == view.fill("{inconnu} - {code}") == desk.sheet.code  # no dash is left


@pytest.mark.parametrize("number", [1, 30])
def test_trees_are_loaded_in_the_same_number_of_queries(desk, number):
    action = desk.session.get(Sheet, desk.sheet.parent_id)
    sheets = [make_sheet(desk.session, desk.tenant, "session", action) for _ in range(number)]
    desk.session.expire_all()
    [s.id for s in sheets]
    statements = []

    def note(conn, cursor, statement, *_):
        statements.append(statement)

    fresh = list(desk.session.query(Sheet).filter(Sheet.id.in_([s.id for s in sheets])))
    event.listen(db.engine, "before_cursor_execute", note)
    nodes = load_nodes(desk.session, fresh, below=False)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(nodes) == number + 2
    assert len(statements) <= 4, "\n".join(statements)


def test_a_state_is_worded(desk):
    put_in_state(desk.session, desk.sheet, "session", "transmise")
    assert desk.view().state_label("session") == "Transmise"
    assert desk.view().state_label("inconnu") == ""
