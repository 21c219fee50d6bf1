"""Which region and which person a request is about, settled before its first statement and undone after its last."""

from contextlib import ExitStack
from typing import Any

from flask import Flask, abort, current_app, g, session

from portal.extensions import db
from portal.tenancy.registry import UnknownTenantError, registry
from portal.tenancy.scope import tenant_scope, user_scope
from portal.tenancy.tenant import Tenant

USER_KEY = "_user_id"  # where Flask-Login keeps the id in the signed session


def init_app(app: Flask) -> None:
    """Addresses that begin with `/<tenant>/` open that region; views neither receive nor repeat it."""
    app.url_value_preprocessor(_enter)
    app.url_defaults(_stay_in_the_region)
    app.teardown_request(_leave)


def _enter(endpoint: str | None, values: dict[str, Any] | None) -> None:
    # PostgreSQL reads both settings at the first statement of a transaction: they come before any.
    g.tenant = None
    g.scopes = ExitStack()
    g.scopes.enter_context(user_scope(session.get(USER_KEY)))
    slug = values.pop("tenant", None) if values else None
    if slug is not None:
        g.scopes.enter_context(tenant_scope(slug))
        g.tenant = find_tenant(slug)


def find_tenant(slug: str) -> Tenant:
    """The region of a slug; a page that does not exist when there is none."""
    try:
        tenant = registry.get(slug)
    except UnknownTenantError:
        abort(404)
    return registry.adopt(db.session(), slug) if tenant.version == 0 and _first_look(slug) else tenant


def _first_look(slug: str) -> bool:
    # Under which number this configuration was published is asked once per process, and not at its start:
    # the worker forks, and no connection may be open before it does.
    looked: set[str] = current_app.extensions.setdefault("tenants_looked_up", set())
    if slug in looked:
        return False
    looked.add(slug)
    return True


def _stay_in_the_region(endpoint: str, values: dict[str, Any]) -> None:
    tenant = g.get("tenant")
    if tenant is not None and "tenant" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "tenant"):
        values["tenant"] = tenant.slug


def _leave(error: BaseException | None) -> None:
    scopes = g.pop("scopes", None)
    if scopes is not None:
        scopes.close()
