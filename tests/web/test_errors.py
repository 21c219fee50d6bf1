import json
import logging

import pytest
from markupsafe import escape

from portal.logs import JsonFormatter
from portal.tenancy.registry import registry
from tests.support.people import Browser, account, signed_in

STATUSES = (400, 403, 404, 405, 409, 410, 413, 415, 422, 429, 503)


@pytest.fixture
def visitor(app, probe_app):
    return Browser(probe_app.test_client())


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_is_a_page_in_french(visitor, status):
    answer = visitor.get(f"/essai/{status}")

    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert '<html lang="fr">' in answer.text
    assert "</html>" in answer.text


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_under_htmx_replaces_nothing_and_is_said_beside(visitor, status):
    answer = visitor.get(f"/essai/{status}", htmx=True)

    assert answer.status_code == status
    assert answer.headers["HX-Reswap"] == "none"
    assert "<html" not in answer.text
    said = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert said["text"] in answer.text.replace("&#39;", "'")
    assert said["tone"] == "warn"


@pytest.mark.parametrize("status", [404, 429])
def test_an_error_of_the_api_is_a_problem_document(visitor, status, probe_app):
    answer = visitor.get("/api/v0/rien")

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def test_a_page_that_is_not_there_offers_a_way_on(visitor):
    answer = visitor.get("/nulle/part/du/tout")

    assert answer.status_code == 404
    assert 'href="/"' in answer.text


def test_a_page_that_is_not_there_wears_the_colours_of_the_region_it_was_looked_for_in(visitor):
    slug = registry.slugs()[0]

    assert f"/theme/{slug}-" in visitor.get(f"/{slug}/nulle/part/du/tout").text
    assert "/theme/" not in visitor.get("/nulle-part/du/tout").text


def test_a_method_refused_says_which_are_not(visitor):
    answer = visitor.client.put("/connexion")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


# --- forms


def test_a_form_without_token_is_refused_with_its_words_kept(visitor):
    answer = visitor.client.post(
        "/essai/champ",
        data={"texte": "mes mots <i>", "password": "secret"},
        headers={"Referer": "http://localhost/compte?a=1"},
    )

    assert answer.status_code == 400
    assert "Votre page a expiré" in answer.text
    assert "mes mots &lt;i&gt;" in answer.text
    assert "secret" not in answer.text
    assert 'href="/compte?a=1"' in answer.text


def test_a_form_with_the_token_of_another_session_is_refused(app, probe_app, visitor):
    token = Browser(probe_app.test_client()).token()
    visitor.token()

    answer = visitor.client.post("/essai/champ", data={"texte": "x", "csrf_token": token})

    assert answer.status_code == 400


def test_the_way_back_never_leads_to_another_site(visitor):
    answer = visitor.client.post("/essai/champ", data={"texte": "x"}, headers={"Referer": "https://exemple.org/piege"})

    assert "exemple.org" not in answer.text


def test_the_token_may_come_in_a_header(visitor):
    answer = visitor.client.post("/essai/champ", data={"texte": "abc"}, headers={"X-CSRFToken": visitor.token()})

    assert answer.text == "3"


def test_a_long_field_reaches_its_form(visitor):
    assert visitor.post("/essai/champ", {"texte": "é" * 100_000}).text == "100000"


@pytest.mark.parametrize("size", [5_000_000, 13_000_000])
def test_a_body_without_measure_is_refused(visitor, size):
    answer = visitor.post("/essai/champ", {"texte": "a" * size})

    assert answer.status_code == 413
    assert "trop volumineux" in answer.text


@pytest.mark.parametrize("path", ["/connexion?suite=%00", "/%00", "/theme/%00-x.css"])
def test_the_one_sign_that_postgresql_refuses_is_refused_before_it(visitor, path):
    assert visitor.get(path).status_code in (400, 404)
    assert visitor.sign_in("ida\x00@exemple.test").status_code == 400


@pytest.mark.parametrize(
    "words",
    ["' or 1=1 --", "<script>alert(1)</script>", "{{ 7 * 7 }}", "%s %(a)s", "\u202e", "é" * 500, "\ud83d\ude00"],
)
def test_odd_words_are_words_like_others(visitor, words):
    words = words.encode("utf-16", "surrogatepass").decode("utf-16")

    answer = visitor.sign_in(words, words, suite=words)

    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert f'name="email" value="{escape(words)}"' in answer.text


# --- refusals of the domain


def test_a_refusal_of_the_domain_is_said_in_its_own_words(visitor):
    answer = visitor.get("/essai/refus")

    assert answer.status_code == 422
    assert "Ce n’est pas possible pour cette raison." in answer.text


# --- what nobody expected


def test_a_breakdown_is_a_page_with_the_number_to_give(visitor, caplog):
    answer = visitor.get("/essai/panne")

    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_a_breakdown_is_logged_once_with_its_trace(visitor, caplog):
    visitor.get("/essai/panne")

    traces = [record for record in caplog.records if record.exc_info]
    assert len(traces) == 1


def test_a_broken_transaction_is_a_page_too(app, probe_app):
    account(app, "ida@exemple.test")

    answer = signed_in(probe_app, "ida@exemple.test").get("/essai/panne-sql")

    assert answer.status_code == 500
    assert "Une erreur s’est produite" in answer.text


@pytest.mark.parametrize("path", ["/essai/404", "/essai/refus", "/essai/422", "/essai/429"])
def test_what_is_expected_leaves_no_trace_in_the_log(visitor, caplog, path):
    visitor.get(path)

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_trace_carries_no_personal_data(visitor, caplog):
    visitor.get("/essai/panne")

    trace = next(record for record in caplog.records if record.exc_info)
    line = json.loads(JsonFormatter().format(trace))
    assert "ZeroDivisionError" in line["exception"]
    assert "ida@exemple.test" not in line["exception"]
    assert "084 36" not in line["exception"].rpartition("ZeroDivisionError")[2]
