import io
import json
import logging

import pytest

from portal.logs import JsonFormatter, without_people
from tests.support.people import Browser


@pytest.fixture
def visitor(app, probe_app):
    return Browser(probe_app.test_client())


@pytest.fixture
def lines():
    """What the log would write, line by line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_request_is_one_line_of_facts(visitor, lines):
    answer = visitor.get("/essai/page")

    (line,) = [line for line in lines() if line["logger"] == "portal.access"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/essai/page", 200)
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["ms"] >= 0


def test_what_people_search_type_and_are_called_is_in_no_line(visitor, lines):
    visitor.get("/essai/page?q=cancer&lieu=Lyon")
    visitor.sign_in("ida@exemple.test", "un secret bien gardé")
    visitor.post("/essai/champ", {"texte": "mes mots"})

    written = json.dumps(lines(), ensure_ascii=False)

    for word in ("cancer", "Lyon", "ida@exemple.test", "secret", "mes mots"):
        assert word not in written


@pytest.mark.parametrize("path", ["/activation/eos.SecretDeTest", "/mot-de-passe/SecretDeTest"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_link_opens_is_in_no_line(visitor, lines, path, method):
    visitor.get(path) if method == "GET" else visitor.post(path)

    asked = [line for line in lines() if line.get("path", "").startswith(path[:11])]
    assert len(asked) == 1 and asked[0]["path"].endswith("/<key>")
    assert "SecretDeTest" not in json.dumps(lines())


def test_files_and_health_are_not_written(visitor, lines):
    for path in ("/healthz", "/readyz", "/static/css/guichet.css"):
        visitor.get(path)

    assert [line for line in lines() if line["logger"] == "portal.access"] == []


def test_the_id_given_by_a_proxy_is_kept_when_it_looks_like_one(visitor):
    given = "abc-123.DEF_456"

    assert visitor.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["court", "a" * 65, "avec espace", '"};{"level":"error'])
def test_the_id_given_is_replaced_when_it_does_not(visitor, given):
    assert visitor.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given


def test_each_request_has_its_own_id(visitor):
    assert visitor.get("/healthz").headers["X-Request-ID"] != visitor.get("/healthz").headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("écrit à ida.lot+x@exemple.test hier", "écrit à ‹adresse› hier"),
        ("SIRET 80000001500017 refusé", "SIRET ‹numéro› refusé"),
        ("NIR 1 85 05 78 006 084 36", "NIR ‹numéro›"),
        ("DETAIL:  Key (email)=(x) already exists.\nfin", "DETAIL: ‹tu›\nfin"),
        ("01a20352-9789-7272-9ee8-c67b22d39d0e", "01a20352-9789-7272-9ee8-c67b22d39d0e"),
        ("Exception on /mot-de-passe/aB3-_x [POST]", "Exception on /mot-de-passe/‹clé› [POST]"),
        ("suite=/activation/une-region.aB3-_x ici", "suite=/activation/‹clé› ici"),
        ("12 lignes en 345 ms", "12 lignes en 345 ms"),
    ],
)
def test_addresses_and_long_numbers_are_taken_out_of_messages(text, clean):
    assert without_people(text) == clean


def test_a_line_is_one_line_whatever_it_says():
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "deux\nlignes « é »", None, None)

    assert "\n" not in JsonFormatter().format(record)
    assert json.loads(JsonFormatter().format(record))["message"] == "deux\nlignes « é »"
