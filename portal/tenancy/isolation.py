"""Which table is of which kind, and the SQL that keeps each kind apart. Migrations apply it; a test attacks it.

Five kinds: `global` (no tenant), `tenant` (one region sees its rows), `history` (the same, append only),
`membership` (also readable by the person it names), `published` (readable by all, written within the region).
"""

from collections.abc import Iterator

TENANT = "tenant = nullif(current_setting('app.tenant', true), '')"
OWN_USER = "user_id::text = nullif(current_setting('app.user', true), '')"
APP = "portal_app"

GLOBAL_TABLES = frozenset(
    {
        *("app_user", "sign_in", "password_reset"),
        *("ref_commune", "ref_department", "ref_holiday", "ref_school_holiday", "ref_dataset"),
        *("ref_formacode", "ref_formacode_public", "ref_nsf", "ref_rome"),
        *("ref_certification", "ref_certification_block"),
    }
)
HISTORY_TABLES = frozenset({"journal_entry", "revision", "decision", "config_version"})
MEMBERSHIP_TABLES = frozenset({"membership"})
PUBLISHED_TABLES = frozenset({"published_session", "published_event"})


def kind_of(table: str) -> str:
    """The kind of a table, by its name; any table not named above belongs to a tenant."""
    kinds = {
        "global": GLOBAL_TABLES,
        "history": HISTORY_TABLES,
        "membership": MEMBERSHIP_TABLES,
        "published": PUBLISHED_TABLES,
    }
    return next((kind for kind, names in kinds.items() if table in names), "tenant")


def isolate(table: str) -> Iterator[str]:
    """The statements that give a table its policy and its grants."""
    kind = kind_of(table)
    if kind != "global":
        yield f"alter table {table} enable row level security"
        yield f"alter table {table} force row level security"
        yield f"create policy of_tenant on {table} using ({TENANT}) with check ({TENANT})"
    if kind == "membership":
        yield f"create policy of_user on {table} for select using ({OWN_USER})"
    if kind == "published":
        yield f"create policy for_all on {table} for select using (true)"
    rights = "select, insert" if kind == "history" else "select, insert, update, delete"
    yield f"grant {rights} on {table} to {APP}"
