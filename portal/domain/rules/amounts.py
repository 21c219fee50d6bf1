"""Rules of values: equal, at least, at most, sums."""

from decimal import Decimal
from typing import Any

from portal.domain.fields import french
from portal.domain.rules.base import Args, Parameter, Problem, Rule, RuleView, is_name
from portal.domain.rules.values import empty, nearest, operand, order, same, spelled, total, words_of


def _equals(args: Args, view: RuleView) -> list[Problem]:
    found = _compared(args, view)
    if found is None or found:
        return []
    return [Problem(args["field"], f"« {view.label(args['field'])} » doit être égal à {_wanted(args, view)}.")]


def _not_equals(args: Args, view: RuleView) -> list[Problem]:
    if not _compared(args, view):
        return []
    return [Problem(args["field"], f"« {view.label(args['field'])} » ne peut pas être égal à {_wanted(args, view)}.")]


def _compared(args: Args, view: RuleView) -> bool | None:
    value = view.value(args["field"])
    if empty(value):
        return None
    if args["other"] is None:
        return same(value, args["value"] or "")
    other = view.value(args["other"])
    return None if empty(other) else order(value, other) == 0 or value == other


def _wanted(args: Args, view: RuleView) -> str:
    return words_of(args["other"], view) if args["other"] else spelled(_written(args["value"] or ""))


def _written(value: str) -> str:
    return value.replace(".", ",") if value.replace(".", "").isdigit() else value


def _at_least(args: Args, view: RuleView) -> list[Problem]:
    field, least = args["field"], args["min"]
    if order(view.value(field), operand(least, view)) != -1:
        return []
    return [Problem(field, f"« {view.label(field)} » ne peut pas être inférieur à {words_of(least, view)}.")]


def _at_most(args: Args, view: RuleView) -> list[Problem]:
    field, most = args["field"], args["max"]
    if order(view.value(field), operand(most, view)) != 1:
        return []
    return [Problem(field, f"« {view.label(field)} » ne peut pas dépasser {words_of(most, view)}.")]


def _given(patterns: list[str], view: RuleView) -> list[Any]:
    return [value for pattern in patterns for value in view.values(pattern) if isinstance(value, Decimal)]


def _sum_equals(args: Args, view: RuleView) -> list[Problem]:
    given, wanted = _given(args["fields"], view), operand(args["total"], view)
    if not given or not isinstance(wanted, Decimal) or total(given) == wanted:
        return []
    message = f"Le total est de {spelled(total(given))} au lieu de {words_of(args['total'], view)}."
    return [Problem(nearest(args["total"]) or _root(args["fields"][0]), message)]


def _sum_at_most(args: Args, view: RuleView) -> list[Problem]:
    most = operand(args["max"], view)
    own = _given(args["fields"], view)
    together = view.siblings() if args["across"] else ()
    others = total(value for one in together if one.id != view.id for value in _given(args["fields"], one))
    if not own or not isinstance(most, Decimal) or total(own) + others <= most:
        return []
    told = _left(args["max"], most - others, total(own), view) if args["across"] else None
    message = f"Le total est de {spelled(total(own))} ; il ne peut pas dépasser {words_of(args['max'], view)}."
    return [Problem(_root(args["fields"][0]), told or message)]


def _left(limit: str, left: Decimal, own: Decimal, view: RuleView) -> str:
    """What the other sheets leave of a limit, and by how much this one passes it."""
    unit = view.unit(limit) if is_name(limit) else None

    def amount(value: Decimal) -> str:
        return french.with_unit(spelled(value), unit)

    beginning = f"Il reste {amount(left)}" if left > 0 else "Il ne reste rien"
    return f"{beginning} sur {amount(operand(limit, view))} : {amount(own - max(left, Decimal(0)))} de trop."


def _root(pattern: str) -> str:
    """The field that a pattern of rows begins with."""
    return pattern.partition(".*")[0]


_FIELD = Parameter("field", "The field.")
_EQUAL = {
    "field": _FIELD,
    "value": Parameter("text", "The value, as stored: `0`, `oui`, `2026-01-31`, a code.", required=False),
    "other": Parameter("field", "Another field, instead of a value.", required=False),
}

RULES = (
    Rule(
        "equals",
        "The field has a given value, or that of another field.",
        "{rule: equals, field: financeurs.pole_emploi.effectif, value: 0, on: send}",
        "« Effectif » doit être égal à 0.",
        _equals,
        _EQUAL,
    ),
    Rule(
        "not_equals",
        "The field has not a given value. For a moment, an hour may be given alone.",
        '{rule: not_equals, field: fin_publication, value: "00:00", severity: warn}',
        "« Fin de la publication » ne peut pas être égal à 00:00.",
        _not_equals,
        _EQUAL,
    ),
    Rule(
        "at_least",
        "The field is not below a number, a day or another field.",
        "{rule: at_least, field: effectif_vise, min: nb_stagiaires, severity: warn}",
        "« Effectif visé » ne peut pas être inférieur à « Nb stagiaires » (11).",
        _at_least,
        {"field": _FIELD, "min": Parameter("operand", "Least value.")},
    ),
    Rule(
        "at_most",
        "The field is not above a number, a day or another field.",
        "{rule: at_most, field: effectif_min, max: effectif_vise}",
        "« Effectif min. » ne peut pas dépasser « Effectif visé » (10).",
        _at_most,
        {"field": _FIELD, "max": Parameter("operand", "Greatest value.")},
    ),
    Rule(
        "sum_equals",
        "The numbers of a pattern add up to a total. Nothing given, nothing to say.",
        "{rule: sum_equals, fields: financeurs.*.effectif, total: effectif_vise, severity: warn}",
        "Le total est de 12 au lieu de « Effectif visé » (10).",
        _sum_equals,
        {"fields": Parameter("fields", "Fields, or a pattern."), "total": Parameter("operand", "The total.")},
    ),
    Rule(
        "sum_at_most",
        "The numbers of a pattern do not exceed a limit: on the sheet or, with `across`, over all the sheets of a "
        "level under an ancestor, whatever their states; deleted ones no longer count. People who spend of one limit "
        "at the same time wait for one another.",
        "{rule: sum_at_most, fields: [heures], across: {level: session, under: module}, max: module.plafond}",
        "Il reste 3,75 h sur 24 h : 0,25 h de trop.",
        _sum_at_most,
        {
            "fields": Parameter("fields", "Fields, or a pattern."),
            "max": Parameter("operand", "The limit."),
            "across": Parameter("across", "`{level, under}`: the sheets taken together.", required=False),
        },
        frozenset({"siblings"}),
    ),
)
