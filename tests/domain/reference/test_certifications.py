"""Certifications and their blocks, on the real tables; rows of our own where the source does not say enough."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from portal.domain.reference.actions.codes import CERTIFICATION_COLUMNS
from portal.domain.reference.actions.codes import certification as parse
from portal.domain.reference.models import LEVELS, Certification
from portal.domain.reference.queries import (
    certification,
    certification_blocks,
    certification_kinds,
    search_certifications,
)
from portal.extensions import db

TITLE = "Titre professionnel assistant ressources humaines"
KIND = "Titre professionnel (TP de niveau 5)"


def add(certif_info: str, title: str, **others: str) -> Certification:
    """A certification as a file would bring it."""
    cells = {"certifying": "yes", "kind": KIND, "level": "5", "certif_info": certif_info, "title": title, **others}
    row = Certification(**parse({column: cells.get(column, "") for column in CERTIFICATION_COLUMNS}))
    db.session.add(row)
    db.session.flush()
    return row


def codes(**asked: Any) -> list[str]:
    return [row.certif_info for row in search_certifications(**asked)]


@pytest.mark.parametrize("code", ["109049", " 109049 ", "RNCP35030", "rncp35030", "RNCP 35030"])
def test_certification_by_code(code: str) -> None:
    found = certification(code)
    assert found is not None
    assert (found.certif_info, found.rncp, found.title, found.kind) == ("109049", "35030", TITLE, KIND)
    assert (found.level, found.level_label) == (5, "Niveau 5 (Bac + 2)")
    assert found.certifier == "Ministère du travail, de l'emploi et de l'insertion"
    assert (found.last_session_year, found.usable_until) == (2026, date(2026, 12, 31))


def test_what_the_source_does_not_say_is_unknown() -> None:
    found = certification("12650")
    assert found is not None
    assert (found.certifier, found.status, found.valid_until, found.replaced_by, found.usable_until) == (None,) * 5


def test_the_day_given_counts_more_than_the_year_of_the_last_session() -> None:
    row = add("999001", "Essai", valid_until="2025-08-31", last_session_year="2026", replaced_by="109049")
    assert (row.usable_until, row.replaced_by) == (date(2025, 8, 31), "109049")


def test_a_year_of_study_without_a_level_has_no_words_for_it() -> None:
    found = certification("112355")
    assert found is not None
    assert (found.certifying, found.level, found.level_label) == (False, None, None)


def test_digits_alone_are_no_rncp_code() -> None:
    assert certification("35030") is None


def test_an_rncp_sheet_that_several_share_gives_one_in_use() -> None:
    add("100001", "Une option", rncp="99999", status="archived", valid_until="2020-12-31")
    add("100002", "Une autre", rncp="99999")
    found = certification("RNCP99999")
    assert found is not None
    assert found.certif_info == "100002"


@pytest.mark.parametrize(
    "code",
    ["", " ", "RNCP", "RNCP99998", "RS5616", "9" * 9, "1" * 10_000, "109049\x00", "' or 1=1 --", "😀", "١٠٩٠٤٩", "%"],
)
def test_a_code_that_is_none_is_no_certification(code: str) -> None:
    assert certification(code) is None
    assert certification_blocks(code) == []


@pytest.mark.parametrize("typed", ["35030", "RNCP35030", "rncp 35030", "109049", "RNCP35030BC01", f"{TITLE} (109049)"])
def test_search_by_any_code(typed: str) -> None:
    assert codes(text=typed) == ["109049"]


@pytest.mark.parametrize(
    "typed",
    [
        "assistant ressources humaines",
        "Assistante de RESSOURCES humaine",
        "humaines ressources assistant titre professionnel",
        "ministère travail ressources humaines",
        TITLE,
    ],
)
def test_search_by_words(typed: str) -> None:
    assert "109049" in codes(text=typed)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("bts compta", "BTS comptabilité et gestion"),
        ("brevet de technicien supérieur compta", "BTS comptabilité et gestion"),  # by the words of its kind
        ("cap cuisine", "CAP cuisine"),
        ("aide soignant", "Diplôme d'État d'aide-soignant"),
        ("développeur web", "Développeur web"),
    ],
)
def test_search_gives_the_likeliest_first(typed: str, first: str) -> None:
    assert search_certifications(typed)[0].title == first


def test_archived_certifications_come_last() -> None:
    add("999001", "Dresseur de licornes", status="archived", valid_until="2020-12-31")
    add("999002", "Dresseur de licornes confirmé", status="active")
    assert codes(text="dresseur de licornes") == ["999002", "999001"]


def test_all_that_is_asked_must_hold() -> None:
    assert codes(text="assistant ressources humaines", rncp="35030", level=5, kind=KIND) == ["109049"]
    assert codes(text="assistant ressources humaines", level=3) == []
    assert codes(text="boulanger", rncp="35030") == []
    assert codes(rncp="35030", kind="Master") == []


def test_filters_alone_give_titles_in_order() -> None:
    rows = search_certifications(level=5, kind=KIND, limit=100)
    assert {(row.level, row.kind) for row in rows} == {(5, KIND)}
    assert [row.search for row in rows] == sorted(row.search for row in rows)
    assert len(rows) == 61


@pytest.mark.parametrize("rncp", ["35030", "RNCP35030", " rncp 35030 "])
def test_filter_by_rncp_code(rncp: str) -> None:
    assert codes(rncp=rncp) == ["109049"]


def test_filter_by_the_beginning_of_an_rncp_code() -> None:
    rows = search_certifications(rncp="RNCP3503")
    assert "109049" in [row.certif_info for row in rows]
    assert {(row.rncp or "")[:4] for row in rows} == {"3503"}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"text": ""},
        {"text": " ", "rncp": " ", "kind": " "},
        {"text": "a"},
        {"text": "😀"},
        {"text": "\x00"},
        {"text": "zzzzz"},
        {"text": "a" * 10_000},
        {"rncp": "x"},
        {"rncp": "35%"},
        {"rncp": "1" * 10_000},
        {"rncp": "' or 1=1"},
        {"level": 0},
        {"level": 9},
        {"kind": "master' or 1=1 --"},
        {"kind": "😀"},
        {"kind": "a" * 10_000},
    ],
)
def test_what_means_nothing_finds_nothing(asked: dict[str, Any]) -> None:
    assert search_certifications(**asked) == []


@pytest.mark.parametrize("typed", ["'; drop table ref_certification; --", "%%", "cap\x00", "(((", "cap\\", "١٠٩"])
def test_hostile_text_is_only_text(typed: str) -> None:
    assert len(search_certifications(typed)) <= 20
    assert db.session.scalar(select(func.count()).select_from(Certification)) == 4_902


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (5, 5), (0, 0), (-3, 0), (10**9, 100)])
def test_limit(limit: int, count: int) -> None:
    assert len(codes(text="titre professionnel", limit=limit)) == count
    assert len(codes(level=5, limit=limit)) == count


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=30), st.from_regex(r"[a-zé'| 0-9()-]{1,12}", fullmatch=True)))
def test_any_text_is_answered(typed: str) -> None:
    found = codes(text=typed)
    assert len(found) == len(set(found)) <= 20
    assert len(search_certifications(rncp=typed, kind=typed)) <= 20


def test_kinds_of_a_level() -> None:
    assert KIND in certification_kinds(5)
    assert KIND not in certification_kinds(4)
    assert set(certification_kinds(5)) < set(certification_kinds())
    assert certification_kinds(99) == []


def test_levels_have_words() -> None:
    held = db.session.scalars(select(Certification.level).where(Certification.level.is_not(None)).distinct()).all()
    assert set(held) == set(LEVELS)


@pytest.mark.parametrize("code", ["35030", "RNCP35030", "rncp 35030"])
def test_blocks_of_an_rncp_sheet(code: str) -> None:
    assert [(block.code, block.title) for block in certification_blocks(code)] == [
        ("RNCP35030BC01", "Assurer les missions opérationnelles de la gestion des ressources humaines"),
        ("RNCP35030BC02", "Contribuer au développement des ressources humaines"),
    ]


@pytest.mark.parametrize("where", ["words like '% rncp35030%'", "rncp = '35030'"])
def test_each_way_of_searching_has_its_index(where: str) -> None:
    db.session.execute(text("set local enable_seqscan = off"))
    plan = "\n".join(db.session.scalars(text(f"explain select certif_info from ref_certification where {where}")))
    assert "Seq Scan" not in plan
    assert "Index" in plan
