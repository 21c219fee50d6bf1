"""Declared fields as a form: read as kinds read, refused as kinds refuse, drawn with everything the page asks."""

import uuid
from datetime import date

import pytest
from flask import g
from werkzeug.datastructures import MultiDict

from portal.domain.checking import check
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.loader import load_files
from portal.web.drawn import Drawing, Links
from portal.web.forms import fingerprints, form_class
from portal.web.kind_fields import KEPT, plain
from tests.tenancy.folder import FILES

FORM = """\
level: session
steps:
  - id: dates
    label: Dates
    help: dates
    fields:
      - {id: debut, label: Début, kind: date, required: true}
      - {id: fin, label: Fin, kind: date, required: true}
      - {id: places, label: Places, kind: integer, min: 1, unit: places}
      - {id: data, label: Un nom malheureux, kind: text, max: 20}
      - {id: errors, label: Un autre, kind: longtext}
      - {id: accord, label: D'accord, kind: boolean}
      - {id: publics, label: Publics, kind: choices, choices: {a: Aînés, b: Bébés}}
      - {id: lieu, label: Lieu, kind: address, required_parts: [commune]}
      - {id: double, label: Double, kind: computed, value: places * 2}
      - id: seances
        label: Séances
        kind: rows
        rows: {add: Ajouter une séance, remove: Enlever la séance, legend: "Séance du {jour}"}
        fields:
          - {id: jour, label: Jour, kind: date, required: true}
          - {id: distance, label: À distance, kind: boolean}
          - {id: lien, label: Lien, kind: url, when: distance}
      - id: parts
        label: Parts
        kind: rows
        rows: {keys: {etat: État, region: Région}}
        fields: [{id: nombre, label: Nombre, kind: integer}]
  - {id: autre, label: Autre, feature: evenements, fields: [{id: autre, kind: text}]}
"""
TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def tenant():
    return load_files({**FILES, "forms/session.yaml": FORM}, "tenants/x", check)


@pytest.fixture
def view(app, tenant):
    with app.test_request_context():
        g.csrf_valid = True  # a form is read once the token was checked
        yield View(tenant, Node(uuid.uuid4(), "session"), TODAY)


def form_of(view, data=None):
    step = view.form.step("dates")
    return form_class(view.tenant, "session", step)(view, MultiDict(data) if data is not None else None)


def draw(view, name, raw=None, **options):
    shown = view.form.fields[name]
    return Drawing(view, **options).field(shown, raw)


def test_a_class_is_made_once_for_the_same_fields(view):
    assert type(form_of(view)) is type(form_of(view))
    assert type(form_of(view)).__name__ == "SessionDatesForm"


def test_an_override_makes_another(app, tenant):
    overrides = '- when: "places > 10"\n  fields:\n    session.data: {label: Autrement}\n'
    other = load_files({**tenant.files, "overrides.yaml": overrides}, "tenants/x", check)
    with app.test_request_context():
        few, many = (View(other, Node(uuid.uuid4(), "session", data={"places": n}), TODAY) for n in (5, 50))
        assert form_of(few).field("data").definition.label == "Un nom malheureux"
        assert form_of(many).field("data").definition.label == "Autrement"


def test_fields_may_be_called_as_the_form_calls_its_own(view):
    form = form_of(view, {"data": "un", "errors": "deux"})
    assert form.raws() == {"data": "un", "errors": "deux"}
    assert form.faults() == {}


def test_only_what_was_sent_is_read(view):
    assert form_of(view, {"places": "12"}).raws() == {"places": "12"}


def test_a_box_left_empty_was_sent_when_the_page_drew_it(view):
    view.node.data = {"accord": True, "publics": ["a"], "data": "mot"}
    form = form_of(view, {"_was": '{"accord": "x", "publics": "y", "data": "z"}'})
    assert form.raws() == {"accord": "", "publics": []}


def test_a_box_that_said_no_goes_on_saying_it(view):
    view.node.data = {"accord": False}
    assert form_of(view, {"_was": '{"accord": "x"}'}).raws() == {"accord": "non"}
    assert form_of(view, {"accord": "1"}).raws() == {"accord": "oui"}


def test_browsers_newlines_are_changed_back(view):
    assert form_of(view, {"errors": "un\r\ndeux\rtrois\x00"}).raws() == {"errors": "un\ndeux\ntrois"}
    assert plain([{"a": "b\r\n"}]) == [{"a": "b\n"}]


