"""Lists: columns in the region's words, filters, sorts, pages; the same statements whatever the number of rows."""

from decimal import Decimal

import pytest
from sqlalchemy import event

from portal.domain.desk.lists import Asked, list_of_level, list_page, sortable
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.tenancy.schema import Filter
from tests.support.offer import TODAY, make_tree, organisation, put_in_state


def page(desk, list_id="sessions", actor=None, **asked):
    view = desk.tenant.desk.lists[list_id]
    return list_page(desk.session, desk.tenant, actor or desk.of, list_id, view, Asked(**asked), today=TODAY)


def texts(found, column):
    place = [head.id for head in found.heads].index(column)
    return [row.cells[place].text for row in found.rows]


@pytest.fixture
def counted(desk):
    """`with counted() as seen:` — the statements sent meanwhile."""
    seen = []
    event.listen(desk.session.get_bind(), "before_cursor_execute", lambda c, cur, sql, *_: seen.append(sql))
    return seen


def test_a_session_in_the_twenty_one_columns_of_the_region(desk):
    desk.add(
        type="S", effectif_vise=10, date_debut="2026-04-01", date_fin="2026-10-30", debut_prescription="2026-03-05",
        numero_bc="1", nb_stagiaires=11, adresse_differente=True,
        financeurs=[{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}],
    )  # fmt: skip

    found = page(desk)

    assert [head.label for head in found.heads] == [
        "Trans.", "N° ses.", "N° BC", "Action", "Oblig/ Facul/ Suppl", "Lieu", "Durée moy stg Cent",
        "Durée moy stg Ent.", "Eff. visé tot.", "Vol H Cent tot.", "Vol H Ent. tot.", "Date début prescr.",
        "Date début session", "Date fin session", "Etat session", "Session annulée", "Date état", "Eff. visé région.",
        "nb Stagiaires.", "Vol H Cent région.", "Vol H Ent. région.",
    ]  # fmt: skip
    assert [cell.text for cell in found.rows[0].cells] == [
        "", desk.sessions[0].code, "1", desk.action.title, "S", "LYON", "364", "210", "10", "3\u202f640", "2\u202f100",
        "05/03/26", "01/04/26", "30/10/26", "A finaliser", "", "02/03/26", "10", "11", "3\u202f640", "2\u202f100",
    ]  # fmt: skip
    values = {head.id: cell.value for head, cell in zip(found.heads, found.rows[0].cells, strict=True)}
    assert values["vol_centre"] == 3640
    assert values["effectif_vise"] == Decimal(10)
    assert values["date_debut"].isoformat() == "2026-04-01"
    assert found.rows[0].step == "formation"


def test_columns_that_postgresql_can_say_sort(desk):
    assert sortable(desk.tenant, desk.tenant.desk.lists["sessions"]) >= {
        "numero", "action", "date_debut", "vol_centre", "etat", "date_etat", "effectif_region", "duree_centre",
    }  # fmt: skip
    assert not sortable(desk.tenant, desk.tenant.desk.lists["sessions"]) & {"trans"}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("date_debut", [1, 0, 2]), ("-date_debut", [0, 1, 2]), ("effectif_vise", [2, 0, 1]), ("-vol_centre", [1, 0, 2]),
     ("etat", [1, 2, 0]), ("-etat", [0, 1, 2]), ("rien", [1, 0, 2])],
)  # fmt: skip
def test_a_list_sorts_by_a_column_and_puts_what_is_empty_last(desk, sort, expected):
    desk.add(date_debut="2026-09-01", effectif_vise=10)
    desk.add(date_debut="2026-04-01", effectif_vise=20)
    desk.add(date_debut=None, effectif_vise=9)
    put_in_state(desk.session, desk.sessions[0], "session", "transmise")

    found = page(desk, sort=sort)

    assert [row.sheet_id for row in found.rows] == [desk.sessions[i].id for i in expected]


def test_codes_sort_as_numbers(desk):
    for code in ("10", "9", "100"):
        made = desk.add()
        made.code = made.reference = code
    desk.session.flush()

    assert texts(page(desk, sort="numero"), "numero") == ["9", "10", "100"]


def test_pages(desk):
    for _ in range(12):
        desk.add()

    first, second, beyond = (page(desk, page=number, sort="numero") for number in (1, 2, 9))

    assert (first.total, first.pages, len(first.rows), len(second.rows)) == (12, 2, 10, 2)
    assert {r.sheet_id for r in first.rows}.isdisjoint(r.sheet_id for r in second.rows)
    assert (beyond.page, beyond.rows) == (1, first.rows)
    assert len(page(desk, size=25).rows) == 12
    assert page(desk, size=7).size == 10  # only the sizes offered


@pytest.mark.parametrize(
    ("words", "expected"),
    [({"etat": ["transmise"]}, [0]), ({"etat": ["transmise", "a_finaliser"]}, [0, 1]),
     ({"debut_apres": ["2026-06-01"]}, [0]), ({"debut_avant": ["2026-06-01"]}, [1]),
     ({"debut_avant": ["hier"]}, [0, 1]),
     ({"programme": ["cared_18"]}, []),
     ({"numero_dossier": ["c0073"]}, [0, 1]), ({"numero_dossier": ["%"]}, []), ({"q": ["Hydro"]}, [1]),
     ({"q": ["hydrobalneologue DOSSIER"]}, []), ({"q": ["2022C HYDROBALNEO"]}, [1]), ({"etat": [""]}, [0, 1]),
     ({"annulee": ["maintenue"]}, [0, 1]), ({"inconnu": ["x"]}, [0, 1])],
)  # fmt: skip
def test_filters_and_words(desk, words, expected):
    desk.add(date_debut="2026-09-01", libelle_public=None)
    desk.add(date_debut="2026-04-01", libelle_public="Hydrobalnéologue")
    put_in_state(desk.session, desk.sessions[0], "session", "transmise")

    found = page(desk, words=words, sort="numero")

    assert [row.sheet_id for row in found.rows] == [desk.sessions[i].id for i in expected]


