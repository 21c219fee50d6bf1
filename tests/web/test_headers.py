import pytest

from portal.tenancy.registry import registry
from portal.web.assets import Assets
from tests.support.people import Browser, account, play, signed_in

IDA = "ida@exemple.test"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Request-ID": None,
    "Permissions-Policy": None,
    "Content-Security-Policy": None,
}


@pytest.fixture
def visitor(app, probe_app):
    return Browser(probe_app.test_client())


@pytest.mark.parametrize(
    "path",
    [
        "/connexion",
        "/accessibilite",
        "/essai/404",
        "/essai/panne",
        "/nulle-part/du/tout",
        "/compte",
        "/healthz",
        "/readyz",
        "/static/css/guichet.css",
        "/static/nulle-part.css",
        "/essai/suite",
        "/api/v0/rien",
    ],
)
def test_every_kind_of_answer_carries_the_headers(visitor, path):
    answer = visitor.get(path)

    for name, value in ALWAYS.items():
        assert answer.headers[name] == value or (value is None and answer.headers[name])


def test_the_policy_allows_nothing_that_is_not_ours(visitor):
    policy = dict(
        part.strip().split(" ", 1) for part in visitor.get("/connexion").headers["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert {
        value for name, value in policy.items() if name.endswith("-src") and name not in ("default-src", "img-src")
    } == {"'self'"}
    assert policy["img-src"] == "'self' data:"


def test_pages_answer_caches_that_parts_share_their_address(visitor):
    assert {"HX-Request", "HX-Request-Type", "Cookie"} <= set(visitor.get("/accessibilite").headers["Vary"].split(", "))


def test_what_a_person_sees_signed_in_is_kept_nowhere(app, probe_app):
    account(app, IDA)
    browser = signed_in(probe_app, IDA)

    for path in ("/compte", "/accessibilite", "/essai/404", "/essai/moi"):
        assert browser.get(path).headers["Cache-Control"] == "no-store"


def test_a_visitor_receives_no_cookie(visitor):
    for path in ("/accessibilite", "/essai/404", "/healthz", "/static/css/guichet.css"):
        assert "Set-Cookie" not in visitor.get(path).headers


def test_encryption_makes_cookies_and_addresses_strict(app, make_app):
    account(app, IDA)
    client = make_app(base_url="https://guichet.exemple.fr").test_client()
    options = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/connexion"}}
    browser = Browser(client)
    page = client.get("/connexion", **options)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]

    answer = client.post("/connexion", data={"email": IDA, "password": "x", "csrf_token": token}, **options)

    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-guichet=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert answer.status_code == 422
    assert browser.client.get("/connexion").headers["Strict-Transport-Security"]


def test_a_form_sent_by_another_site_is_refused_under_encryption(app, make_app):
    client = make_app(base_url="https://guichet.exemple.fr").test_client()
    page = client.get("/connexion", base_url="https://localhost")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]

    answer = client.post(
        "/connexion",
        data={"csrf_token": token},
        base_url="https://localhost",
        headers={"Referer": "https://exemple.org/"},
    )

    assert answer.status_code == 400


def test_only_our_own_proxies_are_believed(app, make_app):
    account(app, IDA)
    pages = []
    for proxies in (0, 1):
        browser = signed_in(make_app(trusted_proxies=proxies), IDA)
        browser.post("/deconnexion")
        browser.client.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.7"
        browser.sign_in(IDA)
        pages.append(browser.get("/compte").text)

    assert "198.51.100.7" not in pages[0]
    assert "198.51.100.7" in pages[1]


# --- files


def test_a_file_whose_address_names_its_content_is_kept_for_ever(app, visitor):
    with app.test_request_context():
        url = app.jinja_env.globals["asset"]("css/guichet.css")

    kept = visitor.get(url).headers["Cache-Control"]
    plain = visitor.get("/static/css/guichet.css").headers["Cache-Control"]
    stale = visitor.get("/static/css/guichet.css?v=000000000000").headers["Cache-Control"]

    assert kept == "public, max-age=31536000, immutable"
    assert plain == stale == "no-cache"


def test_a_file_for_ever_carries_nobodys_cookie(app, probe_app):
    account(app, IDA)
    browser = signed_in(probe_app, IDA)
    with app.test_request_context():
        url = app.jinja_env.globals["asset"]("css/guichet.css")

    answer = browser.get(url)

    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "immutable" in answer.headers["Cache-Control"]


def test_the_address_of_a_file_changes_with_its_content(tmp_path):
    file = tmp_path / "a.css"
    file.write_text("a{}")
    before = Assets(tmp_path, keep=True).digest("a.css")
    file.write_text("b{}")

    assert Assets(tmp_path, keep=True).digest("a.css") != before


def test_a_template_that_names_a_missing_file_fails(app):
    with app.test_request_context(), pytest.raises(LookupError):
        app.jinja_env.globals["asset"]("css/nulle-part.css")


def test_no_file_outside_the_folder_is_served(visitor):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert visitor.get(path).status_code == 404


# --- the colours of a region


@pytest.mark.parametrize("index", [0, 1])
def test_the_colours_of_a_region_are_a_stylesheet_kept_for_ever(app, visitor, index):
    slug = registry.slugs()[index]
    theme = registry.get(slug).who.theme

    moved = visitor.get(f"/theme/{slug}-0000000000.css")
    answer = visitor.get(moved.headers["Location"])

    assert moved.status_code == 302
    assert answer.mimetype == "text/css"
    assert f"--brand:{theme.brand}" in answer.text
    assert f"--brand-ink:{theme.ink}" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]
    assert "immutable" not in moved.headers.get("Cache-Control", "")


def test_the_colours_of_a_region_are_kept_by_those_signed_in_too(app, probe_app):
    slug = registry.slugs()[0]
    play(app, IDA, slug, "org")
    browser = signed_in(probe_app, IDA)
    address = browser.get(f"/theme/{slug}-0.css").headers["Location"]

    assert "immutable" in browser.get(address).headers["Cache-Control"]


def test_a_region_that_is_not_has_no_colours(visitor):
    assert visitor.get("/theme/nulle-part-0000000000.css").status_code == 404
    assert visitor.get("/theme/x.css").status_code == 404
