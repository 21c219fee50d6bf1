"""The current tenant of a request, a job or a command. No scope, no query.

Two guards say the same rule: PostgreSQL's row-level security reads `app.tenant`, set at the start of each transaction;
and the ORM adds the tenant to every statement on a class that belongs to one.
"""

import contextlib
import contextvars
from collections.abc import Iterator

from sqlalchemy import String, event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, SessionTransaction, mapped_column, with_loader_criteria

_tenant: contextvars.ContextVar[str | None] = contextvars.ContextVar("tenant", default=None)
_user: contextvars.ContextVar[str | None] = contextvars.ContextVar("user", default=None)


class OutOfScopeError(Exception):
    """A query on a tenant's data was made outside any tenant scope."""


def current_slug() -> str | None:
    """The slug of the tenant in scope, or None."""
    return _tenant.get()


@contextlib.contextmanager
def tenant_scope(slug: str | None) -> Iterator[None]:
    """Enter a tenant's scope. Open it before the first statement of a transaction: the setting is read at its start."""
    token = _tenant.set(slug)
    try:
        yield
    finally:
        _tenant.reset(token)


@contextlib.contextmanager
def user_scope(user_id: str | None) -> Iterator[None]:
    """Say who asks, so that a person may read their own memberships whatever the region in scope."""
    token = _user.set(user_id)
    try:
        yield
    finally:
        _user.reset(token)


class TenantOwned:
    """Mixin of every table that belongs to a tenant: the column, and the ORM's own filter."""

    tenant: Mapped[str] = mapped_column(String(40), default=lambda: require_slug(), index=True)


def require_slug() -> str:
    """The slug in scope; raises OutOfScopeError when there is none."""
    slug = _tenant.get()
    if slug is None:
        raise OutOfScopeError("aucune région en cours : entrez dans tenant_scope(slug)")
    return slug


def apply_scope(session: Session) -> None:
    """Write the scope into the transaction already open (a request that learns its tenant late)."""
    session.connection().exec_driver_sql(*_settings_statement())


def _settings_statement() -> tuple[str, tuple[str, str]]:
    sql = "select set_config('app.tenant', %s, true), set_config('app.user', %s, true)"
    return sql, (_tenant.get() or "", _user.get() or "")


@event.listens_for(Session, "after_begin")
def _tell_postgresql(session: Session, transaction: SessionTransaction, connection: object) -> None:
    connection.exec_driver_sql(*_settings_statement())  # type: ignore[attr-defined]


@event.listens_for(Session, "do_orm_execute")
def _filter_by_tenant(state: ORMExecuteState) -> None:
    if not (state.is_select or state.is_update or state.is_delete):
        return
    if state.is_column_load or state.is_relationship_load or state.execution_options.get("across_tenants"):
        return
    slug = _tenant.get()
    criteria = with_loader_criteria(TenantOwned, lambda cls: cls.tenant == slug, include_aliases=True)
    state.statement = state.statement.options(criteria)
