"""Rules of codes: does a reference table know them, may they still be used. A table may be partial: prefer to warn."""

from collections.abc import Iterator
from typing import Any

from portal.domain.fields import french
from portal.domain.rules.base import Args, Code, Parameter, Problem, Rule, RuleView
from portal.domain.rules.values import aligned, operand


def _codes(args: Args, view: RuleView) -> Iterator[tuple[str, Any]]:
    """Each code of the field with what the table says; nothing where the table was not loaded."""
    known = view.facts.get("codes")
    value = view.value(args["field"])
    for code in value if isinstance(value, list) else [value]:
        if known is not None and isinstance(code, str) and code:
            yield code, known.get(code)


def _known_code(args: Args, view: RuleView) -> list[Problem]:
    label = view.label(args["field"])
    return [
        Problem(args["field"], f"« {label} » : le code {code} est inconnu de la liste de référence.")
        for code, found in _codes(args, view)
        if found is None
    ]


def _valid_code(args: Args, view: RuleView) -> list[Problem]:
    at = operand(args["at"], view) if args["at"] else view.today
    return [
        Problem(args["field"], _expired(view.label(args["field"]), code, found))
        for code, found in _codes(args, view)
        if isinstance(found, Code) and (pair := aligned(found.valid_until, at)) and pair[1] > pair[0]
    ]


def _expired(label: str, code: str, found: Code) -> str:
    last = f" depuis le {french.day(found.valid_until)}" if found.valid_until else ""
    instead = f" ; il est remplacé par {found.replaced_by}" if found.replaced_by else ""
    return f"« {label} » : le code {code} n'est plus valable{last}{instead}."


_PARAMETERS = {
    "field": Parameter("field", "The field that holds the code, or the codes."),
    "table": Parameter("text", "The reference table: `certifications`, `formacodes`, `communes`…"),
}

RULES = (
    Rule(
        "known_code",
        "The reference table knows the code.",
        "{rule: known_code, field: certification, table: certifications, severity: warn}",
        "« Code Certifinfo » : le code 999999 est inconnu de la liste de référence.",
        _known_code,
        _PARAMETERS,
        frozenset({"codes"}),
    ),
    Rule(
        "valid_code",
        "The code may still be used: today, or at the day named by `at`. A code the table does not know is not judged.",
        "{rule: valid_code, field: certification, table: certifications, at: date_fin, severity: warn}",
        "« Code Certifinfo » : le code 109049 n'est plus valable depuis le 31/12/2026 ; il est remplacé par 118000.",
        _valid_code,
        {**_PARAMETERS, "at": Parameter("operand", "The day; today by default.", required=False)},
        frozenset({"codes"}),
    ),
)
