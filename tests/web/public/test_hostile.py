"""Whatever an address holds, a visitor gets a page that helps."""

from itertools import product
from urllib.parse import unquote

import pytest

PAGES = ["/", "/eos/", "/recherche", "/eos/sessions", "/communes"]
NAMES = ["q", "lieu", "rayon", "debut", "fin", "programme", "apres", "avant", "inconnu"]
VALUES = [
    "", " ", "\x00", "a\x00b", "%", "_", "'", "' or '1'='1", '"><script>alert(1)</script>', "{{7*7}}",
    "${7*7}", "../../etc/passwd",
    "\u202e\ufeff", "é" * 3000, "x" * 8000, "-1", "0", "1e309", "99999999999999999999", "NaN", "٣٤", "½", "2026-02-31",
    "0000-00-00", "9999-12-31", "1899-12-31", "true", "[]", "a:*", "&|!()", "\\", "\r\nX-Evil: 1", "MjAyNjAxMDE", "🙂",
    "69008", "zz", "2A",
]  # fmt: skip


def assert_helps(answer, typed):
    """A page; one that says it was not understood where what was typed is no text at all."""
    assert answer.status_code == (400 if "\x00" in typed else 200), typed
    assert "<main" in answer.text or answer.request.path == "/communes"


@pytest.fixture(autouse=True)
def one_session(rows):
    rows(1)


@pytest.mark.parametrize(("path", "name"), [*product(["/recherche", "/eos/sessions"], NAMES), ("/communes", "q")])
def test_any_value_gives_a_page(client, path, name):
    for value in VALUES:
        answer = client.get(path, query_string={name: value})

        assert_helps(answer, value)
        assert "<script>alert" not in answer.text
        assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "query",
    [
        "q=un&q=deux&q=trois", "q[]=un", "q[a][b]=1", "lieu=Lyon&lieu=Brest", "&&&===", "q", "=x", "%ff%fe",
        "q=%ff%00%c3%28",
        "rayon=5&rayon=x", "apres=x&avant=y", "&".join(f"p{n}=1" for n in range(2000)), "q=" + "%00" * 500,
        "debut=2030-01-01&fin=2020-01-01",
    ],
)  # fmt: skip
def test_any_query_gives_a_page(client, path, query):
    assert_helps(client.get(f"{path}?{query}"), unquote(query))


def test_all_at_once(client):
    for value in VALUES:
        answer = client.get("/eos/sessions", query_string=dict.fromkeys(NAMES, value))
        assert_helps(answer, value)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", PAGES)
def test_visitors_only_read(client, path, method):
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/eos%00/",
        "/eos/sessions/%00",
        "/EOS/",
        "/eos/sessions/",
        "/%2e%2e/",
        "/eos/sessions/a/b/c",
        "/" + "e" * 500 + "/",
    ],
)
def test_odd_paths_are_not_found(client, path):
    assert client.get(path).status_code in (308, 400, 404)
