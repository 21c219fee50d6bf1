"""Entering a region that the address does not name the usual way: in a key, or in a form."""

from flask import g

from portal.extensions import db
from portal.tenancy.registry import registry
from portal.tenancy.scope import apply_scope, tenant_scope
from portal.tenancy.tenant import Tenant
from portal.web.scoping import find_tenant


def enter_region(slug: str) -> Tenant | None:
    """Put the rest of the request in a region's scope; None when there is no such region."""
    if slug not in registry.slugs():
        return None
    g.scopes.enter_context(tenant_scope(slug))
    apply_scope(db.session())  # the transaction may be open already
    g.tenant = find_tenant(slug)
    return g.tenant
