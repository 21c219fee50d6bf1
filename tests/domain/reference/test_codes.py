"""Formacodes, publics, NSF groups and ROME trades, on the real tables."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from portal.domain.reference.models import Formacode, Nsf, Rome
from portal.domain.reference.queries import (
    FormacodeHit,
    formacode,
    formacode_trail,
    formacode_tree,
    nsf,
    public,
    publics,
    rome,
    search_formacodes,
    search_nsf,
    search_rome,
)
from portal.extensions import db

NO_CODES = ["", " ", "1506", "150611", "99999", "15061\x00", "1" * 10_000, "' or 1=1 --", "😀", "١٥٠٦١", "%", "_____"]
NO_WORDS = ["", "   ", "a", "😀", "%", "_", "''", "\x00", "()", "zzzzz", "a" * 10_000, "9" * 10_000, "(99999)"]
HOSTILE = [
    "'; drop table ref_formacode; --",
    "%%",
    "bois\x00",
    "(((",
    "bois\\",
    "1e5",
    "١٥",
    "bois' or 1=1",
    "| bois |",
]


def found(typed: str, limit: int = 20) -> list[str]:
    return [hit.label for hit in search_formacodes(typed, limit)]


def test_formacode_by_code() -> None:
    term = formacode(" 15061 ")
    assert term is not None
    assert (term.label, term.field, term.field_label, term.parent) == (
        "Accompagnement vers emploi",
        "150",
        "Développement professionnel et personnel",
        "15054",
    )
    statistics = formacode("11017")
    assert statistics is not None
    assert "biostatistique" in statistics.synonyms
    assert (statistics.note or "").startswith("Employé pour les formations aux statistiques appliquées")


@pytest.mark.parametrize("code", NO_CODES)
def test_a_code_that_is_none_is_nothing(code: str) -> None:
    assert formacode(code) is None
    assert nsf(code) is None
    assert rome(code) is None
    assert public(code) is None
    assert formacode_tree(code) == []
    assert formacode_trail(code) == []


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("accompagnement emploi", "Accompagnement vers emploi"),
        ("emploi accompagnement", "Accompagnement vers emploi"),  # words anywhere, in any order
        ("ACCOMPAGNEMENT vers l'EMPLOI", "Accompagnement vers emploi"),
        ("mathematiques", "Mathématiques"),  # the whole label before those it begins
        ("langue", "Langues"),
        ("anglais", "Anglais"),
        ("informatique", "Informatique - Systèmes d’information et numérique"),  # the broadest term among equals
        ("15061", "Accompagnement vers emploi"),
        ("1506", "Accompagnement vers emploi"),
        ("Accompagnement vers emploi (15061)", "Accompagnement vers emploi"),  # a suggestion given back
        ("15061 accompagnement", "Accompagnement vers emploi"),
        ("secrétaire", "Secrétariat assistanat"),  # by the roots of words, when no word begins so
        ("dévelopement web", "Développement web"),
    ],
)
def test_search_gives_the_likeliest_first(typed: str, first: str) -> None:
    assert found(typed)[0] == first


def test_a_term_found_by_a_synonym_says_which() -> None:
    assert search_formacodes("biostatistique") == [
        FormacodeHit("11017", "Statistique appliquée", "Mathématiques", False, "biostatistique")
    ]
    assert search_formacodes("statistique appliquée")[0].synonym is None


def test_a_whole_synonym_comes_before_the_words_of_labels() -> None:
    assert [(hit.label, hit.synonym) for hit in search_formacodes("comptabilité notariale")] == [
        ("Notariat", "comptabilité notariale")
    ]
    assert found("diagramme")[0] == "Représentation graphique statistique"


def test_the_beginning_of_a_code_gives_codes_in_their_order() -> None:
    codes = [hit.code for hit in search_formacodes("150", 100)]
    assert codes == sorted(codes)
    assert all(code.startswith("150") for code in codes)
    assert len(codes) > 20


def test_every_term_is_found_by_its_label() -> None:
    terms = db.session.execute(select(Formacode.code, Formacode.label, Formacode.search)).all()
    for term in terms[::60]:
        same = [other.code for other in terms if other.search == term.search]
        assert search_formacodes(term.label)[0].code in same
        assert [hit.code for hit in search_formacodes(f"{term.label} ({term.code})")] == [term.code]


@pytest.mark.parametrize("typed", NO_WORDS)
def test_what_means_nothing_finds_nothing(typed: str) -> None:
    assert search_formacodes(typed) == []
    assert search_nsf(typed) == []
    assert search_rome(typed) == []


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_text_is_only_text(typed: str) -> None:
    assert len(search_formacodes(typed)) <= 20
    assert len(search_nsf(typed)) <= 20
    assert len(search_rome(typed)) <= 20
    assert db.session.scalar(select(func.count()).select_from(Formacode)) == 2_775


def test_ten_kilobytes_of_words_are_looked_at_from_their_beginning() -> None:
    assert found("soudage " * 2_000)[0] == "Soudage"


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (5, 5), (0, 0), (-3, 0), (10**9, 100)])
def test_limit(limit: int, count: int) -> None:
    assert len(search_formacodes("gestion", limit)) == count


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=30), st.from_regex(r"[a-zé'| 0-9()-]{1,12}", fullmatch=True)))
def test_any_text_is_answered(typed: str) -> None:
    codes = [hit.code for hit in search_formacodes(typed)]
    assert len(codes) == len(set(codes)) <= 20
    assert len(search_rome(typed)) <= 20


def test_the_tree_begins_with_the_fields() -> None:
    top = formacode_tree()
    assert len(top) == 65
    assert all(hit.has_children for hit in top)
    forms = [db.session.get_one(Formacode, hit.code).search for hit in top]
    assert forms == sorted(forms)


def test_the_tree_opens_level_by_level_down_to_every_term() -> None:
    seen: set[str] = set()
    waiting = formacode_tree()
    while waiting:
        hit = waiting.pop()
        seen.add(hit.code)
        below = formacode_tree(hit.code) if hit.has_children else []
        assert bool(below) is hit.has_children
        waiting += below
    assert len(seen) == 2_775


def test_a_leaf_has_nothing_below() -> None:
    leaf = formacode_trail("11001")[-1]
    assert leaf.has_children is False
    assert formacode_tree("11001") == []


def test_the_trail_leads_from_the_top_to_the_term() -> None:
    assert [hit.label for hit in formacode_trail("11001")] == [
        "Mathématiques",
        "Mathématiques décision",
        "Recherche opérationnelle",
        "Théorie graphes",
    ]


def test_publics() -> None:
    rows = publics()
    assert [row.code for row in rows] == sorted(row.code for row in rows)
    assert len(rows) == 73
    seeker = public("80006")
    assert seeker is not None
    assert seeker.label == "Demandeur d’emploi"


def test_nsf() -> None:
    group = nsf("326")
    assert group is not None
    assert group.label == "Informatique, traitement de l'information, réseaux de transmission"
    assert [row.code for row in search_nsf("reseaux informatique")] == ["326"]
    assert [row.code for row in search_nsf("32")] == sorted(row.code for row in search_nsf("32"))
    assert search_nsf("transport")[0].label == "Transports, manutention, magasinage"


def test_rome() -> None:
    trade = rome("m1501")
    assert trade is not None
    assert trade.label == "Assistanat en ressources humaines"
    assert [row.code for row in search_rome("M150")] == ["M1501", "M1502", "M1503"]
    assert search_rome("boulanger")[0].code == "D1102"
    assert [row.code for row in search_rome("Boulangerie - viennoiserie (D1102)")] == ["D1102"]


@pytest.mark.parametrize("model", [Nsf, Rome])
def test_every_code_finds_its_own_row(model: type) -> None:
    search = {Nsf: search_nsf, Rome: search_rome}[model]
    for row in db.session.scalars(select(model).order_by(model.code)).all()[::25]:
        assert search(row.code)[0].code == row.code


@pytest.mark.parametrize("where", ["words like '% biostatistique%'", "parent = '15054'"])
def test_each_way_of_searching_has_its_index(where: str) -> None:
    # With whole-table reading discouraged, a plan that still reads it all is a plan without any index to use.
    db.session.execute(text("set local enable_seqscan = off"))
    plan = "\n".join(db.session.scalars(text(f"explain select code from ref_formacode where {where}")))
    assert "Seq Scan" not in plan
    assert "Index" in plan