def test_kinds_refuse_in_their_own_words(view):
    form = form_of(view, {"debut": "31/02/2026", "places": "0", "data": "court"})
    faults = form.faults()
    assert set(faults) == {"debut", "places"}
    assert faults["debut"].message == form.field("debut").errors[0]


def test_parts_and_rows_say_where_they_are_wrong(view):
    form = form_of(view, {"lieu-code_postal": "12", "seances-0-_id": "a1", "seances-0-jour": "jamais"})
    assert "code_postal" in form.faults()["lieu"].parts
    assert "jour" in form.faults()["seances"].cells["a1"]


def test_a_cell_its_row_does_not_ask_keeps_what_it_held(view):
    view.node.data = {"seances": [{"_id": "a1", "distance": True, "lien": "https://exemple.fr"}]}
    hidden = form_of(view, {"seances-0-_id": "a1", "seances-0-jour": "2026-04-01"})
    assert hidden.raws()["seances"][0]["lien"] == "https://exemple.fr"
    asked = form_of(view, {"seances-0-_id": "a1", "seances-0-distance": "1", "seances-0-lien": ""})
    assert asked.raws()["seances"][0]["lien"] == ""


def test_a_text_too_long_to_keep_is_no_raw_but_a_fault(view):
    form = form_of(view, {"errors": "x" * (KEPT + 1), "data": "un"})
    assert list(form.raws()) == ["data"]
    assert "trop long pour être gardé" in form.overlong()["errors"].message
    assert set(form.faults()) == {"errors"}


@pytest.mark.parametrize("text", [None, "", "pas du json", "[1]", "3"])
def test_what_a_page_says_and_cannot_be_read_says_nothing(text):
    assert fingerprints(text) == {}


def test_a_form_without_data_holds_what_the_sheet_holds(view):
    view.node.data, view.node.raw = {"places": 12}, {"debut": "31/02"}
    form = form_of(view)
    assert (form.field("places").raw, form.field("debut").raw) == ("12", "31/02")
    assert form.raws() == {}


def test_a_field_is_drawn_with_its_links_and_limits(view):
    drawn = draw(view, "data", "mot", links=Links(check=lambda name: f"/verifie/{name}"))
    assert (drawn.widget, drawn.value, drawn.max, drawn.check_href) == ("text", "mot", 20, "/verifie/data")
    assert (drawn.id, drawn.required, drawn.locked) == ("c-data", False, False)


def test_a_locked_field_shows_its_words_and_why(view):
    view.node.data = {"places": 12}
    drawn = draw(view, "places", "12", locked=lambda name: "En cours de validation.")
    assert (drawn.locked, drawn.shown, drawn.origin) == (
        True,
        "12 places".replace(" ", "\u00a0"),
        "En cours de validation.",
    )
    assert drawn.known


def test_a_computed_field_is_only_recalled(view):
    view.node.data = {"places": 12}
    drawn = draw(view, "double", "")
    assert (drawn.widget, drawn.shown, drawn.known, drawn.check_href) == ("computed", "24", True, None)


def test_free_rows_are_named_and_may_grow(view):
    rows = [{"_id": "a1", "jour": "2026-04-01"}, {"_id": "b2", "jour": ""}]
    drawn = draw(view, "seances", rows, links=Links(rows=lambda name: f"/lignes/{name}"))
    assert [row.legend for row in drawn.rows] == ["1. Séance du 01/04/2026", "2. Séance du"]
    assert (drawn.add_label, drawn.add_href) == ("Ajouter une séance", "/lignes/seances")
    assert [cell.name for cell in drawn.rows[0].fields] == ["seances-0-jour", "seances-0-distance"]


def test_fixed_rows_are_a_table_that_does_not_grow(view):
    rows = [{"_id": "etat", "nombre": "1"}, {"_id": "region", "nombre": ""}]
    drawn = draw(view, "parts", rows, links=Links(rows=lambda name: f"/lignes/{name}"))
    assert (drawn.widget, [row.legend for row in drawn.rows], drawn.add_href) == ("table", ["État", "Région"], None)


def test_an_address_is_drawn_part_by_part(view):
    drawn = draw(view, "lieu", {"commune": "Lyon"})
    assert {part.name: part.value for part in drawn.fields}["lieu-commune"] == "Lyon"
    assert not any(part.required for part in drawn.fields), "the address itself is not asked"
