"""Days in French."""

from datetime import date, time

import pytest

from portal.domain.catalogue.days import in_words, meeting, period

FEB, JUL, NEXT = date(2022, 2, 14), date(2022, 7, 28), date(2023, 1, 1)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (FEB, JUL, "Du 14 février au 28 juillet 2022"),
        (FEB, NEXT, "Du 14 février 2022 au 1er janvier 2023"),
        (date(2022, 9, 1), date(2022, 9, 11), "Du 1er septembre au 11 septembre 2022"),
        (FEB, FEB, "Le 14 février 2022"),
        (FEB, None, "À partir du 14 février 2022"),
        (None, JUL, "Jusqu’au 28 juillet 2022"),
        (None, None, ""),
    ],
)
def test_period(first, last, words):
    assert period(first, last) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ((FEB, time(9), FEB, time(12, 30)), "Le 14/02/2022, de 09h00 à 12h30"),
        ((FEB, time(9), None, None), "Le 14/02/2022, à 09h00"),
        ((FEB, time(9), FEB, time(9)), "Le 14/02/2022, à 09h00"),
        ((FEB, None, FEB, None), "Le 14/02/2022"),
        ((FEB, time(9), JUL, time(17)), "Du 14/02/2022 à 09h00 au 28/07/2022 à 17h00"),
        ((FEB, None, JUL, None), "Du 14/02/2022 au 28/07/2022"),
        ((None, None, None, None), "Date à préciser"),
    ],
)
def test_meeting(moment, words):
    assert meeting(*moment) == words


def test_only_the_first_is_ordinal():
    assert [in_words(date(2026, 9, d)) for d in (1, 11, 21, 31 - 1)] == [
        "1er septembre 2026", "11 septembre 2026", "21 septembre 2026", "30 septembre 2026"
    ]  # fmt: skip
