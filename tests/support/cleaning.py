"""Empties a database between two tests, reference data excepted."""

import psycopg
from psycopg.sql import SQL, Identifier, Literal

# `ref_…` tables hold what every test may read and none may write.
_TABLES = "select tablename from pg_tables where schemaname = 'public' and tablename !~ '^(ref_|alembic_version$)'"


class Cleaner:
    """Keeps one administrator's connection: row-level security would hide from the owner what is to be removed."""

    def __init__(self, admin_url: str) -> None:
        self.connection = psycopg.connect(admin_url, autocommit=True)
        # A transaction some test left open would block us for ever; better a failure that names the lock.
        self.connection.execute("set lock_timeout = '5s'")
        tables = [name for (name,) in self.connection.execute(_TABLES)]
        holds_rows = SQL("select {} where exists (select 1 from {})")
        self.question = SQL(" union all ").join(holds_rows.format(Literal(t), Identifier(t)) for t in tables)

    def clean(self) -> None:
        """Truncate the tables that hold rows, and set their counters back."""
        filled = [Identifier(name) for (name,) in self.connection.execute(self.question)]
        if filled:
            self.connection.execute(SQL("truncate {} restart identity cascade").format(SQL(", ").join(filled)))

    def close(self) -> None:
        """Leave the database."""
        self.connection.close()
