"""What a migration calls to keep a new table's regions apart. Autogenerate does not see policies: say it by hand."""

from sqlalchemy import Connection, text

from portal.tenancy.isolation import APP, isolate


def keep_apart(connection: Connection, *tables: str) -> None:
    """Give each table its policy and its grants; grants are left out where the application's role does not exist."""
    granting = app_role_exists(connection)
    for table in tables:
        for statement in isolate(table):
            if granting or not statement.startswith("grant"):
                connection.execute(text(statement))


def app_role_exists(connection: Connection) -> bool:
    """Whether the role of web and worker exists; one role may serve for everything on a small set-up."""
    found = connection.scalar(text("select true from pg_roles where rolname = :role"), {"role": APP})
    return bool(found)
