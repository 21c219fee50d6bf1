"""Fields that repeat one of an ancestor (`inherited`): they say what it says, in its own words."""

from typing import TYPE_CHECKING

from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

if TYPE_CHECKING:
    from portal.domain.sheets.view import View

KIND = "inherited"


def repeated_field(tenant: Tenant, field: FormField) -> FormField | None:
    """The field that an inherited one repeats; None for any other kind, and for a part of a value."""
    if field.kind != KIND or field.fill is None:
        return None
    level, _, name = field.fill.origin.partition(".")
    return tenant.field(level, name) if level in tenant.who.levels else None


def repeated(view: "View", field: FormField) -> tuple["View", FormField] | None:
    """The same, with the view of the ancestor that holds it."""
    origin = repeated_field(view.tenant, field)
    above = view.node.ancestor(field.fill.origin.partition(".")[0]) if origin is not None and field.fill else None
    return (view.of(above), origin) if above is not None and origin is not None else None