def test_a_choice_offers_the_values_that_the_choices_before_it_leave(desk):
    desk.dossier.data = {**desk.dossier.data, "numero_lot": "147"}
    make_tree(
        desk.session, desk.tenant, "dossier", desk.holder, programme="cared_18", numero_lot="000", mode="subvention"
    )
    make_tree(desk.session, desk.tenant, "dossier", organisation(desk.session, "Autre", 2), numero_lot="999")

    every, narrowed = (page(desk, "dossiers", words=w).filters for w in ({}, {"programme": ["cared_18"]}))
    lots = [{f.id: f for f in filters}["lot"] for filters in (every, narrowed)]

    assert lots[0].all == "Tous les lots"
    assert list(lots[0].choices) == [("000", "000"), ("147", "147")]
    assert list(lots[1].choices) == [("000", "000")]


def test_a_number_may_be_chosen_beside_a_text(desk):
    for places in (8, 12):
        desk.add(effectif_vise=places, numero_bc="B1")
    view = desk.tenant.desk.lists["sessions"]
    filters = [Filter(id=name, label=name, kind="choice") for name in ("effectif_vise", "numero_bc")]
    view = view.model_copy(update={"filters": [*filters, Filter(id="vise", label="", field="effectif_vise")]})

    def found(**words):
        asked = Asked(words=words)
        return list_page(desk.session, desk.tenant, desk.of, "sessions", view, asked, today=TODAY)

    assert [list(f.choices) for f in found().filters][:2] == [[("12", "12"), ("8", "8")], [("B1", "B1")]]
    assert (found(effectif_vise=["8"]).total, found(vise=["1"]).total) == (1, 1)


def test_a_filter_may_be_a_cell_of_rows(desk):
    orders = [{"_id": "a", "numero": "1"}, {"_id": "b", "numero": "12"}]
    make_tree(desk.session, desk.tenant, "dossier", desk.holder, mode="marche", bons=orders)
    desk.dossier.data = {**desk.dossier.data, "bons": []}
    desk.session.flush()

    offered = {f.id: f for f in page(desk, "dossiers").filters}["bc"]

    assert list(offered.choices) == [("1", "1"), ("12", "12")]
    assert page(desk, "dossiers", words={"bc": ["1"]}).total == 1
    assert page(desk, "dossiers", words={"bc": ["2"]}).total == 0
    assert page(desk, "dossiers", words={"numero_bc": ["2"]}).total == 1


def test_the_words_of_a_state_follow_the_mode_of_the_sheet(desk):
    make_tree(desk.session, desk.tenant, "dossier", desk.holder, programme="cared_18", mode="subvention")

    found = page(desk, "dossiers")

    assert sorted(texts(found, "etat")) == ["En cours d'exécution", "En cours de Réalisation"]
    assert set(texts(found, "prog")) == {"FPE 21-25", "CARED18"}
    assert set(texts(found, "organisme")) == {"HECATE FORMATION"}
    assert set(texts(found, "objet")) == {"Dossier"}


def test_a_list_below_a_sheet_holds_what_is_under_it_only(desk):
    mine = desk.add()
    make_tree(desk.session, desk.tenant, "session", desk.holder)
    above = View(desk.tenant, load_node(desk.session, desk.dossier), TODAY)

    found = page(desk, under=above)

    assert [row.sheet_id for row in found.rows] == [mine.id]
    assert found.filters == []


def test_a_level_without_a_list_has_one_of_its_own_making(desk):
    list_id, view = list_of_level(desk.tenant, desk.of, "action")

    found = list_page(desk.session, desk.tenant, desk.of, list_id, view, Asked(), today=TODAY)

    assert [head.label for head in found.heads] == ["N°", "Action"]
    assert texts(found, "title") == [desk.action.title]


def test_nobody_else_sees_them(desk):
    desk.add()
    stranger = desk.of.__class__(None, "x", desk.of.roles, frozenset(), frozenset(), "org")

    assert page(desk, actor=stranger).total == 0
    assert page(desk, actor=desk.region).total == 1
    assert page(desk, actor=desk.region).rows[0].step is None


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_takes_five_statements_whatever_the_number_of_rows(desk, counted, count):
    for _ in range(count):
        desk.add()
    desk.session.expire_all()
    counted.clear()

    found = page(desk, size=50)

    assert len(found.rows) == count
    assert len(counted) == 5, counted


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_whose_choices_are_found_in_the_sheets_takes_one_more(desk, counted, count):
    for _ in range(count - 1):
        make_tree(desk.session, desk.tenant, "dossier", desk.holder)
    desk.session.expire_all()
    counted.clear()

    assert len(page(desk, "dossiers", size=50).rows) == count
    assert len(counted) == 5, counted  # no transmissions to count here
