import json

import pytest

from tests.support.people import Browser


@pytest.fixture
def visitor(app, probe_app):
    return Browser(probe_app.test_client())


def test_a_view_answers_its_page_or_its_part(visitor):
    page, part = visitor.get("/essai/page").text, visitor.get("/essai/page", htmx=True).text

    assert "<html" in page
    assert "<html" not in part
    assert part.strip() in page


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true", "HX-Request-Type": "full"},
        {"HX-Request": "true", "HX-Request-Type": "partial", "HX-History-Restore-Request": "true"},
        {"HX-Request-Type": "partial"},
    ],
)
def test_a_boosted_page_and_a_page_rebuilt_for_the_back_button_are_whole(visitor, headers):
    assert "<html" in visitor.get("/essai/page", headers=headers).text


def test_going_elsewhere_is_303_or_a_header(visitor):
    page, part = visitor.get("/essai/suite"), visitor.get("/essai/suite", htmx=True)

    assert (page.status_code, page.headers["Location"]) == (303, "/accessibilite")
    assert (part.status_code, part.headers["HX-Redirect"]) == (204, "/accessibilite")


def test_the_last_answer_of_a_poll_stops_it(visitor):
    answer = visitor.get("/essai/fin", htmx=True)

    assert answer.status_code == 286
    assert (answer.headers["HX-Reswap"], answer.headers["HX-Retarget"]) == ("innerHTML", "#ici")
    assert json.loads(answer.headers["HX-Trigger"]) == {"saved": {"at": "14:32 — été"}}


def test_ids_that_htmx_4_sends_with_their_element_are_read(probe_app):
    headers = {"HX-Request": "true", "HX-Source": "button#envoyer", "HX-Target": "div#liste"}
    with probe_app.test_request_context("/", headers=headers) as context:
        assert (context.request.htmx.source, context.request.htmx.target) == ("envoyer", "liste")


def test_ids_are_none_where_the_element_has_none(probe_app):
    with probe_app.test_request_context("/", headers={"HX-Request": "true", "HX-Target": "div"}) as context:
        assert (context.request.htmx.source, context.request.htmx.target) == (None, None)
