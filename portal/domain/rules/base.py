"""What a rule is: its parameters, the facts it needs, what it sees of a sheet. Rules are pure: they ask no database."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from portal.domain.conditions import Closures

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.([a-z0-9_]+|\*))*")

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """What does not hold, and where: `field` is a dotted name, None when it is the whole sheet's.

    `below` is the level of the sheets that are missing under this one.
    """

    field: str | None
    message: str
    below: str = ""


@dataclass(frozen=True)
class Code:
    """What a reference table says of a code. `valid_until` is the last day on which it may be used."""

    label: str
    valid_until: date | None = None
    replaced_by: str | None = None


class RuleView(Protocol):
    """A sheet as a rule sees it. Dotted names reach the rows of a field and the fields of ancestors.

    `facts` holds what the rule declared: `siblings` (read through `siblings()`), `enrolments` (number by state, `""`
    for all), `codes` (code → Code, or None when the table does not know it), `holidays` and `school` (days off, read
    through `closures`), `elsewhere` (the sheets of the region that name the same people, read through `elsewhere()`).
    """

    today: date
    now: datetime
    facts: Mapping[str, Any]

    @property
    def id(self) -> Any: ...
    @property
    def title(self) -> str: ...
    def value(self, dotted: str) -> Any: ...
    def values(self, pattern: str) -> list[Any]: ...
    def rows(self, dotted: str) -> list[Mapping[str, Any]]: ...
    def term_rows(self, term: str) -> tuple[str, list[Mapping[str, Any]]] | None: ...
    def filled(self, dotted: str) -> bool: ...
    def unit(self, dotted: str) -> str | None: ...
    def label(self, dotted: str) -> str: ...
    def holds(self, expression: str) -> bool: ...
    def children(self, level: str) -> Sequence["RuleView"]: ...
    def siblings(self) -> Iterable["RuleView"]: ...
    def elsewhere(self) -> Iterable["RuleView"]: ...
    @property
    def closures(self) -> Closures: ...


@dataclass(frozen=True)
class Parameter:
    """One parameter of a rule, as a tenant writes it: see READERS for the kinds."""

    kind: str
    doc: str
    required: bool = True


@dataclass(frozen=True)
class Rule:
    """A named check. `problems` is the pure function; `function` reads the parameters as written, then calls it."""

    name: str
    doc: str
    example: str
    default_message: str
    problems: Callable[[Args, RuleView], list[Problem]]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()
    among_siblings: bool = False  # without `across`, it compares the sheets of one parent
    goes_with: Mapping[str, str] = field(default_factory=dict)  # parameter → the one it makes no sense without

    def function(self, parameters: Mapping[str, Any], view: RuleView) -> list[Problem]:
        """The problems of a sheet, the parameters being as the tenant wrote them."""
        return self.problems(self.read(parameters), view)

    def read(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters by kind; those that were left out are None. Raises ValueError on one that cannot be read."""
        return {
            name: None if (written := parameters.get(name)) is None else READERS[parameter.kind](written)
            for name, parameter in self.parameters.items()
        }

    def review(self, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(parameter, fault) for each one that cannot be read."""
        faults = []
        for name, written in parameters.items():
            try:
                if name in self.parameters:
                    READERS[self.parameters[name].kind](written)
            except ValueError as error:
                faults.append((name, str(error)))
        return faults

    def names(self, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(parameter, dotted name) for each field the rule reads, wherever a field or a fixed value may be written."""
        return [
            (name, written)
            for name, written in parameters.items()
            if name in self.parameters and self.parameters[name].kind == "operand" and is_name(written)
        ]


def is_name(written: Any) -> bool:
    """Whether an operand is the name of a field, and not a fixed value."""
    return isinstance(written, str) and written != "today" and _NAME.fullmatch(written) is not None


def _text(written: Any) -> str:
    if isinstance(written, list | dict):
        raise ValueError("une seule valeur attendue")
    return str(written)


def _texts(written: Any) -> list[str]:
    return [_text(item) for item in written] if isinstance(written, list) else [_text(written)]


CLOSED = ("public", "school")


def _closed(written: Any) -> list[str]:
    names = _texts(written)
    if unknown := [name for name in names if name not in CLOSED]:
        raise ValueError(f"« {unknown[0]} » : écrivez {', '.join(CLOSED)}")
    return names


def _number(written: Any) -> Decimal:
    try:
        return Decimal(_text(written))
    except InvalidOperation:
        raise ValueError(f"nombre attendu, lu « {written} »") from None


def _across(written: Any) -> dict[str, str]:
    if not isinstance(written, dict) or set(written) - {"level", "under"}:
        raise ValueError("écrivez {level: …, under: …}")
    return {name: _text(value) for name, value in written.items()}


READERS: Mapping[str, Callable[[Any], Any]] = {
    "field": _text,
    "fields": _texts,
    "rows": _text,
    "cell": _text,
    "cells": _texts,
    "operand": _text,
    "number": _number,
    "text": _text,
    "texts": _texts,
    "across": _across,
    "closed": _closed,
    "level": _text,
    "below": _text,
    "expression": _text,
}
"""How each kind of parameter is read.

`field` and `fields` are dotted names; `rows` is a field of rows and `cell` one of its columns; `operand` is a number, a
day, an hour, `today`, or the name of a field; `across` says which sheets are taken together; `closed` which days off do
not count; `level` is a level, `below` one below the sheet's own.
"""
