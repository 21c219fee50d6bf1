"""Whole numbers, decimals, amounts. Stored as an integer, or as a text with exactly the decimals of the field."""

import re
from collections.abc import Iterable
from decimal import Decimal as Dec
from decimal import InvalidOperation
from typing import Any

from portal.domain.conditions.types import Type
from portal.domain.fields import french
from portal.domain.fields.base import Context, Kind
from portal.domain.fields.faults import Fault
from portal.domain.fields.words import one_line, scalar
from portal.tenancy.schema import FormField

_NUMBER = re.compile(r"([+-]?)([0-9]{0,15})(?:[.,]([0-9]{0,30}))?")
_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\u2009\u2007"))
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})


class Integer(Kind):
    name = "integer"
    doc = "A whole number, with `min` and `max`."
    stored = "number"
    example = "{id: effectif_vise, label: Effectif visé, kind: integer, min: 1}"
    widget = "number"
    inputmode = "numeric"
    condition_type = Type.NUMBER
    settings = frozenset({"min", "max", "unit"})
    hint = "Indiquez un nombre entier, par exemple 12."

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """« 1 234 » → 1234."""
        whole, decimals = _digits(one_line(scalar(raw)), self.units(field), self.hint)
        if decimals.strip("0"):
            raise Fault(self.hint)
        return int(whole)

    def units(self, field: FormField) -> Iterable[str]:
        """What people may write after the number."""
        return [field.unit] if field.unit else []

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """Least and greatest value."""
        given = self.python(value, field)
        least, most = _decimal(field.min), _decimal(field.max)
        if given is None:
            return []
        if least is not None and given < least:
            return [f"Le minimum est {self.written(least, field)}."]
        if most is not None and given > most:
            return [f"Le maximum est {self.written(most, field)}."]
        return []

    def raw(self, value: Any, field: FormField) -> Any:
        """Digits and a decimal comma, without spaces."""
        given = self.python(value, field)
        return "" if given is None else str(_short(given)).replace(".", ",")

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« 1 234 h »."""
        given = self.python(value, field)
        return "" if given is None else self.written(given, field)

    def written(self, value: Dec, field: FormField) -> str:
        """A number as it is said of this field."""
        return french.with_unit(french.number(_short(value)), field.unit)

    def text(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """Digits and a decimal comma: spreadsheets read it as a number."""
        return str(self.raw(value, field))

    def python(self, value: Any, field: FormField) -> Any:
        """A Decimal, for conditions."""
        return _decimal(value)

    def review(self, field: FormField) -> list[str]:
        """Limits that are not numbers."""
        faults = super().review(field)
        for name in ("min", "max"):
            written = getattr(field, name)
            if written is not None and _decimal(written) is None:
                faults.append(f"« {name} » : nombre attendu, lu « {written} »")
        return faults


class Decimal(Integer):
    name = "decimal"
    doc = "A number with decimals (`decimals`, 2 by default), written with a comma or a point."
    stored = "text: `1234.50`"
    example = "{id: heures, label: Heures, kind: decimal, decimals: 1, unit: h, min: 0}"
    inputmode = "decimal"
    settings = frozenset({"min", "max", "unit", "decimals"})
    hint = "Indiquez un nombre, par exemple 12,5."

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """« 1 234,5 » → `1234.50`."""
        whole, decimals = _digits(one_line(scalar(raw)), self.units(field), self.hint)
        allowed = self.decimals(field)
        if len(decimals) > allowed:
            raise Fault(f"{french.plural(allowed, 'décimale')} au plus." if allowed else Integer.hint)
        value = Dec(f"{whole}.{decimals}0").quantize(Dec(1).scaleb(-allowed))
        return str(abs(value) if value == 0 else value)

    def decimals(self, field: FormField) -> int:
        """How many decimals are kept."""
        return field.decimals

    def same(self, one: Any, other: Any, field: FormField) -> bool:
        """Numbers are the same whatever their decimals."""
        return self.python(one, field) == self.python(other, field)


class Money(Decimal):
    name = "money"
    doc = "An amount in euros."
    example = "{id: frais_ht, label: Frais HT, kind: money, min: 0}"
    settings = frozenset({"min", "max"})
    hint = "Indiquez un montant, par exemple 1 234,50."

    def units(self, field: FormField) -> Iterable[str]:
        """« € », « euros », « EUR »."""
        return ("€", "euros", "euro", "eur")

    def decimals(self, field: FormField) -> int:
        """Cents."""
        return 2

    def raw(self, value: Any, field: FormField) -> Any:
        """Two decimals, unless there are none."""
        given = self.python(value, field)
        whole = given is None or given == given.to_integral_value()
        return super().raw(value, field) if whole else str(given.quantize(Dec("0.01"))).replace(".", ",")

    def written(self, value: Dec, field: FormField) -> str:
        """« 1 234,50 € »."""
        return french.with_unit(french.number(value.quantize(Dec("0.01"))), "€")


def _digits(typed: str, units: Iterable[str], hint: str) -> tuple[str, str]:
    """The signed whole part and the decimals of what was typed."""
    typed = typed.translate(_SPACES).translate(_MINUS)
    for unit in units:
        bare = unit.translate(_SPACES)
        if typed.lower().endswith(bare.lower()):
            typed = typed[: len(typed) - len(bare)]
            break
    read = _NUMBER.fullmatch(typed)
    if not read or not (read[2] or read[3]):
        raise Fault("Ce nombre est trop grand." if typed.lstrip("+-").isdecimal() and typed.isascii() else hint)
    return read[1].replace("+", "") + (read[2] or "0"), read[3] or ""


def _decimal(value: Any) -> Dec | None:
    """The number stored, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int) or (isinstance(value, str) and len(value) > 40):
        return None
    if isinstance(value, int) and abs(value) >= 10**18:
        return None
    try:
        read = Dec(value)
    except InvalidOperation:
        return None
    return read if read.is_finite() and -40 < read.adjusted() < 40 else None


def _short(value: Dec) -> Dec | int:
    """The number without useless decimals."""
    return int(value) if value == value.to_integral_value() else value.normalize()
