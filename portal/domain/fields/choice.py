"""Yes or no, one value among several, several values among others."""

from collections.abc import Sequence
from typing import Any

from portal.domain import lheo_tables
from portal.domain.conditions.types import Type, quoted
from portal.domain.fields import french
from portal.domain.fields.base import Context, Form, Kind, limit, review_whole
from portal.domain.fields.faults import Fault
from portal.domain.fields.words import one_line, scalar
from portal.tenancy.schema import FormField

Options = Sequence[tuple[str, str]]
_YES = frozenset({"oui", "o", "1", "true", "vrai", "on", "yes", "x"})
_NO = frozenset({"non", "n", "0", "false", "faux", "off", "no"})


def offers(field: FormField, context: Context | None) -> Options | None:
    """The values a choice offers, with their words; None when they depend on the sheet and were not given."""
    if field.table and field.table.startswith(lheo_tables.PREFIX):
        named = field.choices or {}
        official = lheo_tables.offered(field.table)
        return [(code, named.get(code, label)) for code, label in official if not named or code in named]
    if field.choices:
        return list(field.choices.items())
    return context.options.get(field.id) if context else None


def label_of(code: str, field: FormField, context: Context | None) -> str:
    """The words of a stored value; the value itself when nothing says them any more."""
    words = dict(offers(field, context) or ())
    if code in words:
        return words[code]
    official = lheo_tables.label(field.table, code) if field.table else None
    known = context.lookups.label(field.table, code) if context and field.table and not official else None
    return official or known or code


class Boolean(Kind):
    name = "boolean"
    doc = (
        "Yes or no: a box to tick or, where it is required, two buttons « Oui » and « Non », "
        "so that nobody answers by silence."
    )
    stored = "true or false"
    example = "{id: adresse_differente, label: Je veux mettre une adresse différente, kind: boolean}"
    widget = "checkbox"
    condition_type = Type.BOOL

    def widget_for(self, field: FormField) -> str:
        """Two buttons where an answer is required."""
        return "radios" if field.required else "checkbox"

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """True or False."""
        typed = one_line(scalar(raw)).lower()
        if typed in _YES:
            return True
        if typed in _NO:
            return False
        raise Fault("Répondez par oui ou par non.")

    def raw(self, value: Any, field: FormField) -> Any:
        """`oui`, `non`, or nothing."""
        return {True: "oui", False: "non"}.get(value, "") if isinstance(value, bool) else ""

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« Oui », « Non »."""
        return str(self.raw(value, field)).capitalize()

    def python(self, value: Any, field: FormField) -> Any:
        """A bool."""
        return value if isinstance(value, bool) else None


class Choice(Kind):
    name = "choice"
    doc = (
        "One value among those of `choices`, of an official `table`, or of the sheet itself or an ancestor (`among`). "
        "With both `table` and `choices`, the table gives the codes and `choices` keeps some of them, with other words."
    )
    example = "{id: type, label: Type, kind: choice, choices: {infocoll: Information Collective, test: Test}}"
    widget = "select"
    settings = frozenset({"choices", "table", "among", "icons"})

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The value, which must be offered."""
        value = one_line(scalar(raw))
        if offers(field, context) is None and not context.trusted:
            raise Fault("Aucune valeur n'est proposée pour le moment.")
        return value or None

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """The value is still offered; values that were not given cannot be checked."""
        offered = offers(field, context)
        if offered is None:
            return [] if len(str(value)) <= 255 else ["Cette valeur est trop longue."]
        codes = {code for code, _ in offered}
        wrong = [str(item) for item in self.items(value) if not isinstance(item, str) or item not in codes]
        return [f"{quoted(wrong[0])} ne fait pas partie des valeurs proposées."] if wrong else []

    def items(self, value: Any) -> list[Any]:
        """The values stored, as a list."""
        return [value]

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """The words of the value."""
        return label_of(value, field, context) if isinstance(value, str) else ""

    def review(self, field: FormField) -> list[str]:
        """Values that its official table does not have, pictograms of values that it does not offer. The loader sees to
        it that there are values, and a table.
        """
        strange = sorted(set(field.icons) - set(field.choices or {}))
        icons = [f"« icons » : « {code} » ne fait pas partie de « choices »" for code in strange]
        return [*super().review(field), *_not_official(field), *icons]


class Choices(Choice):
    name = "choices"
    doc = "Several values among those offered, kept in the order in which they are offered; `max` bounds their number."
    stored = "list of texts"
    example = "{id: rythmes, label: Rythmes, kind: choices, choices: {plein: temps plein, partiel: temps partiel}}"
    widget = "checkboxes"
    condition_type = Type.LIST
    settings = frozenset({"choices", "table", "among", "max"})

    def read(self, form: Form, name: str, field: FormField) -> Any:
        """Every value ticked."""
        return [value for value in form.getlist(name) if value]

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The values, once each, in the order of the offer."""
        given = raw if isinstance(raw, list | tuple) else [raw]
        if len(given) > 1000:
            raise Fault("Ces valeurs sont trop nombreuses.")
        values = list(dict.fromkeys(one_line(scalar(item)) for item in given))
        offered = offers(field, context)
        if offered is None and not context.trusted:
            raise Fault("Aucune valeur n'est proposée pour le moment.")
        order = {code: rank for rank, (code, _) in enumerate(offered or ())}
        return sorted(filter(None, values), key=lambda value: order.get(value, len(order))) or None

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """Values offered, and not too many."""
        most = limit(field.max, 1000)
        if len(self.items(value)) > most:
            return [f"{french.plural(most, 'réponse')} au plus."]
        return super().check(value, field, context)

    def items(self, value: Any) -> list[Any]:
        """The values."""
        return value if isinstance(value, list) else [value]

    def raw(self, value: Any, field: FormField) -> Any:
        """The list itself."""
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """The words, separated by commas."""
        return ", ".join(label_of(item, field, context) for item in self.raw(value, field))

    def text(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """The words, separated by semicolons."""
        return " ; ".join(label_of(item, field, context) for item in self.raw(value, field))

    def python(self, value: Any, field: FormField) -> Any:
        """A list of texts."""
        return self.raw(value, field) or None

    def review(self, field: FormField) -> list[str]:
        """As for a choice, and a number as `max`."""
        return [*super().review(field), *review_whole(field, "max")]


def _not_official(field: FormField) -> list[str]:
    table = lheo_tables.find(field.table) if field.table else None
    known = dict(table.current) if table else field.choices or {}
    return [f"« {code} » n'est pas un code de {field.table}" for code in field.choices or {} if code not in known]
