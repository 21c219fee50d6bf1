"""What the directory holds: for each noun its table, its words, and what its form asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domain.organisations.models import Contact, OpenDay, Site
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

Row = Site | Contact | OpenDay


@dataclass(frozen=True)
class Noun:
    """One kind of entry. `fields` says what is asked in a region, by the names of the columns."""

    id: str
    kind: str  # in the journal: `site.changed`
    model: type[Row]
    label: str
    plural: str
    new: str
    fields: Callable[[Tenant], Sequence[FormField]]


def _site_fields(tenant: Tenant) -> Sequence[FormField]:
    return (
        FormField(id="name", label="Nom du site", max="150", required=True),
        FormField(id="code", label="Numéro interne", max="40", help="Le numéro sous lequel le Carif-Oref le connaît."),
        FormField(id="siret", label="SIRET", kind="siret"),
        FormField(
            id="uai", label="UAI", pattern="[0-9]{7}[A-Za-z]", help="Pour un établissement scolaire ou un CFA.",
            pattern_help="7 chiffres et une lettre sont attendus, par exemple 0691234A.",
        ),
        FormField(
            id="address", label="Adresse", kind="address", required=True, required_parts=["code_postal", "commune"],
            help="Le code INSEE se déduit du code postal et de la commune ; indiquez-le s’il y a un doute.",
        ),
    )  # fmt: skip


def _contact_fields(tenant: Tenant) -> Sequence[FormField]:
    duties = dict(tenant.who.directory.duties)
    asked = [
        FormField(id="name", label="Nom et prénom", max="150", required=True),
        FormField(id="code", label="Numéro interne", max="40"),
        FormField(id="phone", label="Téléphone", kind="phone"),
        FormField(id="mail", label="Adresse électronique", kind="email"),
    ]
    return [*asked, FormField(id="duties", label="Missions", kind="choices", choices=duties)] if duties else asked


def _open_day_fields(tenant: Tenant) -> Sequence[FormField]:
    return (
        FormField(id="starts_at", label="Début", kind="datetime", required=True),
        FormField(id="ends_at", label="Fin", kind="datetime"),
        FormField(id="site_id", label="Site", kind="site", help="Laissez vide si la journée a lieu ailleurs."),
        FormField(
            id="url", label="Page d’inscription", kind="url",
            help="L’adresse de la page où l’on s’inscrit, ou qui en dit plus.",
        ),
        FormField(id="text", label="Présentation", kind="longtext", max="1000", required=True),
        FormField(
            id="address", label="Adresse, si la journée a lieu ailleurs", kind="address",
            required_parts=["code_postal", "commune"],
        ),
    )  # fmt: skip


NOUNS: Mapping[str, Noun] = {
    noun.id: noun
    for noun in (
        Noun("sites", "site", Site, "Site", "Sites", "Ajouter un site", _site_fields),
        Noun("contacts", "contact", Contact, "Contact", "Contacts et référents", "Ajouter un contact", _contact_fields),
        Noun(
            "journees", "open_day", OpenDay, "Journée portes ouvertes", "Portes ouvertes",
            "Ajouter une journée portes ouvertes", _open_day_fields,
        ),
    )
}  # fmt: skip
"""Name in addresses → what is kept under it."""


def values_of(noun: Noun, tenant: Tenant, row: Row) -> dict[str, Any]:
    """What a row holds, by field, as kinds store it."""
    return {field.id: stored(getattr(row, field.id)) for field in noun.fields(tenant)}


def stored(value: Any) -> Any:
    """A column as kinds store it: moments and ids as text."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value if value is None or isinstance(value, str | list | dict) else str(value)
