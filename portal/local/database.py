"""Roles, databases and extensions: what an operator makes once, and `./run` makes by itself.

Two roles keep the promise of row-level security: `portal_owner` owns the tables and migrates them; `portal_app` is what
web and worker use, owns nothing and bypasses nothing. What it may do is granted by the migrations, table by table.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Identifier

OWNER, APP = "portal_owner", "portal_app"
DATABASE = "guichet"
EXTENSIONS = ("unaccent", "pg_trgm", "btree_gist")
_ATTRIBUTES = SQL("login nosuperuser nocreatedb nocreaterole nobypassrls noreplication")


@dataclass(frozen=True)
class Cluster:
    """The address of a server on a private socket: who may enter the folder is trusted."""

    sockets: Path

    def url(self, role: str, database: str) -> str:
        """The address of one database, as libpq and SQLAlchemy read it."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets))}"

    def admin_url(self, database: str = "postgres") -> str:
        """The same as the server's own superuser: for making roles and databases, never for the portal."""
        return self.url("postgres", database)

    def owner_url(self, database: str = DATABASE) -> str:
        """As the role that migrates."""
        return self.url(OWNER, database)

    def app_url(self, database: str = DATABASE) -> str:
        """As the role of web and worker."""
        return self.url(APP, database)


def ensure_database(cluster: Cluster, name: str = DATABASE) -> None:
    """Make roles, database and extensions where they are missing; may be called at each start."""
    with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
        for role in (OWNER, APP):
            ensure_role(admin, role)
        if admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is None:
            create_database(admin, name)
    with psycopg.connect(cluster.admin_url(name), autocommit=True) as inside:
        for extension in EXTENSIONS:
            inside.execute(SQL("create extension if not exists {}").format(Identifier(extension)))


def ensure_role(admin: psycopg.Connection, role: str) -> None:
    """Make the role, or bring it back to what it must be."""
    if admin.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone() is None:
        admin.execute(SQL("create role {}").format(Identifier(role)))
    admin.execute(SQL("alter role {} {}").format(Identifier(role), _ATTRIBUTES))


def create_database(admin: psycopg.Connection, name: str, template: str = "template0") -> None:
    """Make a database owned by `portal_owner`, which `portal_app` may enter and nobody else."""
    database, owner, app = Identifier(name), Identifier(OWNER), Identifier(APP)
    admin.execute(
        SQL("create database {} owner {} template {}").format(database, owner, Identifier(template)),
    )
    admin.execute(SQL("revoke all on database {} from public").format(database))  # a template's grants are not copied
    admin.execute(SQL("grant connect on database {} to {}").format(database, app))


def drop_database(admin: psycopg.Connection, name: str) -> None:
    """Remove a database, dismissing whoever is still in it."""
    admin.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))


def is_empty(url: str, table: str) -> bool:
    """Whether a table holds no row; a table that does not exist holds none."""
    with psycopg.connect(url) as connection:
        if connection.execute("select to_regclass(%s)", (f'public."{table}"',)).fetchone() == (None,):
            return True
        return connection.execute(SQL("select 1 from {} limit 1").format(Identifier(table))).fetchone() is None
