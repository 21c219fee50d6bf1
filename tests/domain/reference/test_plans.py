"""The plans of the searches on tables of their full size: an index serves each, none reads a whole table."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import event, text

from portal.domain.reference.queries import (
    certification,
    communes_of_postal_code,
    search_certifications,
    search_communes,
    search_formacodes,
)
from portal.extensions import db

CERTIFICATIONS, FORMACODES = 20_000, 5_000
COPIES = """
insert into {table} ({columns}) select {values} from {table}
cross join generate_series(1, :times) n where {key} not like '9%' limit :wanted
"""


def grow(table: str, key: str, code: str, wanted: int, **values: str) -> None:
    """Copy the rows of a table under codes of their own, their words with them, up to a size."""
    columns = db.session.scalars(
        text("select column_name from information_schema.columns where table_name = :t order by ordinal_position"),
        {"t": table},
    ).all()
    held = db.session.scalar(text(f"select count(*) from {table}"))
    given = {column: values.get(column, column) for column in columns} | {key: code}
    sql = COPIES.format(table=table, key=key, columns=", ".join(columns), values=", ".join(given.values()))
    db.session.execute(text(sql), {"times": wanted // held + 2, "wanted": wanted - held})
    db.session.execute(text(f"analyze {table}"))
    assert db.session.scalar(text(f"select count(*) from {table}")) == wanted


@pytest.fixture
def grown(reference: None) -> None:
    """The tables as large as their sources; the fixture of the room rolls it back."""
    words = "words || ' ' || md5(certif_info || n)"
    number = "lpad((row_number() over () + 9000000)::text, 8, '9')"
    grow("ref_certification", "certif_info", number, CERTIFICATIONS, words=words, rncp="((n * 7919) % 40000)::text")
    path = "path || chr(64 + (n % 26)::int) || (n % 10)"
    grow("ref_formacode", "code", "lpad((row_number() over () + 90000)::text, 5, '9')", FORMACODES, path=path)


@pytest.fixture
def plans(grown: None) -> Callable[[Callable[[], object]], str]:
    """`plans(search)`: how PostgreSQL would do each of the statements of a search."""

    def explain(search: Callable[[], object]) -> str:
        seen: list[tuple[str, object]] = []

        def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
            seen.append((statement, parameters))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            search()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        raw = db.session.connection().connection.cursor()
        lines = [row[0] for sql, given in seen if "ref_" in sql for row in raw.execute(f"explain {sql}", given)]
        assert lines
        return "\n".join(lines)

    return explain


SEARCHES: dict[str, tuple[str, Callable[[], object]]] = {
    "a word of a certification": ("ref_certification", lambda: search_certifications("comptabilite")),
    "several words": ("ref_certification", lambda: search_certifications("assistant ressources humaines")),
    "the beginning of a number": ("ref_certification", lambda: search_certifications("10904")),
    "a block of skills": ("ref_certification", lambda: search_certifications("RNCP35030BC01")),
    "a certifier": ("ref_certification", lambda: search_certifications(certifier="ministere travail")),
    "a number": ("ref_certification", lambda: certification("109049")),
    "an RNCP code": ("ref_certification", lambda: certification("RNCP35030")),
    "words of a Formacode": ("ref_formacode", lambda: search_formacodes("accompagnement emploi")),
    "the beginning of a Formacode": ("ref_formacode", lambda: search_formacodes("1506")),
    "the name of a commune": ("ref_commune", lambda: search_communes("saint etienne")),
    "a misspelt commune": ("ref_commune", lambda: search_communes("sant etiene")),
    "a postal code": ("ref_commune", lambda: communes_of_postal_code("42000")),
}


def test_an_index_serves_each_search_at_full_size(plans: Callable[[Callable[[], object]], str]) -> None:
    for asked, (table, search) in SEARCHES.items():  # one test: the tables are long to fill
        plan = plans(search)
        assert re.search(r"(Bitmap Index|Index( Only)?) Scan", plan), (asked, plan)
        assert f"Seq Scan on {table}" not in plan, (asked, plan)
