"""The words of an expression and the shape they are read into. Columns are counted from 1."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from portal.domain.conditions.types import ConditionError, quoted

MAX_LENGTH = 2000
MAX_NODES = 200
MAX_DEPTH = 20
MAX_NUMBER = 15  # digits before the point, and after it

RESERVED = frozenset({"and", "or", "not", "in", "if", "else", "true", "false"})
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))
      | (?P<text>'[^'\n]*'|"[^"\n]*")
      | (?P<name>[^\W\d]\w*(?:\.(?:\w+|\*))*)
      | (?P<sign>==|!=|<=|>=|[-+*/<>(),\[\]])""",
    re.VERBOSE,
)
_WORD = re.compile(r"[\w.]+")
_HINTS = (
    ("=", "« = » ne compare pas : écrivez « == »"),
    ("&", "« & » n’existe pas : écrivez « and »"),
    ("|", "« | » n’existe pas : écrivez « or »"),
    ("!", "« ! » n’existe pas : écrivez « not »"),
    ("'\"", "guillemet jamais fermé"),
    ("«»“”‘’", "un texte s’écrit entre guillemets droits : 'texte'"),
)


class Token(NamedTuple):
    """A word of the source: kind is number, text, name, word (reserved), sign or end."""

    kind: str
    text: str
    at: int


def tokenize(source: str) -> list[Token]:
    """The words of the source, ended by a token of kind `end`. Raises ConditionError on a character out of place."""
    if len(source) > MAX_LENGTH:
        raise ConditionError(f"expression trop longue : {MAX_LENGTH} caractères au plus", MAX_LENGTH + 1)
    tokens, position = [], 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise ConditionError(_complaint(source, position), position + 1)
        kind, word = str(match.lastgroup), match.group()
        if kind != "space":
            tokens.append(Token("word" if word in RESERVED else kind, word, position + 1))
        position = match.end()
    return [*tokens, Token("end", "", len(source) + 1)]


def _complaint(source: str, position: int) -> str:
    character = source[position]
    for characters, message in _HINTS:
        if character in characters:
            return message
    word = _WORD.match(source, position)
    if word and character.isdigit():
        return f"nombre mal écrit {quoted(word.group())}"
    return f"caractère inattendu {quoted(character)}"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression, and the column where it begins."""

    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, a text or a yes/no written in the expression."""

    value: Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A dotted name; `*` stands for every row."""

    path: tuple[str, ...]

    @property
    def text(self) -> str:
        """The name as it was written."""
        return ".".join(self.path)

    def column(self, segment: int) -> int:
        """The column where one of its segments begins."""
        return self.at + sum(len(part) + 1 for part in self.path[:segment])


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list written in the expression."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function and its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Prefixed(Node):
    """`not` or `-` before an operand."""

    sign: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """Operands tied by `and`, or by `or`."""

    sign: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """Operands tied by + and -, or by * and /: signs[i] stands before operands[i + 1]."""

    signs: tuple[str, ...]
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """A chain of comparisons, or one `in` or `not in`."""

    signs: tuple[str, ...]
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """`then if test else otherwise`."""

    then: Node
    test: Node
    otherwise: Node
