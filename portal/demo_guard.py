"""A portal open to the world must not hold the demonstration's accounts: everybody knows their password."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.domain.organisations.models import User
from portal.extensions import db
from portal.settings import Settings, SettingsError

DEMO_ADDRESS = "%.test"  # a top-level domain nobody can own (RFC 2606)


def init_app(app: Flask, settings: Settings) -> None:
    """Refuse to start on a database that holds demonstration accounts, unless this is a demonstration.

    Raises SettingsError. A database that does not answer, or has no table yet, is no reason to refuse: `/readyz` says
    so.
    """
    if settings.demo or settings.testing:
        return
    with app.app_context():
        try:
            found = db.session.scalar(select(User.email).where(User.email.like(DEMO_ADDRESS)).limit(1))
        except SQLAlchemyError:
            found = None
        finally:
            db.session.remove()
            db.engine.dispose()  # a worker forks: no connection may be open before it does
    if found is not None:
        raise SettingsError(f"Cette base contient des comptes de démonstration ({found}) : prenez une base neuve.")
