"""Time as people count it, in the days of the region."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.web.durations import age, lasted, pressing, until

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # ten o'clock in Paris


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "à l'instant"), (timedelta(minutes=12), "il y a 12 min"),
        (timedelta(hours=9), "il y a 9 h"), (timedelta(hours=10, minutes=1), "hier"),
        (timedelta(days=3), "il y a 3 jours"),
        (timedelta(days=200), "il y a 6 mois"), (timedelta(days=900), "il y a 2 ans"),
        (timedelta(seconds=-5), "à l'instant"),
    ],
)  # fmt: skip
def test_age(ago, words):
    assert age(NOW - ago, NOW, "Europe/Paris") == words


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (0, "aujourd'hui", "warn"), (1, "demain", "todo"), (14, "dans 14 jours", "todo"), (15, "dans 15 jours", "info"),
        (-1, "depuis hier", "warn"), (-8, "depuis 8 jours", "warn"),
    ],
)  # fmt: skip
def test_until(days, words, tone):
    today = date(2026, 3, 2)
    assert until(today + timedelta(days=days), today) == words
    assert pressing(today + timedelta(days=days), today) == tone


@pytest.mark.parametrize(
    ("seconds", "words"), [(45.9, "45 s"), (60, "1 min"), (7300, "2 h"), (86400, "1 jour"), (200000, "2 jours")]
)
def test_lasted(seconds, words):
    assert lasted(seconds) == words
