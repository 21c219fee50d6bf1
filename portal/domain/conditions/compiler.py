"""Turns the shape of an expression into closures, checking every name and every kind on the way. Nothing is evaluated
as code: a closure only reads values, calls the table of functions, and calls other closures."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from portal.domain.conditions import syntax, values
from portal.domain.conditions.functions import FUNCTIONS, ROW_FUNCTIONS, Function, RowFunction
from portal.domain.conditions.names import Frames, Walk
from portal.domain.conditions.operands import Environment, Operand, Run, comparison, fit, meeting, membership
from portal.domain.conditions.syntax import Name, Node
from portal.domain.conditions.types import ConditionError, Type, quoted, suggestion

_LITERALS = {bool: Type.BOOL, Decimal: Type.NUMBER, str: Type.TEXT}
_APPLY: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": values.ARITHMETIC.add,
    "-": values.ARITHMETIC.subtract,
    "*": values.ARITHMETIC.multiply,
    "/": values.ARITHMETIC.divide,
}


def compiled(node: Node, frames: Frames) -> Operand:
    """The operand of a node. Raises ConditionError on an unknown name or function, a wrong kind or arity."""
    return _COMPILE[type(node)](node, frames)


def _literal(node: syntax.Literal, frames: Frames) -> Operand:
    value = None if node.value == "" else node.value
    written = node.value if isinstance(node.value, str) else None
    return Operand(_LITERALS[type(node.value)], lambda env: value, node.at, literal=written)


def _items(node: syntax.Items, frames: Frames) -> Operand:
    items = tuple(compiled(item, frames) for item in node.items)
    runs = [item.run for item in items]
    return Operand(Type.LIST, lambda env: values.items([run(env) for run in runs]), node.at, items=items)


def _name(node: Name, frames: Frames) -> Operand:
    found = frames.value(node)
    if found is None:
        raise frames.unknown(node)
    get, clean = _reader(found.frame, node.path), values.CLEAN[found.type]
    return Operand(found.type, lambda env: clean(get(env)), node.at, choices=found.choices)


def _reader(frame: int, path: tuple[str, ...]) -> Run:
    """Reads a raw value; the environment holds the day and its calendar before the frames."""
    place, head, rest = frame + 1, path[0], path[1:]

    def read(env: Environment) -> Any:
        value = env[place].get(head)
        for segment in rest:
            value = value.get(segment) if isinstance(value, Mapping) else None
        return value

    return read if rest else lambda env: env[place].get(head)


def _prefixed(node: syntax.Prefixed, frames: Frames) -> Operand:
    operand = compiled(node.operand, frames)
    if node.sign == "not":
        test = fit(operand, Type.BOOL, "not")
        return Operand(Type.BOOL, lambda env: not test(env), node.at)
    run = fit(operand, Type.NUMBER, "-")
    return Operand(
        Type.NUMBER, lambda env: None if (value := run(env)) is None else values.ARITHMETIC.minus(value), node.at
    )


def _logic(node: syntax.Logic, frames: Frames) -> Operand:
    tests = [fit(compiled(operand, frames), Type.BOOL, node.sign) for operand in node.operands]
    if node.sign == "and":
        return Operand(Type.BOOL, lambda env: all(test(env) for test in tests), node.at)
    return Operand(Type.BOOL, lambda env: any(test(env) for test in tests), node.at)


def _arithmetic(node: syntax.Arithmetic, frames: Frames) -> Operand:
    signs = (node.signs[0], *node.signs)
    runs = [fit(compiled(part, frames), Type.NUMBER, sign) for part, sign in zip(node.operands, signs, strict=True)]
    first, steps = runs[0], [(_APPLY[sign], run) for sign, run in zip(node.signs, runs[1:], strict=True)]

    def run(env: Environment) -> Decimal | None:
        total = first(env)
        for apply, operand in steps:
            value = None if total is None else operand(env)
            if value is None:
                return None
            total = apply(total, value)
        return values.finite(total)

    return Operand(Type.NUMBER, run, node.at)


def _comparison(node: syntax.Comparison, frames: Frames) -> Operand:
    operands = [compiled(operand, frames) for operand in node.operands]
    if node.signs[0] in ("in", "not in") and len(node.signs) == 1:
        return _membership(node, *operands)
    if "in" in node.signs or "not in" in node.signs:
        raise ConditionError("« in » ne s’enchaîne pas avec une autre comparaison : ajoutez des parenthèses", node.at)
    first, right = operands[0].run, operands[1].run
    pairs = zip(operands, node.signs, operands[1:], strict=False)
    steps = [(comparison(one, sign, other), other.run) for one, sign, other in pairs]
    test = steps[0][0]

    def chain(env: Environment) -> bool:
        left = first(env)
        for compare, run in steps:
            value = run(env)
            if not compare(left, value):
                return False
            left = value
        return True

    single = len(steps) == 1
    return Operand(Type.BOOL, (lambda env: test(first(env), right(env))) if single else chain, node.at)


def _membership(node: syntax.Comparison, left: Operand, right: Operand) -> Operand:
    test, value = membership(left, right), left.run
    if node.signs[0] == "in":
        return Operand(Type.BOOL, lambda env: test(value(env), env), node.at)
    return Operand(Type.BOOL, lambda env: not test(value(env), env), node.at)


def _choice(node: syntax.Choice, frames: Frames) -> Operand:
    test = fit(compiled(node.test, frames), Type.BOOL, "if")
    kind, then, otherwise = meeting(compiled(node.then, frames), compiled(node.otherwise, frames))
    return Operand(kind, lambda env: then(env) if test(env) else otherwise(env), node.at)


def _call(node: syntax.Call, frames: Frames) -> Operand:
    if node.function in ROW_FUNCTIONS:
        return _row_call(node, ROW_FUNCTIONS[node.function], frames)
    if node.function in FUNCTIONS:
        return _value_call(node, FUNCTIONS[node.function], frames)
    hint = suggestion(node.function, (*FUNCTIONS, *ROW_FUNCTIONS))
    raise ConditionError(f"fonction inconnue {quoted(node.function)}{hint}", node.at)


def _misused(node: syntax.Call, usage: str) -> ConditionError:
    return ConditionError(f"« {node.function} » s’écrit {usage}", node.at)


def _value_call(node: syntax.Call, function: Function, frames: Frames) -> Operand:
    given, most = len(node.arguments), len(function.takes)
    if not most - function.optional <= given <= most:
        raise _misused(node, function.usage)
    argument = node.arguments[0] if given else None
    if node.function == "filled" and isinstance(argument, Name) and frames.value(argument) is None:
        return _any_row(node, argument, frames)
    takes = zip(node.arguments, function.takes, strict=False)
    runs = [fit(compiled(part, frames), kind, node.function) for part, kind in takes]
    call, empty, reads = function.run, function.empty, function.reads

    def run(env: Environment) -> Any:
        arguments = [reads(env[0])] if reads is not None else []
        for argument in runs:
            value = argument(env)
            if value is None:
                return empty
            arguments.append(value)
        return call(*arguments)

    return Operand(function.gives, run, node.at)


def _any_row(node: syntax.Call, name: Name, frames: Frames) -> Operand:
    """`filled` of rows: there is one at least."""
    walk = frames.walk(name)
    if walk is None:
        raise frames.unknown(name)
    get = _reader(walk.frame, name.path)
    return Operand(Type.BOOL, lambda env: any(True for _ in values.rows(get(env))), node.at)


def _row_call(node: syntax.Call, function: RowFunction, frames: Frames) -> Operand:
    source, body = _row_arguments(node, function)
    walk = frames.walk(source) if isinstance(source, Name) else None
    if walk is None and function.bare and body is None:
        return _count_list(node, source, frames)
    if not isinstance(source, Name):
        raise ConditionError(f"« {node.function} » attend d’abord le nom d’une suite de lignes", source.at)
    if walk is None:
        raise frames.unknown_rows(source)
    return _folded(node, function, source, walk, body)


def _row_arguments(node: syntax.Call, function: RowFunction) -> tuple[Node, Node | None]:
    """The rows, and what is asked of each. `sum(rows.*.field)` reads as `sum(rows, field)`."""
    if len(node.arguments) == 2:
        return node.arguments[0], node.arguments[1]
    if len(node.arguments) == 1:
        source = node.arguments[0]
        if function.starred and isinstance(source, Name) and "*" in source.path[1:-1]:
            star = source.path.index("*")
            return Name(source.at, source.path[:star]), Name(source.column(star + 1), source.path[star + 1 :])
        if function.bare:
            return source, None
    raise _misused(node, function.usage)


def _folded(node: syntax.Call, function: RowFunction, source: Name, walk: Walk, body: Node | None) -> Operand:
    asked = Operand(Type.BOOL, lambda env: True, node.at) if body is None else compiled(body, walk.inside)
    want = asked.type if asked.type in function.asks else function.asks[0]
    run, kind = fit(asked, want, node.function), function.gives or want
    get, fold, rows = _reader(walk.frame, source.path), function.fold, values.rows
    return Operand(kind, lambda env: fold(run((*env, row)) for row in rows(get(env))), node.at)


def _count_list(node: syntax.Call, source: Node, frames: Frames) -> Operand:
    """`count` of the values of a list."""
    listed = fit(compiled(source, frames), Type.LIST, node.function)
    return Operand(Type.NUMBER, lambda env: Decimal(len(listed(env) or ())), node.at)


_COMPILE: dict[type[Node], Callable[[Any, Frames], Operand]] = {
    syntax.Literal: _literal,
    syntax.Items: _items,
    Name: _name,
    syntax.Prefixed: _prefixed,
    syntax.Logic: _logic,
    syntax.Arithmetic: _arithmetic,
    syntax.Comparison: _comparison,
    syntax.Choice: _choice,
    syntax.Call: _call,
}
