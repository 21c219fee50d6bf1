"""The small language of `when` and `value` in tenant files: checked when a tenant is loaded, total when it is run.

    condition = compile_condition("filled(debut) and debut >= today()", Scope(values={"debut": Type.DATE}))
    condition({"debut": date(2026, 9, 1)}, today=date(2026, 3, 1))        # True

An expression is read by a parser of its own, never by Python's; `docs/conditions.md` is its manual. Every fault is a
ConditionError raised at load. At run nothing raises: odd data counts as empty.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.domain.conditions import compiler, functions, parser
from portal.domain.conditions.closures import NO_CLOSURES, Closures, Now
from portal.domain.conditions.names import Frame, Frames
from portal.domain.conditions.operands import Run, fit
from portal.domain.conditions.types import ConditionError, Scope, Type

__all__ = ["FUNCTION_NAMES", "Closures", "Condition", "ConditionError", "Scope", "Type", "compile_condition"]

FUNCTION_NAMES = frozenset({*functions.FUNCTIONS, *functions.ROW_FUNCTIONS})


@dataclass(frozen=True)
class Condition:
    """A compiled expression.

    `names` are the dotted names it reads: `debut`, `dossier.mode`, `financeurs.region.effectif`; for rows, the rows and
    what is read of each: `evenements`, `evenements.*.type`.
    """

    source: str
    type: Type
    names: frozenset[str]
    _run: Run = field(repr=False, compare=False)

    def __call__(
        self, values: Mapping[str, Any], *, today: dt.date, closures: Callable[[], Closures] = lambda: NO_CLOSURES
    ) -> Any:
        """The value of the expression over a sheet's values; None when it is empty, never None when it is a yes/no.

        Rows are a sequence of mappings, or a mapping of key → mapping. Only `get` is asked of the mappings by name.
        `closures` gives the days off, if something counts them.
        """
        day = today.date() if isinstance(today, dt.datetime) else today
        result = self._run((Now(day, closures), values))
        return result is True if self.type is Type.BOOL else result


def compile_condition(source: str, scope: Scope, *, want: Type = Type.BOOL) -> Condition:
    """Compile an expression that may say the names of `scope` and must give the kind `want`.

    Raises ConditionError, in French and with its column, on anything unknown, ill-typed or beyond the limits.
    """
    frames = Frames((Frame(scope, ""),))
    operand = compiler.compiled(parser.parse(source), frames)
    given = operand.type if want is Type.ANY else want
    return Condition(source, given, frozenset(frames.read), fit(operand, want))
