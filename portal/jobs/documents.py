"""The documents of deliveries: made from their revisions, under the region as it was when these were made."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.domain.deliveries import payload
from portal.domain.deliveries.actions import Claim
from portal.domain.deliveries.parcels import Parcel
from portal.domain.sheets.models import Revision
from portal.tenancy.registry import registry
from portal.tenancy.tenant import Tenant

_COLUMNS = (Revision.id, Revision.number, Revision.snapshot, Revision.config_version, Revision.made_at)


@dataclass
class Documents:
    """The maker of one target's documents. `site` is the portal's own address, where receipts may come later."""

    session: Session
    tenant: Tenant
    target: str
    site: str = ""
    _versions: dict[int, Tenant] = field(default_factory=dict)

    def revisions(self, claims: Iterable[Claim]) -> dict[uuid.UUID, Row[Any]]:
        """The frozen units of some deliveries, in one query; no more of each than documents are made of."""
        query = select(*_COLUMNS).where(Revision.id.in_({claim.revision_id for claim in claims}))
        return {row.id: row for row in self.session.execute(query)}

    def parcel(self, claim: Claim, revision: Row[Any]) -> Parcel:
        """The document of a delivery, ready to leave. Raises whatever makes it impossible to make."""
        tenant = self._tenant_at(revision.config_version)
        body = payload.build(tenant, revision, claim)
        content_type = payload.format_of(tenant, claim.target).content_type
        callback = f"{self.site}/api/v1/{tenant.slug}/accuses/{claim.id}" if self.site else ""
        return Parcel(tenant.slug, claim.target, claim.id, claim.verb, body, content_type, callback)

    def _tenant_at(self, version: int) -> Tenant:
        """The region as it was when the revision was made, provided it knew this target; as it is otherwise."""
        if version not in self._versions:
            then = registry.at(self.session, self.tenant.slug, version)
            self._versions[version] = then if self.target in then.flows.targets else self.tenant
        return self._versions[version]
