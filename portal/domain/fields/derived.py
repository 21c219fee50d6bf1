"""Values that nobody types: computed from others, or inherited from an ancestor. No form gives them."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from portal.domain.conditions.types import Type
from portal.domain.fields import french
from portal.domain.fields.base import Context, Form, Kind
from portal.tenancy.schema import FormField

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Computed(Kind):
    name = "computed"
    doc = "A value computed from others: an expression (`value`), or a declared `function` with its `args`."
    stored = "nothing: computed each time"
    example = '{id: frais_ttc, label: Frais TTC, kind: computed, value: "frais_ht * (100 + taux_tva) / 100", unit: €}'
    widget = "readonly"
    condition_type = Type.ANY
    settings = frozenset({"value", "function", "args", "unit", "decimals"})

    def read(self, form: Form, name: str, field: FormField) -> Any:
        """Nothing: whatever a form pretends."""
        return ""

    def clean(self, raw: Any, field: FormField, context: Context) -> Any:
        """Nothing is stored."""
        return None

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """The value in French, by what it is."""
        if value is None:
            return ""
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, bool):
            return "Oui" if value else "Non"
        if isinstance(value, int | float | Decimal):
            return self._number(value, field)
        if isinstance(value, datetime):
            return f"{french.day(value)} à {french.hour(value.time())}"
        if isinstance(value, date):
            return french.day(value)
        if isinstance(value, time):
            return french.hour(value)
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    def _number(self, value: int | float | Decimal, field: FormField) -> str:
        number = Decimal(str(value)) if not isinstance(value, int) or abs(value) < 10**18 else Decimal(0)
        if not number.is_finite() or abs(number.adjusted()) > 18:
            return ""
        rounded = number.quantize(Decimal(1).scaleb(-field.decimals))
        whole = rounded == rounded.to_integral_value() and field.unit != "€"
        return french.with_unit(french.number(int(rounded) if whole else rounded), field.unit)

    def text(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """Numbers as a spreadsheet reads them."""
        return self.show(value, field, context).replace(french.THIN, "").removesuffix(f"{french.NBSP}{field.unit}")

    def python(self, value: Any, field: FormField) -> Any:
        """The value as computed."""
        return value

    def review(self, field: FormField) -> list[str]:
        """One way to compute, and only one."""
        faults = super().review(field)
        if (field.value is None) == (field.function is None):
            faults.append("un champ calculé a soit « value », soit « function »")
        return faults


class Inherited(Computed):
    name = "inherited"
    doc = "A field of an ancestor, shown here in the words it has there: `fill: {from: dossier.contact_nom}`."
    stored = "nothing: read on the ancestor"
    example = "{id: contact, label: Contact du dossier, kind: inherited, fill: {from: dossier.contact_nom}}"
    settings = frozenset()

    def review(self, field: FormField) -> list[str]:
        """It says from where."""
        faults = super(Computed, self).review(field)
        return [*faults, *([] if field.fill else ["« fill: {from: …} » manque : de quel ancêtre vient la valeur ?"])]


def _text(value: str) -> str:
    """A text as it is; a day as it is stored, as people read it."""
    try:
        return french.day(date.fromisoformat(value)) if DAY.fullmatch(value) else value
    except ValueError:
        return value
