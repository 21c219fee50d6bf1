"""Kinds of field: how each thing a sheet asks is read, cleaned, checked, shown, compared. `docs/kinds.md` lists them.

kind = KINDS[field.kind]
raw = kind.read(request.form, field.id, field)
value = kind.clean(raw, field, Context(today=today, options=options, lookups=lookups))      # raises Fault
kind.show(value, field, context)                                                            # « 15/02/2022 »
"""

from collections.abc import Mapping

from portal.domain.fields.address import PARTS, Address, Part
from portal.domain.fields.base import COMMON, Context, Form, Kind, Lookups, NoLookups, Place
from portal.domain.fields.choice import Boolean, Choice, Choices, label_of, offers
from portal.domain.fields.codes import Certification, Commune, Formacode, Nir, Reference, Siret
from portal.domain.fields.dates import Date, DateTime, Time
from portal.domain.fields.derived import Computed, Inherited
from portal.domain.fields.faults import Fault
from portal.domain.fields.files import File, size_of
from portal.domain.fields.number import Decimal, Integer, Money
from portal.domain.fields.people import Contact, Organisation, Person, Site
from portal.domain.fields.reach import Email, Phone, Url
from portal.domain.fields.rows import ID, Rows, new_id
from portal.domain.fields.text import LongText, Text

__all__ = [
    "COMMON", "ID", "KINDS", "PARTS", "Context", "Fault", "Form", "Kind", "Lookups", "NoLookups", "Part", "Place",
    "Rows", "label_of", "new_id", "offers", "size_of",
]  # fmt: skip

_SIMPLE: tuple[type[Kind], ...] = (
    Text, LongText, Integer, Decimal, Money, Boolean, Date, Time, DateTime, Choice, Choices, Email, Phone, Url,
    Siret, Nir, Commune, Address, Contact, Site, Organisation, Person, Formacode, Certification, Reference, File,
    Computed, Inherited,
)  # fmt: skip
_table: dict[str, Kind] = {kind.name: kind() for kind in _SIMPLE}
_table[Rows.name] = Rows(_table)

KINDS: Mapping[str, Kind] = _table
"""The kinds, by the name tenants write."""
