"""Finds what a name means, from the innermost row outwards, and explains a name that means nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from portal.domain.conditions.functions import FUNCTIONS, ROW_FUNCTIONS
from portal.domain.conditions.syntax import RESERVED, Name
from portal.domain.conditions.types import ConditionError, Scope, Type, quoted, suggestion

MAX_WALKS = 3  # rows of rows of rows


class Frame(NamedTuple):
    """A scope being read: the sheet's, or that of the row at hand. The prefix says where its names come from."""

    scope: Scope
    prefix: str


class Found(NamedTuple):
    """A value: in which frame it is, its kind, and the texts it may hold when they are known."""

    frame: int
    type: Type
    choices: Collection[str] | None


class Walk(NamedTuple):
    """Rows: in which frame they are, and the frames as seen from inside one of them."""

    frame: int
    inside: "Frames"


@dataclass(frozen=True)
class Frames:
    """The names in reach, and in `read` every name an expression has used so far."""

    stack: tuple[Frame, ...]
    read: set[str] = field(default_factory=set)
    crossings: int = 0

    def value(self, name: Name) -> Found | None:
        """The value of that name, or None when no frame holds one."""
        for index in reversed(range(len(self.stack))):
            scope = _holder(self.stack[index].scope, name.path)
            if scope and name.path[-1] in scope.values:
                self.read.add(self.stack[index].prefix + name.text)
                return Found(index, scope.values[name.path[-1]], scope.choices.get(name.path[-1]))
        return None

    def walk(self, name: Name) -> Walk | None:
        """The rows or children of that name, or None. Raises ConditionError when walks are nested beyond reason."""
        for index in reversed(range(len(self.stack))):
            scope = _holder(self.stack[index].scope, name.path)
            row = scope and (scope.rows.get(name.path[-1]) or scope.children.get(name.path[-1]))
            if row:
                return Walk(index, self._entered(name, index, row))
        return None

    def _entered(self, name: Name, index: int, row: Scope) -> "Frames":
        # Rows of a row are a tree and cost its size; going back to outer rows multiplies, so it is allowed once.
        crossings = self.crossings + (index < len(self.stack) - 1)
        if len(self.stack) > MAX_WALKS or crossings > 1:
            raise ConditionError("trop de parcours de lignes les uns dans les autres", name.at)
        full = self.stack[index].prefix + name.text
        self.read.add(full)
        return replace(self, stack=(*self.stack, Frame(row, f"{full}.*.")), crossings=crossings)

    def unknown(self, name: Name) -> ConditionError:
        """Why that name is not a value, told to the person who wrote it."""
        if "*" in name.path:
            return ConditionError("« * » ne s’emploie que dans sum, min ou max : sum(lignes.*.champ)", name.at)
        for length in range(len(name.path), 0, -1):
            start = Name(name.at, name.path[:length])
            scopes = [scope for frame in reversed(self.stack) if (scope := _holder(frame.scope, start.path))]
            for scope in scopes:
                if message := _explained(scope, start, name):
                    return ConditionError(message, name.column(length) if length < len(name.path) else name.at)
        return self._unheard(name)

    def unknown_rows(self, name: Name) -> ConditionError:
        """Why that name is not a sequence of rows."""
        known = sorted({word for frame in self.stack for word in (*frame.scope.rows, *frame.scope.children)})
        hint = suggestion(name.text, known)
        return ConditionError(f"{quoted(name.text)} n’est pas une suite de lignes{hint}", name.at)

    def _unheard(self, name: Name) -> ConditionError:
        head = name.path[0]
        if len(name.path) == 1 and (head in FUNCTIONS or head in ROW_FUNCTIONS):
            usage = FUNCTIONS[head].usage if head in FUNCTIONS else ROW_FUNCTIONS[head].usage
            return ConditionError(f"{quoted(head)} est une fonction : écrivez {usage}", name.at)
        words = {word for frame in self.stack for word in frame.scope.words()}
        hint = suggestion(head, words | RESERVED, name.text[len(head) :])
        hint = hint or _elsewhere(head, (frame.scope for frame in self.stack))
        return ConditionError(f"champ inconnu {quoted(name.text)}{hint}", name.at)


def _holder(scope: Scope, path: tuple[str, ...]) -> Scope | None:
    """The scope that should hold the last segment of the path."""
    for segment in path[:-1]:
        if segment not in scope.groups:
            return None
        scope = scope.groups[segment]
    return scope


def _explained(scope: Scope, start: Name, name: Name) -> str:
    """What `start` is when the whole name is not a value; empty when this scope does not know it."""
    last = start.path[-1]
    if last in scope.groups:
        inside = scope.groups[last]
        if start.path == name.path:
            return f"{quoted(start.text)} regroupe des champs : écrivez par exemple {quoted(_sample(start, inside))}"
        wanted = name.path[len(start.path)]
        hint = suggestion(wanted, inside.words())
        return f"{quoted(start.text)} n’a pas de champ {quoted(wanted)}{hint}"
    if last in scope.rows or last in scope.children:
        after = name.path[len(start.path) :]
        example = f"any({start.text}, {after[0]} == …)" if after else f"count({start.text})"
        return f"{quoted(start.text)} est une suite de lignes : écrivez par exemple {example}"
    if last in scope.values:
        return f"{quoted(start.text)} est un champ et n’en contient pas d’autre"
    return ""


def _sample(name: Name, inside: Scope) -> str:
    return f"{name.text}.{next(iter(inside.words()), '…')}"


def _elsewhere(word: str, scopes: Iterable[Scope]) -> str:
    """The same word one level down: the commonest slip is to forget the object before the dot."""
    for scope in scopes:
        for group, inside in sorted(scope.groups.items()):
            if word in inside.values:
                return f" ; vouliez-vous dire « {group}.{word} » ?"
    return ""
