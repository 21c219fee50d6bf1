"""Public pages may be kept a minute, then are asked about; a person signed in has pages of their own."""

import pytest
from sqlalchemy import select

from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.catalogue import approve_now
from tests.support.offer import AT
from tests.support.people import inside, play, signed_in
from tests.web.public.conftest import withdrawn


@pytest.fixture
def pages(published):
    address = published()
    return [address, f"{address}/imprimer", "/eos/sessions?q=gestionnaire", "/eos/", "/", "/recherche"]


def test_known_page_is_not_sent_again(client, pages):
    for page in pages:
        first = client.get(page)
        again = client.get(page, headers={"If-None-Match": first.headers["ETag"]})

        assert first.headers["Cache-Control"] == "public, max-age=60"
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Cache-Control"] == "public, max-age=60"


def test_page_that_changed_is_sent(app, client, pages):
    known = {page: client.get(page).headers["ETag"] for page in pages}
    with inside(app, "eos") as session:
        sheet = session.scalars(select(Sheet).where(Sheet.level == "session")).one()
        approve_now(session, registry.get("eos"), sheet, at=AT.replace(day=9))

    for page, etag in known.items():
        assert client.get(page, headers={"If-None-Match": etag}).status_code == 200, page


def test_page_and_fragment_are_known_apart(client, pages):
    page = client.get("/eos/sessions")
    fragment = client.get("/eos/sessions", headers={"HX-Request": "true", "HX-Request-Type": "partial"})

    assert page.headers["ETag"] != fragment.headers["ETag"]
    assert {"HX-Request", "HX-Request-Type"} <= set(page.headers["Vary"].replace(" ", "").split(","))


def test_signed_in_pages_are_never_kept(app, client, pages):
    play(app, "of@eos.test", "eos", "org", number=2)
    browser = signed_in(app, "of@eos.test")

    for page in pages:
        answer = browser.get(page, headers={"If-None-Match": client.get(page).headers["ETag"]})

        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_pages_of_errors_are_not_kept(client, published):
    assert client.get("/eos/sessions/inconnue").headers["Cache-Control"] == "no-store"
    assert client.get(published(withdrawn)).headers["Cache-Control"] == "no-store"


def test_known_session_page_costs_the_session_and_its_open_days(client, pages, statements):
    etag = client.get(pages[0]).headers["ETag"]

    with statements() as seen:
        assert client.get(pages[0], headers={"If-None-Match": etag}).status_code == 304

    assert len([s for s in seen if "set_config" not in s]) == 2
