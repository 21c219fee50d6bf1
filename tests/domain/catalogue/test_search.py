"""The search over rows as publishing writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.domain.catalogue.paging import Key, read_key
from portal.domain.catalogue.places import find_place
from portal.domain.catalogue.queries import CAP, SearchQuery, events_of, open_counts, search, session_page, upcoming
from portal.domain.catalogue.writing import write
from portal.extensions import db
from portal.ids import uuid7
from portal.tenancy.scope import tenant_scope
from tests.support.catalogue import put_row, row_copy
from tests.support.tenants import tenant_named

TODAY = datetime.now(UTC).date()
LYON_8 = {"insee": "69388", "postal_code": "69008", "town": "Lyon", "department": "69"}
VILLEURBANNE = {"insee": "69266", "postal_code": "69100", "town": "Villeurbanne", "department": "69"}
GRENOBLE = {"insee": "38185", "postal_code": "38000", "town": "Grenoble", "department": "38"}


@pytest.fixture
def session(app):
    with app.app_context(), tenant_scope("eos"):
        yield db.session()
        db.session.rollback()


def found(session, slug="eos", **asked):
    """The titles a search finds, in order."""
    tenant = tenant_named(slug) if slug else None
    return [row.title for row in search(session, tenant, SearchQuery(today=TODAY, **asked)).rows]


TITLE = "Gestionnaire comptable et de paie – Entrées/Sorties, à Étampes"


@pytest.mark.parametrize(
    "words",
    [
        "gestionnaire", "GESTIONNAIRES", "comptable paie", "paie comptable", "comptabl", "compta", "gestionn",
        "etampes",
        "Étampes", "sorties", "sort", "entrée", "de paie", "gestionnaire de", "gestionnaire de p", "hecate",
        "HÉCATE paie",
        "d'Étampes", "paie !!", "  paie  ",
    ],
)  # fmt: skip
def test_words_find(session, words):
    put_row(session, "eos", TITLE)
    put_row(session, "eos", "Soudeur", organisation="VULCAIN")

    assert found(session, words=words) == [TITLE]


@pytest.mark.parametrize("words", ["plombier", "comptable plombier", "paix", "g3stion", "à", "été"])
def test_words_do_not_find(session, words):
    put_row(session, "eos", "Gestionnaire de paie")

    assert found(session, words=words) == []


@pytest.mark.parametrize("word", ["comptabilité", "gestionnaire", "électricité", "mécaniciens", "généraux", "sociales"])
def test_every_beginning_of_a_word_finds_it(session, word):
    put_row(session, "eos", word.capitalize())

    missed = [word[:length] for length in range(1, len(word) + 1) if not found(session, words=word[:length])]

    assert missed == []


@pytest.mark.parametrize(
    "words", ["", "   ", "!!!", "+-/*", "'", "\\", "&|!():*<->", "' or 1=1 --", "%", "œ" * 300, "a " * 500]
)
def test_odd_words_are_no_fault(session, words):
    put_row(session, "eos")

    assert found(session, words=words) in ([], ["Soudeur"])


def test_signs_alone_ask_for_nothing(session):
    put_row(session, "eos")

    assert found(session, words="!!!") == ["Soudeur"]


@pytest.mark.parametrize(
    ("place", "radius", "expected"),
    [
        ("Lyon", 0, ["Lyon", "Sans commune"]),
        ("69008", 0, ["Lyon"]),
        ("69100", 0, ["Villeurbanne"]),
        ("lyon", 20, ["Lyon", "Villeurbanne", "Sans commune"]),
        ("69008", 10, ["Lyon", "Villeurbanne"]),
        ("Grenoble (38000)", 5, ["Grenoble"]),
        ("grenobel", 5, ["Grenoble"]),
        ("Lyon", 100, ["Lyon", "Villeurbanne", "Grenoble", "Sans commune"]),
        ("69", 0, ["Lyon", "Villeurbanne"]),
        ("38", 50, ["Grenoble"]),
        ("Brest", 50, []),
    ],
)
def test_place(session, place, radius, expected):
    for days, (title, where) in enumerate({"Lyon": LYON_8, "Villeurbanne": VILLEURBANNE, "Grenoble": GRENOBLE}.items()):
        put_row(session, "eos", title, starts_on=TODAY + timedelta(days=days), **where)
    put_row(session, "eos", "Sans commune", starts_on=TODAY + timedelta(days=9), postal_code="69003")

    assert found(session, place=find_place(place), radius_km=radius) == expected


@pytest.mark.parametrize("text", ["", "00000", "99", "\x07", "x" * 500, "'", "%", "zzzzzzzzzz"])
def test_place_that_is_none(session, text):
    assert find_place(text) is None


def test_dates_programme_department(session):
    put_row(session, "eos", "Mai", starts_on=date(2030, 5, 1), programme="fpe", department="69")
    put_row(session, "eos", "Juin", starts_on=date(2030, 6, 1), programme="cared_18", department="38")

    assert found(session, starts_from=date(2030, 5, 2)) == ["Juin"]
    assert found(session, starts_until=date(2030, 5, 31)) == ["Mai"]
    assert found(session, starts_from=date(2030, 5, 1), starts_until=date(2030, 6, 1)) == ["Mai", "Juin"]
    assert found(session, programme="fpe") == ["Mai"]
    assert found(session, department="38") == ["Juin"]


def test_only_what_is_open_and_not_over_is_listed(session):
    for status in ("open", "cancelled", "withdrawn", "off"):
        put_row(session, "eos", status, status=status)
    put_row(session, "eos", "hier", visible_until=TODAY - timedelta(days=1))
    put_row(session, "eos", "aujourd'hui", visible_until=TODAY)

    assert sorted(found(session)) == ["aujourd'hui", "open"]
    assert open_counts(session, TODAY) == {"eos": 2}
    assert sorted(row.title for row in upcoming(session, None, TODAY)) == ["aujourd'hui", "open"]


def test_regions_are_searched_apart_or_together(app):
    for slug in ("eos", "revue"):
        with app.app_context(), tenant_scope(slug):
            put_row(db.session(), slug, f"Soudeur {slug}")
            db.session.commit()
    with app.app_context():
        assert found(db.session(), slug="eos") == ["Soudeur eos"]
        assert sorted(found(db.session(), slug=None, words="soudeur")) == ["Soudeur eos", "Soudeur revue"]


def pages(session, limit, *, backwards=False):
    """The titles page after page, by the keys each page gives."""
    seen, after, before = [], None, None
    if backwards:
        before = Key(None, uuid7())
    while True:
        query = SearchQuery(today=TODAY, limit=limit, after=after, before=before)
        results = search(session, tenant_named("eos"), query)
        titles = [row.title for row in results.rows]
        seen = titles + seen if backwards else seen + titles
        key = results.previous if backwards else results.following
        if key is None:
            return seen
        after, before = (None, read_key(key)) if backwards else (read_key(key), None)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
def test_pages_hold_every_row_once_undated_last(session, limit, backwards):
    days = [0, 0, 0, 1, 2, 2, 5]
    for number, day in enumerate(days):
        put_row(session, "eos", f"{number}", starts_on=TODAY + timedelta(days=day))
    for number in range(3):
        put_row(session, "eos", f"sans date {number}", starts_on=None)

    assert pages(session, limit, backwards=backwards) == [
        *map(str, range(len(days))), "sans date 0", "sans date 1", "sans date 2"
    ]  # fmt: skip


def test_first_page_has_nothing_before_and_last_nothing_after(session):
    for number in range(4):
        put_row(session, "eos", f"{number}", starts_on=TODAY + timedelta(days=number))
    first = search(session, tenant_named("eos"), SearchQuery(today=TODAY, limit=2))
    last = search(session, tenant_named("eos"), SearchQuery(today=TODAY, limit=2, after=read_key(first.following)))
    back = search(session, tenant_named("eos"), SearchQuery(today=TODAY, limit=2, before=read_key(last.previous)))

    assert (first.previous, last.following, back.previous) == (None, None, None)
    assert [r.title for r in back.rows] == ["0", "1"]
    assert back.following == first.following


@pytest.mark.parametrize(
    "text", ["", "x", "é", "=" * 20, "A" * 79, "A" * 5000, "MjAyNjAxMDE", "OTk5OTk5OTk" + "YQ" * 16, "\x00"]
)
def test_key_we_did_not_make_is_none(text):
    assert read_key(text) is None


def test_key_is_read_back():
    for key in (Key(date(2026, 9, 1), uuid7()), Key(None, uuid7())):
        assert read_key(key.text()) == key


def test_total_is_told_up_to_a_cap(session):
    write(session, [row_copy("eos") for _ in range(CAP + 5)])

    results = search(session, tenant_named("eos"), SearchQuery(today=TODAY))

    assert (results.total, results.capped, len(results.rows)) == (CAP, True, 20)


def test_session_page_and_events_by_address(session):
    known = put_row(session, "eos", reference="A-1")

    row = session_page(session, tenant_named("eos"), "A-1")

    assert row.id == known
    assert events_of(session, row) == []
    assert session_page(session, tenant_named("eos"), "A-2") is None


def test_statements_do_not_grow_with_rows(session, sent):
    counts = []
    for rows in (1, 29):
        for _ in range(rows):
            put_row(session, "eos", **LYON_8)
        with sent() as seen:
            query = SearchQuery(today=TODAY, words="soud", place=find_place("Lyon"), radius_km=20)
            results = search(session, tenant_named("eos"), query)
        counts.append(len(seen))
    assert results.total == 30
    assert counts[0] == counts[1] <= 4
