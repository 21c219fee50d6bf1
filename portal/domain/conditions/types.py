"""The kinds of value, the names an expression may say, and how a fault is told."""

import difflib
import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field


class Type(enum.Enum):
    """The kind of a value. `label` and `phrase` are its French name, without and with its article."""

    NUMBER = ("nombre", "un nombre")
    TEXT = ("texte", "un texte")
    DATE = ("date", "une date")
    TIME = ("heure", "une heure")
    DATETIME = ("date et heure", "une date et heure")
    BOOL = ("oui/non", "un oui/non")
    LIST = ("liste", "une liste")
    ANY = ("valeur", "une valeur")

    def __init__(self, label: str, phrase: str) -> None:
        self.label = label
        self.phrase = phrase


TEMPORAL = frozenset({Type.DATE, Type.TIME, Type.DATETIME})
ORDERED = frozenset({Type.NUMBER, Type.TEXT, Type.ANY}) | TEMPORAL


@dataclass(frozen=True, eq=False)
class Scope:
    """What an expression may name. Scopes may refer to one another in circles (a level, its parent, its children).

    `values` are own names; `rows` and `children` are sequences one may count, sum or search, each with the scope of one
    of its elements; `groups` are single objects reached by a dot. A name may be both a row and a group (fixed rows).
    `choices` says, for names whose values are known, which texts may be compared with them: a typo is then a fault.
    """

    values: Mapping[str, Type] = field(default_factory=dict)
    rows: Mapping[str, "Scope"] = field(default_factory=dict)
    groups: Mapping[str, "Scope"] = field(default_factory=dict)
    children: Mapping[str, "Scope"] = field(default_factory=dict)
    choices: Mapping[str, Collection[str]] = field(default_factory=dict)

    def words(self) -> list[str]:
        """Every name that may be said first in this scope, sorted."""
        return sorted({*self.values, *self.groups, *self.rows, *self.children})


class ConditionError(ValueError):
    """A fault in an expression: `message` in French, `column` counted from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message, column)
        self.message = message
        self.column = column

    def __str__(self) -> str:
        return f"colonne {self.column} : {self.message}"


def quoted(word: str) -> str:
    """The word between French quotation marks, cut when it is long and escaped when it cannot be printed."""
    shown = word if len(word) <= 40 else word[:39] + "…"
    return f"« {shown if shown.isprintable() else ascii(shown)[1:-1]} »"


def suggestion(word: str, options: Iterable[str], rest: str = "") -> str:
    """The end of a message that names the nearest valid word, followed by `rest`; empty when none is near."""
    found = difflib.get_close_matches(word[:60], sorted(options), 1, 0.6)
    return f" ; vouliez-vous dire {quoted(found[0] + rest)} ?" if found else ""
