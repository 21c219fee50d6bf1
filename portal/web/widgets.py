"""Which control asks each kind of field, and what it holds."""

from collections.abc import Mapping
from typing import Any

from portal.tenancy.schema import FormField
from portal.web.coded import typed_codes

WIDGETS: Mapping[str, str] = {
    "text": "text", "longtext": "longtext", "integer": "integer", "decimal": "decimal", "money": "money",
    "boolean": "boolean", "date": "date", "time": "time", "datetime": "datetime", "choice": "choice",
    "choices": "choices", "email": "email", "phone": "phone", "url": "url", "siret": "code", "nir": "code",
    "commune": "commune", "address": "address", "contact": "select", "site": "select", "organisation": "select",
    "person": "select", "formacode": "lookup", "certification": "lookup", "reference": "lookup", "file": "file",
    "computed": "computed", "inherited": "readonly", "rows": "rows",
}  # fmt: skip
"""Kind → control of components/fields.html."""


def widget_of(definition: FormField) -> str:
    """The control that asks a field."""
    if definition.kind == "boolean" and definition.required:
        return "radios"
    return WIDGETS[definition.kind]


def typed_value(definition: FormField, raw: Any) -> Any:
    """What the control holds."""
    if definition.kind == "formacode":
        return typed_codes(raw)
    return raw if raw is not None else ([] if definition.kind == "choices" else "")
