import pytest

from portal import create_app
from portal.settings import DEMO_SECRET, Settings, SettingsError
from portal.web.config import flask_config, limiter_storage

LONG = "x" * 32


def settings(**others):
    return Settings(**{"database_url": "postgresql://", "redis_url": "", "secret_key": LONG, **others})


@pytest.mark.parametrize("secret", ["", DEMO_SECRET, "x" * 31])
def test_an_application_in_production_is_not_made_with_a_weak_secret(secret):
    with pytest.raises(SettingsError):
        create_app(settings(secret_key=secret))


def test_templates_fail_on_a_name_nobody_gave(app):
    with app.app_context(), pytest.raises(Exception, match="is undefined"):
        app.jinja_env.from_string("{{ nobody_gave_this }}").render()


def test_templates_escape_what_people_wrote(app):
    with app.test_request_context("/"):
        assert app.jinja_env.get_template("errors/_fault.html").render(fault={"sentence": "<b>"}) == "<p>&lt;b&gt;</p>"


@pytest.mark.parametrize(
    ("base_url", "secure"), [("https://guichet.exemple.fr", True), ("http://localhost:8000", False)]
)
def test_cookies_are_for_encrypted_connections_where_the_portal_is_encrypted(base_url, secure):
    assert flask_config(settings(base_url=base_url))["SESSION_COOKIE_SECURE"] is secure


@pytest.mark.parametrize(
    ("redis_url", "storage"),
    [
        ("", "memory://"),
        ("redis://cache:6379/1", "redis://cache:6379/1"),
        ("unix:///run/redis.sock?db=2", "redis+unix:///run/redis.sock?db=2"),
    ],
)
def test_attempts_are_counted_where_every_process_sees_them(redis_url, storage):
    assert limiter_storage(redis_url) == storage


def test_connections_are_few_and_errors_hold_no_values(app):
    options = flask_config(settings())["SQLALCHEMY_ENGINE_OPTIONS"]

    assert options["pool_pre_ping"]
    assert options["pool_size"] + options["max_overflow"] <= 10
    assert options["hide_parameters"]
