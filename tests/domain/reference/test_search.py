"""Search of communes, on the real table."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from portal.domain.reference.models import Commune
from portal.domain.reference.queries import CommuneHit, commune_hit, search_communes
from portal.extensions import db


def labels(words: str, limit: int = 12) -> list[str]:
    return [hit.label for hit in search_communes(words, limit)]


def test_a_hit_carries_what_a_list_shows() -> None:
    assert search_communes("saint-étienne")[0] == CommuneHit(
        "42218", "Saint-Étienne", ("42000", "42100", "42230"), "42", "Saint-Étienne (42000)"
    )


@pytest.mark.parametrize(
    "typed", ["Saint-Étienne", "st etienne", "ST-ETIENNE", "saint etie", "st é", "  saint  étienne "]
)
def test_accents_hyphens_capitals_and_saint_do_not_count(typed: str) -> None:
    assert labels(typed)[0] == "Saint-Étienne (42000)"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Y", "Y (80190)"),  # the whole name first, however small
        ("mar", "Marseille (13)"),  # then the most populous
        ("havre", "Le Havre (76600)"),  # an article may be left out
        ("mans", "Le Mans (72000)"),
        ("bourg bresse", "Bourg-en-Bresse (01000)"),  # words inside the name
        ("valserine", "Bellegarde-sur-Valserine (01200), aujourd’hui Valserhône"),
        ("chalon s/ saone", "Chalon-sur-Saône (71100)"),
        ("ajaccio", "Ajaccio (20000)"),
        ("papeete", "Papeete (98714)"),
        ("kerguelen", "Archipel des Kerguelen (984)"),  # no post there
        ("75 paris", "Paris (75)"),
    ],
)
def test_search_by_name_gives_the_best_first(typed: str, first: str) -> None:
    assert labels(typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("saint etiene", "Saint-Étienne (42000)"),
        ("sait etienne", "Saint-Étienne (42000)"),
        ("marseile", "Marseille (13)"),
        ("grenobel", "Grenoble (38000)"),
        ("strasburg", "Strasbourg (67000)"),
        ("villefranche sur soane", "Villefranche-sur-Saône (69400)"),
        ("la rochele", "La Rochelle (17000)"),
    ],
)
def test_typing_mistakes_are_forgiven(typed: str, first: str) -> None:
    assert labels(typed)[0] == first


def test_typing_mistakes_are_looked_for_only_when_nothing_else_is_found() -> None:
    assert labels("bourg en bresse") == ["Bourg-en-Bresse (01000)"]


def test_st_alone_may_still_become_any_word() -> None:
    assert labels("st")[:2] == ["Strasbourg (67000)", "Saint-Étienne (42000)"]


def test_a_former_commune_leads_to_the_one_of_today() -> None:
    kept_code, own_code = search_communes("Arbignieu")[0], search_communes("Châtillon-en-Michaille")[0]
    assert (kept_code.insee, kept_code.label) == ("01015", "Arbignieu (01300), aujourd’hui Arboys en Bugey")
    assert (own_code.insee, own_code.name) == ("01033", "Valserhône")


def test_each_commune_of_today_comes_once() -> None:
    found = [hit.insee for hit in search_communes("saint-germain", 100)]
    assert len(found) == len(set(found)) > 12


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("42100", ["Saint-Étienne (42100)"]),
        ("42 100", ["Saint-Étienne (42100)"]),
        ("420", ["Saint-Étienne (42000)"]),
        ("75013", ["Paris 13e Arrondissement (75013)", "Paris (75013)"]),
        ("42100 saint etienne", ["Saint-Étienne (42100)"]),
        ("Châtillon sur Chalaronne 01400", ["Châtillon-sur-Chalaronne (01400)"]),
        ("Saint-Étienne (42100)", ["Saint-Étienne (42100)"]),
        ("11108 NARBONNE CEDEX", ["Narbonne (11100)"]),
        ("2A004", ["Ajaccio (20000)"]),
        ("2b033", ["Bastia (20200)"]),
    ],
)
def test_search_by_code(typed: str, expected: list[str]) -> None:
    assert labels(typed) == expected


def test_the_beginning_of_a_postal_code_gives_the_most_populous_first() -> None:
    found = search_communes("42")
    assert [hit.name for hit in found[:3]] == ["Saint-Étienne", "Saint-Chamond", "Roanne"]
    assert all(any(code.startswith("42") for code in hit.postal_codes) for hit in found)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "4",
        "11108",
        "99999",
        "123456",
        "2A999",
        "2A",
        "😀",
        "%",
        "_",
        "''",
        "\x00",
        "cedex",
        "a" * 10_000,
        "9" * 10_000,
    ],
)
def test_what_means_no_commune_finds_none(typed: str) -> None:
    assert search_communes(typed) == []


@pytest.mark.parametrize(
    "typed", ["'; drop table ref_commune; --", "%%", "st\x00etienne", "(((", "lyon\\", "1e5", "٤٢", "paris' or 1=1"]
)
def test_hostile_text_is_only_text(typed: str) -> None:
    assert len(search_communes(typed)) <= 12
    assert db.session.scalar(select(Commune.name).where(Commune.insee == "69123")) == "Lyon"


def test_ten_kilobytes_of_words_are_looked_at_from_their_beginning() -> None:
    assert labels("lyon " * 2_000)[0] == "Lyon (69)"


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (5, 5), (0, 0), (-3, 0), (10**9, 100)])
def test_limit(limit: int, count: int) -> None:
    assert len(search_communes("saint", limit)) == count


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=30), st.from_regex(r"[a-zé' 0-9()-]{1,12}", fullmatch=True)))
def test_any_text_is_answered(typed: str) -> None:
    found = [hit.insee for hit in search_communes(typed)]
    assert len(found) == len(set(found)) <= 12


def test_a_label_given_back_finds_its_own_commune_first() -> None:
    every = db.session.scalars(select(Commune.insee).order_by(Commune.insee)).all()
    for insee in [*every[::250], "75056", "69123", "13055", "98412", "58062", "16052"]:
        hit = commune_hit(insee)
        assert hit is not None
        assert search_communes(hit.label)[0].insee == hit.insee


@pytest.mark.parametrize(
    "where",
    [
        "search ~>=~ 'lyo' and search ~<~ 'lyo~'",
        "words like '% bresse%'",
        "core % 'strasburg'",
        "postal_codes @> array['42000']::varchar[]",
        "lat between 45.3 and 45.5 and lon between 4.2 and 4.5",
    ],
)
def test_each_way_of_searching_has_its_index(where: str) -> None:
    # With whole-table reading discouraged, a plan that still reads it all is a plan without any index to use.
    db.session.execute(text("set local enable_seqscan = off"))
    plan = "\n".join(db.session.scalars(text(f"explain select insee from ref_commune where {where}")))
    assert "Seq Scan" not in plan
    assert "Index" in plan
