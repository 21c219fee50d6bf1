"""What an entry must say, and what deserves a second look."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.domain.directory.errors import EntryError
from portal.domain.fields import KINDS, Fault
from portal.domain.organisations.models import Organisation
from portal.tenancy.schema import FormField

ASKED = "Ce champ est demandé."
SIREN = 9  # digits of a SIRET that name the company


def validate_entry(fields: Sequence[FormField], values: Mapping[str, Any]) -> None:
    """Raises EntryError when something required is missing, when a day ends before it begins or is at two places."""
    faults: dict[str, Fault] = {}
    for field in fields:
        value = values.get(field.id)
        if field.required and value in (None, "", [], {}):
            faults[field.id] = Fault(ASKED)
        elif parts := KINDS[field.kind].missing(value, field):
            faults[field.id] = Fault(ASKED, parts=dict.fromkeys(parts, ASKED))
    start, end = values.get("starts_at"), values.get("ends_at")
    if start and end and end <= start:
        faults["ends_at"] = Fault("La fin vient après le début.")
    if start and values.get("site_id") and values.get("address"):
        faults["site_id"] = Fault("Choisissez un site, ou donnez une adresse : pas les deux.")
    if faults:
        raise EntryError(faults)


def remarks_on(organisation: Organisation, values: Mapping[str, Any]) -> dict[str, str]:
    """What is allowed and yet surprising, by field: a SIRET of another company, a town without its INSEE code."""
    found: dict[str, str] = {}
    siret, address = values.get("siret"), values.get("address")
    if siret and siret[:SIREN] != organisation.siret[:SIREN]:
        siren = organisation.siret[:SIREN]
        found["siret"] = f"Ce SIRET n’est pas celui d’un établissement de {organisation.name} (SIREN {siren})."
    if address and not address.get("insee") and address.get("pays", "FRANCE") == "FRANCE":
        found["address"] = "Le code INSEE de la commune n’a pas pu être déduit : vérifiez le code postal et la commune."
    return found
