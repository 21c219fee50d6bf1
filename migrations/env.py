"""How Alembic reaches the database: as its owner where DATABASE_OWNER_URL says so, else as the application."""

import os

from alembic import context
from flask import current_app
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

migration = current_app.extensions["migrate"]
url = os.environ.get("DATABASE_OWNER_URL") or current_app.config["SQLALCHEMY_DATABASE_URI"]


def keep_silent_when_nothing_changed(_context: object, _revision: object, directives: list) -> None:
    """No empty file for `flask db migrate` when models and tables agree."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()


options = {
    "target_metadata": migration.db.metadata,
    "process_revision_directives": keep_silent_when_nothing_changed,
    **migration.configure_args,
}

if context.is_offline_mode():
    context.configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"}, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
