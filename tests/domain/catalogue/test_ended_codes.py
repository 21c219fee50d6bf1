"""A code that ends after a session was published: the session leaves the lists that day, and comes back if it was an
error. What is published is not written again.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.domain.catalogue.checking import check_public
from portal.domain.catalogue.queries import SearchQuery, code_ended, open_counts, search, session_page
from portal.domain.reference.models import Certification
from portal.domain.sheets.models import Sheet
from tests.domain.catalogue.conftest import Opener
from tests.support.catalogue import Shelf
from tests.support.offer import TODAY

CODE = "990077"
EVE, NEXT = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def known(open_shelf: Opener) -> tuple[Shelf, Certification, Sheet]:
    """A session published under a code that nothing ends yet."""
    mine = open_shelf("declare", certification=CODE, intitule="Licence")
    own = {"kind": "Licence", "title": "Licence", "certifying": True, "words": "", "search": ""}
    code = Certification(certif_info=CODE, status="active", **own)
    mine.session.add(code)
    values = {"debut": (TODAY + timedelta(days=30)).isoformat(), "fin": (TODAY + timedelta(days=90)).isoformat()}
    return mine, code, mine.put(places=8, **values)


def listed(shelf: Shelf, day: date) -> int:
    """How many sessions the region lists on a day; its search and its counts agree."""
    total = search(shelf.session, shelf.tenant, SearchQuery(today=day)).total
    assert open_counts(shelf.session, day).get(shelf.tenant.slug, 0) == total
    return total


def ended(shelf: Shelf, sheet: Sheet, day: date) -> bool:
    row = session_page(shelf.session, shelf.tenant, str(sheet.reference))
    assert row is not None
    return code_ended(shelf.session, row, day)


def test_a_code_that_ends_takes_its_sessions_out_of_the_lists(known: tuple[Shelf, Certification, Sheet]) -> None:
    shelf, code, sheet = known
    assert (listed(shelf, TODAY), ended(shelf, sheet, TODAY)) == (1, False)
    code.valid_until = TODAY
    shelf.session.flush()
    assert [listed(shelf, day) for day in (EVE, TODAY, NEXT)] == [1, 1, 0]
    assert [ended(shelf, sheet, day) for day in (TODAY, NEXT)] == [False, True]
    code.valid_until = None  # the source was wrong
    shelf.session.flush()
    assert listed(shelf, NEXT) == 1


def test_the_year_of_the_last_session_ends_a_code_too(known: tuple[Shelf, Certification, Sheet]) -> None:
    shelf, code, _ = known
    code.last_session_year = TODAY.year - 1
    shelf.session.flush()
    assert listed(shelf, TODAY) == 0


def test_a_code_nobody_knows_holds_nothing_back(known: tuple[Shelf, Certification, Sheet]) -> None:
    shelf, code, _ = known
    shelf.session.delete(code)
    shelf.session.flush()
    assert listed(shelf, NEXT) == 1


@pytest.mark.parametrize(("name", "faults"), [("composante.certification", 0), ("composante.intitule", 1), ("rien", 1)])
def test_what_is_not_a_certification_is_told(open_shelf: Opener, name: str, faults: int) -> None:
    tenant = open_shelf("declare").tenant
    assert tenant.public is not None
    wrong = replace(tenant, public=tenant.public.model_copy(update={"valid_code": name}))
    assert len([f for f in check_public(wrong) if f.path == ("valid_code",)]) == faults
