"""Slug → Tenant, at the version asked for.

At start every folder is read and checked. The text of each is published under a number the first time it is seen, so
that
a sheet, a revision or a decision can always be read under the very configuration it was made with.
"""

import threading
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.tenancy.faults import TenantFaults
from portal.tenancy.loader import Check, load_files, load_tenant
from portal.tenancy.models import ConfigVersion
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant


class UnknownTenantError(KeyError):
    """No region has this slug."""


class Registry:
    """The regions of this process. `load` reads the folders; `publish` numbers what changed; `at` reads a past
    version.
    """

    def __init__(self) -> None:
        self._current: dict[str, Tenant] = {}
        self._past: dict[tuple[str, int], Tenant] = {}
        self._check: Check | None = None
        self._lock = threading.Lock()

    def load(self, folder: Path, check: Check | None = None) -> None:
        """Read and check every folder that does not begin with `_`. Raises TenantFaults listing the faults of all."""
        self._check, faults, found = check, [], {}
        for path in sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(("_", "."))):
            try:
                tenant = load_tenant(path, check)
                found[tenant.slug] = tenant
            except TenantFaults as error:
                faults += error.faults
        if faults:
            raise TenantFaults(faults)
        self._current = found
        self._past.clear()

    def slugs(self) -> list[str]:
        """The slugs of the regions, in order."""
        return list(self._current)

    def all(self) -> list[Tenant]:
        """The regions, in order of slug."""
        return list(self._current.values())

    def get(self, slug: str) -> Tenant:
        """The region in force. Raises UnknownTenantError."""
        try:
            return self._current[slug]
        except KeyError:
            raise UnknownTenantError(slug) from None

    def at(self, session: Session, slug: str, version: int) -> Tenant:
        """The region as it was at a version; the one in force when that version is it, or was never published."""
        current = self.get(slug)
        if version in (0, current.version):
            return current
        if (slug, version) not in self._past:
            query = select(ConfigVersion).where(ConfigVersion.tenant == slug, ConfigVersion.number == version)
            row = session.scalar(query)
            if row is None:
                return current
            self._past[slug, version] = load_files(row.files, f"tenants/{slug}@{version}", None, version=version)
        return self._past[slug, version]

    def publish(self, session: Session, slug: str) -> tuple[Tenant, bool]:
        """Give the folder's text a number if it is new; returns the region at that number and whether it is new."""
        tenant = self.get(slug)
        with self._lock, tenant_scope(slug):
            last = session.scalar(select(ConfigVersion).order_by(ConfigVersion.number.desc()).limit(1))
            same = last is not None and last.digest == tenant.digest
            if last is not None and same:
                number = last.number
            else:
                number = (session.scalar(select(func.max(ConfigVersion.number))) or 0) + 1
                session.add(ConfigVersion(tenant=slug, number=number, digest=tenant.digest, files=tenant.files))
                session.flush()
        if tenant.version != number:
            tenant = load_files(tenant.files, f"tenants/{slug}", None, version=number)
            self._current[slug] = tenant
        return tenant, not same

    def adopt(self, session: Session, slug: str) -> Tenant:
        """At start: take the number under which this text was published, without publishing anything."""
        tenant = self.get(slug)
        with tenant_scope(slug):
            query = (
                select(ConfigVersion.number)
                .where(ConfigVersion.digest == tenant.digest)
                .order_by(ConfigVersion.number.desc())
            )
            number = session.scalar(query.limit(1)) or 0
        if number and number != tenant.version:
            self._current[slug] = load_files(tenant.files, f"tenants/{slug}", None, version=number)
        return self._current[slug]


registry = Registry()
