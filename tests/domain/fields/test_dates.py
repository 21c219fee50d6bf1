from datetime import date, datetime, time
from typing import Any

import pytest

from portal.domain.fields import KINDS
from tests.domain.fields.support import CONTEXT, clean, make_field, refusal, show


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("date", "15/02/2026", "2026-02-15"),
        ("date", "5/2/2026", "2026-02-05"),
        ("date", "15-02-2026", "2026-02-15"),
        ("date", "15.02.26", "2026-02-15"),
        ("date", "15/02/69", "2069-02-15"),
        ("date", "15/02/70", "1970-02-15"),
        ("date", "2026-02-15", "2026-02-15"),
        ("date", "2026-02-15T00:00:00", "2026-02-15"),
        ("date", date(2026, 2, 15), "2026-02-15"),
        ("date", datetime(2026, 2, 15), "2026-02-15"),
        ("date", "29/02/2024", "2024-02-29"),
        ("time", "9h", "09:00"),
        ("time", "9h30", "09:30"),
        ("time", "09 h 30", "09:30"),
        ("time", "09:30", "09:30"),
        ("time", "9H05", "09:05"),
        ("time", time(9, 30), "09:30"),
        ("datetime", "13/09/2026 18:00", "2026-09-13T18:00"),
        ("datetime", "13/09/2026 à 18h", "2026-09-13T18:00"),
        ("datetime", "2026-09-13T18:00", "2026-09-13T18:00"),
        ("datetime", datetime(2026, 9, 13, 18, 0), "2026-09-13T18:00"),
    ],
)
def test_time_is_read_as_people_write_it(kind: str, raw: Any, value: str) -> None:
    assert clean(kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "keys", "message"),
    [
        ("date", "31/02/2026", {}, "Le 31/02/2026 n'existe pas."),
        ("date", "29/02/2026", {}, "Le 29/02/2026 n'existe pas."),
        ("date", "2026-13-01", {}, "Le 01/13/2026 n'existe pas."),
        ("date", "15/02/0226", {}, "L'année doit être comprise entre 1900 et 2200."),
        ("date", "15/02/2201", {}, "L'année doit être comprise entre 1900 et 2200."),
        ("date", "demain", {}, "Indiquez une date sous la forme JJ/MM/AAAA, par exemple 15/02/2026."),
        ("date", "2026-02-15T09:30", {}, "Indiquez une date sous la forme JJ/MM/AAAA, par exemple 15/02/2026."),
        ("date", "28/02/2026", {"min": "today"}, "Au plus tôt : 01/03/2026."),
        ("date", "01/01/2027", {"max": "2026-12-31"}, "Au plus tard : 31/12/2026."),
        ("time", "24:00", {}, "L'heure 24:00 n'existe pas."),
        ("time", "9h75", {}, "L'heure 09:75 n'existe pas."),
        ("time", "9", {}, "Indiquez une heure sous la forme 00:00, par exemple 09:30."),
        ("time", "07:59", {"min": "08:00"}, "Au plus tôt : 08h00."),
        ("datetime", "13/09/2026", {}, "Indiquez une date et une heure, par exemple 13/09/2026 18:00."),
        ("datetime", "31/09/2026 18:00", {}, "Le 31/09/2026 n'existe pas."),
        ("datetime", "28/02/2026 18:00", {"min": "today"}, "Au plus tôt : 01/03/2026."),
    ],
)
def test_time_that_is_not_one_is_refused(kind: str, raw: Any, keys: dict[str, Any], message: str) -> None:
    assert refusal(kind, raw, **keys) == message


def test_limits_are_included() -> None:
    assert clean("date", "01/03/2026", min="today", max="2026-03-01") == "2026-03-01"
    assert clean("datetime", "01/03/2026 23:59", max="2026-03-01") == "2026-03-01T23:59"


@pytest.mark.parametrize(
    ("kind", "value", "shown", "python"),
    [
        ("date", "2022-02-15", "15/02/2022", date(2022, 2, 15)),
        ("time", "09:00", "09h00", time(9, 0)),
        ("datetime", "2023-09-13T18:00", "13/09/2023 à 18h00", datetime(2023, 9, 13, 18, 0)),
        ("date", None, "", None),
        ("date", "n'importe quoi", "", None),
        ("time", "09:00+02:00", "09h00", time(9, 0)),
    ],
)
def test_time_is_shown_in_french(kind: str, value: Any, shown: str, python: Any) -> None:
    assert (show(kind, value), KINDS[kind].python(value, make_field(kind))) == (shown, python)


def test_default_may_be_today() -> None:
    assert KINDS["date"].initial(make_field("date", default="today"), CONTEXT) == "2026-03-01"


def test_limit_that_is_not_a_day_is_a_fault_of_the_tenant() -> None:
    field = make_field("date", min="hier", default="31/02/2026")
    assert KINDS["date"].review(field) == [
        "« default » : Le 31/02/2026 n'existe pas.",
        "« min » : date (2026-01-31, ou today) attendue, lu « hier »",
    ]
