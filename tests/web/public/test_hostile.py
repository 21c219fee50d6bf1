"""Whatever an address holds, a visitor gets a page that helps."""

import pytest

PAGES = ["/", "/eos/", "/recherche", "/eos/sessions", "/communes"]
NAMES = ["q", "lieu", "rayon", "debut", "fin", "programme", "apres", "avant", "inconnu"]
VALUES = [
    "", " ", "\x00", "a\x00b", "%", "_", "'", "' or '1'='1", '"><script>alert(1)</script>', "{{7*7}}", "${7*7}", "../../etc/passwd",
    "\u202e\ufeff", "é" * 3000, "x" * 8000, "-1", "0", "1e309", "99999999999999999999", "NaN", "٣٤", "½", "2026-02-31",
    "0000-00-00", "9999-12-31", "1899-12-31", "true", "[]", "a:*", "&|!()", "\\", "\r\nX-Evil: 1", "MjAyNjAxMDE", "🙂",
    "69008", "zz", "2A",
]  # fmt: skip


@pytest.fixture(autouse=True)
def one_session(rows):
    rows(1)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", NAMES)
def test_any_value_gives_a_page(client, page, name):
    for value in VALUES:
        answer = client.get(page, query_string={name: value})

        assert answer.status_code == 200, (name, value)
        assert "<script>alert" not in answer.text
        assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "query",
    [
        "q=un&q=deux&q=trois", "q[]=un", "q[a][b]=1", "lieu=Lyon&lieu=Brest", "&&&===", "q", "=x", "%ff%fe", "q=%ff%00%c3%28",
        "rayon=5&rayon=x", "apres=x&avant=y", "&".join(f"p{n}=1" for n in range(2000)), "q=" + "%00" * 500,
        "debut=2030-01-01&fin=2020-01-01",
    ],
)  # fmt: skip
def test_any_query_gives_a_page(client, page, query):
    assert client.get(f"{page}?{query}").status_code == 200


def test_all_at_once(client):
    for value in VALUES:
        answer = client.get("/eos/sessions", query_string=dict.fromkeys(NAMES, value))
        assert answer.status_code == 200, value


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("page", PAGES)
def test_visitors_only_read(client, page, method):
    assert getattr(client, method)(page).status_code == 405


@pytest.mark.parametrize(
    "path", ["/eos%00/", "/EOS/", "/eos/sessions/", "/%2e%2e/", "/eos/sessions/a/b/c", "/" + "e" * 500 + "/"]
)
def test_odd_paths_are_not_found(client, path):
    assert client.get(path).status_code in (308, 404)
