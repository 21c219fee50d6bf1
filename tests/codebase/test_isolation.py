"""Every table there is, attacked: what belongs to one region is read and changed from no other."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier
from sqlalchemy import ForeignKeyConstraint, Index, Table, UniqueConstraint, select
from sqlalchemy.exc import StatementError

from portal import models  # noqa: F401 — every table is known from here on
from portal.domain.organisations.models import Membership
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.tenancy.isolation import kind_of
from portal.tenancy.scope import OutOfScopeError, TenantOwned, tenant_scope
from tests.support import services
from tests.support.rows import insert_row, row_of

TABLES: list[Table] = db.metadata.sorted_tables
OF_REGIONS = [table for table in TABLES if kind_of(table.name) != "global"]
HISTORY = [table for table in TABLES if kind_of(table.name) == "history"]
ONE, OTHER = "une-region", "une-autre"
HOLDER = uuid.uuid4()


def ids(table: Table) -> str:
    return table.name


@pytest.fixture
def admin(app) -> Iterator[psycopg.Connection]:
    """The server's superuser, past every policy; foreign keys are not checked, so that any row may be made alone."""
    with psycopg.connect(services.cluster().admin_url(f"guichet_{services.WORKER}"), autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        yield connection


@pytest.fixture
def within(app, database_url):
    """`within(slug, user)`: a transaction of the application's own role, in the scope of a region."""
    opened = []

    def enter(slug: str = "", user: str = "") -> psycopg.Connection:
        connection = psycopg.connect(database_url)
        opened.append(connection)
        connection.execute("select set_config('app.tenant', %s, true), set_config('app.user', %s, true)", (slug, user))
        return connection

    yield enter
    for connection in opened:
        connection.close()


def a_row_in(admin: psycopg.Connection, table: Table, slug: str) -> dict:
    known = {"tenant": slug} | ({"user_id": HOLDER} if "user_id" in table.columns else {})
    row = row_of(table, **known)
    insert_row(admin, table, row)
    return row


def count(connection: psycopg.Connection, table: Table) -> int:
    return connection.execute(SQL("select count(*) from {}").format(Identifier(table.name))).fetchone()[0]


# --- what every table declares


def test_every_table_of_the_database_is_known_here(admin):
    found = {name for (name,) in admin.execute("select tablename from pg_tables where schemaname = 'public'")}

    assert found - {"alembic_version"} == {table.name for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=ids)
def test_a_table_names_its_region_unless_it_is_of_none(table):
    assert ("tenant" in table.columns) is (kind_of(table.name) != "global")


@pytest.mark.parametrize("table", OF_REGIONS, ids=ids)
def test_row_level_security_is_forced(admin, table):
    found = admin.execute(
        "select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass", (table.name,)
    ).fetchone()

    assert found == (True, True)


@pytest.mark.parametrize("table", TABLES, ids=ids)
def test_the_policies_are_those_of_its_kind(admin, table):
    expected = {
        "global": set(),
        "tenant": {"of_tenant"},
        "history": {"of_tenant"},
        "membership": {"of_tenant", "of_user"},
        "published": {"of_tenant", "for_all"},
    }

    found = {
        name for (name,) in admin.execute("select policyname from pg_policies where tablename = %s", (table.name,))
    }

    assert found == expected[kind_of(table.name)]


@pytest.mark.parametrize("table", OF_REGIONS, ids=ids)
def test_foreign_keys_between_tables_of_regions_carry_the_region(table):
    # PostgreSQL checks them past row-level security: a simple key would accept a row of another region.
    keys = [key for key in table.constraints if isinstance(key, ForeignKeyConstraint)]
    across = [key for key in keys if kind_of(key.referred_table.name) != "global"]

    assert [key.name for key in across if key.column_keys[0] != "tenant"] == []


@pytest.mark.parametrize("table", OF_REGIONS, ids=ids)
def test_unique_values_are_unique_within_a_region(table):
    # Otherwise a refusal would tell one region what another holds.
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    unique += [i for i in table.indexes if isinstance(i, Index) and i.unique]

    assert [c.name for c in unique if next(iter(c.columns)).name != "tenant"] == []


def test_the_role_of_the_application_owns_and_bypasses_nothing(admin):
    role = "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = 'portal_app'"

    assert admin.execute(role).fetchone() == (False, False, False, False)
    assert admin.execute("select count(*) from pg_class where relowner = 'portal_app'::regrole").fetchone() == (0,)


def test_no_view_looks_past_the_policies(admin):
    views = admin.execute("select viewname from pg_views where schemaname = 'public'").fetchall()

    assert views == []


# --- attacks


@pytest.mark.parametrize("table", OF_REGIONS, ids=ids)
def test_rows_of_a_region_are_read_from_it_alone(admin, within, table):
    a_row_in(admin, table, ONE)

    assert count(within(ONE), table) == 1
    assert count(within(OTHER), table) == (1 if kind_of(table.name) == "published" else 0)
    assert count(within(), table) == (1 if kind_of(table.name) == "published" else 0)


@pytest.mark.parametrize("table", OF_REGIONS, ids=ids)
@pytest.mark.parametrize("slug", [OTHER, ""], ids=["other", "none"])
@pytest.mark.parametrize("act", ["update {} set tenant = tenant", "delete from {}"], ids=["update", "delete"])
def test_rows_of_a_region_are_changed_from_no_other(admin, within, table, slug, act):
    a_row_in(admin, table, ONE)
    connection = within(slug)
    statement = SQL(act).format(Identifier(table.name))

    if kind_of(table.name) == "history":
        with pytest.raises(InsufficientPrivilege):
            connection.execute(statement)
    else:
        assert connection.execute(statement).rowcount == 0


@pytest.mark.parametrize("table", OF_REGIONS, ids=ids)
@pytest.mark.parametrize("slug", [OTHER, ""], ids=["other", "none"])
def test_rows_are_inserted_for_no_other_region(within, table, slug):
    row = row_of(table, tenant=ONE)

    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        insert_row(within(slug), table, row)


@pytest.mark.parametrize("table", [t for t in OF_REGIONS if kind_of(t.name) != "history"], ids=ids)
def test_a_row_is_given_to_no_other_region(admin, within, table):
    a_row_in(admin, table, ONE)

    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        within(ONE).execute(SQL("update {} set tenant = %s").format(Identifier(table.name)), (OTHER,))


@pytest.mark.parametrize("table", HISTORY, ids=ids)
@pytest.mark.parametrize("act", ["update {} set tenant = tenant", "delete from {}", "truncate {}"])
def test_history_is_rewritten_by_nobody_not_even_its_own_region(admin, within, table, act):
    a_row_in(admin, table, ONE)

    with pytest.raises(InsufficientPrivilege):
        within(ONE).execute(SQL(act).format(Identifier(table.name)))


@pytest.mark.parametrize(
    "statement",
    [
        "alter table sheet disable row level security",
        "drop policy of_tenant on sheet",
        "set role portal_owner",
        "set session_replication_role = replica",
        "create table mine (id int)",
    ],
)
def test_the_role_of_the_application_cannot_lift_the_policies(within, statement):
    with pytest.raises(InsufficientPrivilege):
        within(ONE).execute(statement)


def test_the_scope_ends_with_its_transaction(admin, within):
    a_row_in(admin, db.metadata.tables["sheet"], ONE)
    connection = within(ONE)
    assert count(connection, db.metadata.tables["sheet"]) == 1

    connection.commit()

    assert count(connection, db.metadata.tables["sheet"]) == 0


# --- memberships: also read by the person they name


def test_a_person_reads_their_own_memberships_from_any_region(admin, within):
    table = db.metadata.tables["membership"]
    a_row_in(admin, table, ONE)

    assert count(within(OTHER, str(HOLDER)), table) == 1
    assert count(within("", str(HOLDER)), table) == 1
    assert count(within(OTHER, str(uuid.uuid4())), table) == 0


def test_a_person_changes_their_own_memberships_from_no_other_region(admin, within):
    a_row_in(admin, db.metadata.tables["membership"], ONE)
    connection = within(OTHER, str(HOLDER))

    assert connection.execute("update membership set role = 'administrateur'").rowcount == 0
    assert connection.execute("delete from membership").rowcount == 0


# --- the second guard: the ORM says it too


@pytest.fixture
def past_the_policies(admin, app):
    """The application's own session, on a connection that no policy holds back."""
    url = services.cluster().admin_url(f"guichet_{services.WORKER}")
    engine = db.create_engine(url)
    with app.app_context(), engine.connect() as connection, db.Session(connection) as session:
        yield session
    engine.dispose()


def test_the_orm_reads_the_region_in_scope_alone(admin, past_the_policies):
    for slug in (ONE, OTHER):
        a_row_in(admin, db.metadata.tables["sheet"], slug)

    with tenant_scope(ONE):
        assert [sheet.tenant for sheet in past_the_policies.scalars(select(Sheet))] == [ONE]
    with tenant_scope(None):
        assert past_the_policies.scalars(select(Sheet)).all() == []


def test_the_orm_changes_the_region_in_scope_alone(admin, past_the_policies):
    for slug in (ONE, OTHER):
        a_row_in(admin, db.metadata.tables["sheet"], slug)

    with tenant_scope(ONE):
        past_the_policies.execute(db.update(Sheet).values(title="changé"))
        past_the_policies.commit()

    titles = dict(admin.execute("select tenant, title from sheet").fetchall())
    assert titles[ONE] == "changé"
    assert titles[OTHER] != "changé"


def test_the_orm_reads_across_regions_only_where_it_is_said(admin, past_the_policies):
    for slug in (ONE, OTHER):
        a_row_in(admin, db.metadata.tables["membership"], slug)

    with tenant_scope(ONE):
        query = select(Membership.tenant).order_by(Membership.tenant)
        assert past_the_policies.scalars(query).all() == [ONE]
        assert past_the_policies.scalars(query.execution_options(across_tenants=True)).all() == sorted([ONE, OTHER])


def test_a_row_without_region_is_not_made(app):
    with app.app_context():
        db.session.add(Sheet(level="session", code="1"))
        with pytest.raises(StatementError) as refusal:
            db.session.flush()

    assert isinstance(refusal.value.orig, OutOfScopeError)


def test_every_class_of_a_region_is_filtered_by_the_orm():
    classes = {mapper.local_table.name: mapper.class_ for mapper in db.Model.registry.mappers}

    unfiltered = {
        name for name, cls in classes.items() if kind_of(name) != "global" and not issubclass(cls, TenantOwned)
    }

    assert unfiltered == {name for name in classes if kind_of(name) == "published"}
