"""Values that no expression of one sheet can say: they read the sheets around it. `function` names them in forms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from portal.domain.conditions import Type
from portal.domain.sheets.nodes import Node, load_nodes_by_ids
from portal.domain.sheets.opening import children_below
from portal.extensions import db
from portal.tenancy.schema import FormField

if TYPE_CHECKING:
    from portal.domain.sheets.view import View


@dataclass(frozen=True)
class Computed:
    """A function of `computed` fields. Each argument is a `level`, an ancestor (`under`), or an expression (`of`) read
    on the sheets of that level, which must give the kind `wants`.
    """

    name: str
    doc: str
    example: str
    arguments: Mapping[str, str]
    wants: Type
    run: Callable[["View", Mapping[str, str]], Any]


def around(session: Session, view: "View", level: str, under: str | None) -> list["View"]:
    """The sheets of a level under an ancestor of the one seen (its parent unless named), as they are now.

    Those that the view already holds, itself first of all, are read as it holds them. Read once per view.
    """
    top = view.node.ancestor(under) if under else view.node.parent
    if top is None:
        return []
    found = view.shared.get(("below", top.id, level))
    if found is None:
        found = view.shared["below", top.id, level] = _below(session, view, top, level)
    own = {node.id: node for node in view.node.held()}
    return [view.of(own[n.id]) if n.id in own else type(view)(view.tenant, n, view.today) for n in found]


def _below(session: Session, view: "View", top: Node, level: str) -> list[Node]:
    if view.tenant.level(level).parent == top.level:
        return children_below(session, top, level)
    return load_nodes_by_ids(session, [top.id]).get(top.id, top).at_level(level)


def _sum_across(view: "View", args: Mapping[str, str]) -> Decimal:
    sheets = around(db.session(), view, args["level"], args["under"])
    given = [sheet.evaluate(args["of"]) for sheet in sheets]
    return sum((number for number in given if isinstance(number, Decimal)), Decimal(0))


FUNCTIONS: Mapping[str, Computed] = {
    function.name: function
    for function in (
        Computed(
            "sum_across",
            "The sum of an expression over all the sheets of a level under an ancestor, deleted ones excepted: what "
            "has been spent of a limit by this sheet and those beside it, whatever their states.",
            '{function: sum_across, args: {of: "sum(intervenants.*.heures)", level: session, under: module}, unit: h}',
            {"of": "expression", "level": "level", "under": "under"},
            Type.NUMBER,
            _sum_across,
        ),
    )
}
"""The functions, by the name forms write."""


def worked_out(view: "View", field: FormField) -> Any:
    """What the function of a computed field gives on a sheet."""
    assert field.function is not None
    return FUNCTIONS[field.function].run(view, field.args)
