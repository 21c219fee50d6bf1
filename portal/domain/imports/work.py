"""What each task of a chunk works with: the run, its region, who brought the file."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.fields.base import Lookups
from portal.domain.imports.known import among, batches, organisations_of, sites_of
from portal.domain.imports.models import ImportedRow, ImportRun, ImportTask
from portal.domain.imports.table import bare
from portal.domain.organisations.models import Organisation, Site
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.nodes import OrganisationCard
from portal.tenancy.schema import Import, ImportedSheet
from portal.tenancy.tenant import Tenant


@dataclass
class Work:
    """One chunk under way."""

    session: Session
    tenant: Tenant
    run: ImportRun
    definition: Import
    today: date
    at: datetime
    lookups: Lookups = field(default_factory=ReferenceLookups)
    cards: dict[str, OrganisationCard] = field(default_factory=dict)
    sites: dict[uuid.UUID, list[Site]] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Whoever brought the file; the portal writes in their name."""
        return Actor(self.run.made_by, self.run.made_by_name, side="system")

    def sheet_of(self, level: str) -> ImportedSheet:
        """How the sheets of a level are imported."""
        return next(sheet for sheet in self.definition.sheets if sheet.level == level)

    def rows(self, level: str, keys: Collection[str]) -> dict[str, ImportedRow]:
        """What is known of some sheets of a level, by key."""
        query = select(ImportedRow).where(ImportedRow.import_id == self.run.import_id, ImportedRow.level == level)
        return {
            row.key: row
            for some in batches(keys)
            for row in self.session.scalars(query.where(among(ImportedRow.key, some)))
        }

    def read_organisations(self, tasks: list[ImportTask]) -> None:
        """Look up the organisations that some sheets name, and their sites."""
        sirets = {siret for task in tasks for siret in sirets_of(task.said)}
        ids = organisations_of(self.session, sirets)
        columns = (Organisation.siret, Organisation.id, Organisation.name)
        query = select(*columns).where(Organisation.id.in_(ids.values()))
        self.cards = {siret: OrganisationCard(found, siret, name) for siret, found, name in self.session.execute(query)}
        self.sites = sites_of(self.session, list(ids.values()))

    def resolved(self, level: str, values: dict[str, Any]) -> dict[str, Any]:
        """Stored values: an organisation of the line becomes its entry in the directory, or its site's."""
        fields = self.tenant.fields(level)
        return {
            name: self._entry(fields[name].kind, value) if isinstance(value, dict) and "siret" in value else value
            for name, value in values.items()
            if name in fields
        }

    def _entry(self, kind: str, value: dict[str, Any]) -> str | None:
        card = self.cards.get(value["siret"])
        if card is None or kind == "organisation":
            return str(card.id) if card else None
        offered = [site for site in self.sites.get(card.id, []) if site.offered]
        named = (site for site in offered if value["site"] and bare(site.name) == bare(value["site"]))
        found = next(named, next(iter(offered), None))
        return str(found.id) if found else None


def sirets_of(said: dict[str, Any]) -> set[str]:
    """The organisations that a sheet names."""
    values = [*said["follows"].values(), *said["first"].values()]
    found = {value["siret"] for value in values if isinstance(value, dict) and "siret" in value}
    return found | ({said["organisation"]} if said["organisation"] else set())
