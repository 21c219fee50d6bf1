"""What a portal open to the world refuses to start with."""

import pytest
from flask import Flask

from portal import create_app
from portal.domain.organisations.models import User
from portal.extensions import db
from portal.settings import DEMO_SECRET, Settings, SettingsError
from tests.support import services

SECRET = "a-secret-of-production-long-enough-0123456789"


def production(app: Flask, **options) -> Settings:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    defaults = {"database_url": url, "redis_url": "", "secret_key": SECRET, "base_url": "https://guichet.example"}
    defaults["tenants_dir"] = app.config["GUICHET"].tenants_dir  # the regions of a process are one
    return Settings(**{**defaults, **options})


@pytest.mark.parametrize("secret", ["", DEMO_SECRET, "short"])
def test_production_refuses_a_secret_everybody_knows(app, secret):
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        create_app(production(app, secret_key=secret))


def test_production_refuses_the_demonstrations_accounts(app):
    with app.app_context():
        db.session.add(User(email="of@exemple.test", name="Démonstration"))
        db.session.commit()
    with pytest.raises(SettingsError, match="comptes de démonstration"):
        create_app(production(app))


def test_production_starts_on_a_database_of_its_own(app):
    with app.app_context():
        db.session.add(User(email="jeanne@organisme.fr", name="Jeanne"))
        db.session.commit()
    made = create_app(production(app))
    assert made.config["SESSION_COOKIE_SECURE"]
    services.close_connections(made)


def test_production_starts_while_its_database_is_away(app):
    made = create_app(production(app, database_url="postgresql://nobody@127.0.0.1:1/none"))
    services.close_connections(made)
