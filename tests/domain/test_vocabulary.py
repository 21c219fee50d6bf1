import re

import pytest

from portal.domain import lheo_tables
from portal.domain.fields import KINDS
from portal.domain.sheets.models import Sheet
from portal.domain.vocabulary import TERMS, TYPED_COLUMNS


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS.keys())
def test_term_is_well_formed(term) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z_]+)+", term.name)
    assert {term.kind, *term.others} <= set(KINDS)
    assert term.french[0].isupper()
    assert term.lheo is None or re.fullmatch(r"formation(/[A-Za-z-]+)+", term.lheo)
    assert term.table is None or lheo_tables.find(term.table)
    assert term.within is None or TERMS[term.within].kind == "rows"


@pytest.mark.parametrize(
    ("term", "kind", "fits"),
    [
        ("session.start", "date", True),
        ("session.start", "datetime", True),
        ("session.start", "text", False),
        ("session.seats", "decimal", True),
        ("session.venue", "address", True),
        ("session.venue", "site", True),
        ("session.venue", "text", False),
        ("session.events", "rows", True),
        ("session.events", "choices", False),
        ("session.hours.total", "computed", True),
        ("formation.certifying", "choice", False),
        ("formation.title", "longtext", True),
        ("formation.title", "inconnu", False),
    ],
)
def test_term_is_said_by_fields_of_its_kind(term: str, kind: str, fits: bool) -> None:
    assert TERMS[term].fits(kind) is fits


def test_typed_columns_are_columns_of_the_sheet() -> None:
    assert set(TYPED_COLUMNS) <= set(TERMS)
    assert set(TYPED_COLUMNS.values()) <= set(Sheet.__table__.columns.keys())


def test_official_tables_keep_obsolete_codes_readable_and_do_not_offer_them() -> None:
    assert lheo_tables.offered("lheo.modalites-es") == (
        ("0", "entrées/sorties à dates fixes"),
        ("1", "entrées/sorties permanentes"),
    )
    assert lheo_tables.label("lheo.AIS", "1") == "Code(s) obsolète(s)"
    assert "1" not in dict(lheo_tables.offered("lheo.AIS"))
    assert len(lheo_tables.TABLES) == 19
    assert sum(len(table.labels) for table in lheo_tables.TABLES.values()) == 133


def test_unknown_table_has_nothing() -> None:
    assert lheo_tables.find("modalites-es") is None
    assert (lheo_tables.offered("lheo.x"), lheo_tables.label("lheo.x", "1")) == ((), None)
