"""Which deliveries a move owes: the tenant's flows read on a frozen unit. Pure: no database."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.domain.deliveries.payload import FrozenUnit
from portal.domain.sheets.nodes import Node, nodes_of
from portal.domain.sheets.view import View
from portal.tenancy.schema import Flow
from portal.tenancy.schema.flows import AMENDED
from portal.tenancy.tenant import Tenant


@dataclass(frozen=True)
class Planned:
    """One sheet owed to one target by one flow."""

    flow: Flow
    view: View
    verb: str  # put | withdraw
    excluded: bool = False  # withdrawn because the flow's `unless` holds: another flow may still put it

    @property
    def target(self) -> str:
        """Whom it is for."""
        return self.flow.target

    @property
    def sheet_id(self) -> uuid.UUID:
        """What is owed."""
        return self.view.node.id


def plan(tenant: Tenant, revision: FrozenUnit, move: str, today: date, *, amended: bool = False) -> list[Planned]:
    """What the flows declared for `axis.move` owe, on the sheets of a revision; a target gets a sheet once.

    `amended` says that the revision went out without a new decision: flows that wait for that owe it too.
    Flows without a trigger of their own follow the one that carries them, or whose receipt they wait for, however long
    the chain. What a flow excludes is to be withdrawn, should it be there.
    """
    nodes = nodes_of(revision.snapshot)
    unit = nodes[uuid.UUID(revision.snapshot["unit"])]
    own = (flow for flow in tenant.flows.flows if flow.on or flow.withdraw_on)
    moves = {move, AMENDED} if amended else {move}
    triggered = [p for flow in own for p in _triggered(tenant, flow, unit, moves, today)]
    found = _once(sorted(triggered, key=lambda planned: planned.excluded))
    waiting = [flow for flow in tenant.flows.flows if not flow.on and not flow.withdraw_on]
    while True:
        carried = _once(p for flow in waiting for p in _followed(flow, found))
        new = {key: planned for key, planned in carried.items() if key not in found}
        if not new:
            return list(found.values())
        found |= new


def _once(planned: Iterable[Planned]) -> dict[tuple[str, uuid.UUID], Planned]:
    found: dict[tuple[str, uuid.UUID], Planned] = {}
    for one in planned:
        found.setdefault((one.target, one.sheet_id), one)
    return found


def _triggered(tenant: Tenant, flow: Flow, unit: Node, moves: set[str], today: date) -> Iterator[Planned]:
    if moves.isdisjoint({*flow.withdraw_on, *flow.on}):
        return
    withdrawn = not moves.isdisjoint(flow.withdraw_on)
    root = View(tenant, unit, today)
    for node in _delivered(tenant, flow, unit):
        yield from _planned(flow, root.of(node), withdrawn)


def _followed(flow: Flow, found: Mapping[tuple[str, uuid.UUID], Planned]) -> Iterator[Planned]:
    """What a flow owes because its carrier does, or the target whose receipt it waits for."""
    for carrier in found.values():
        if carrier.target in (flow.via, flow.after):
            yield from _planned(flow, carrier.view, carrier.verb == "withdraw")


def _planned(flow: Flow, view: View, withdrawn: bool) -> Iterator[Planned]:
    if withdrawn:
        yield Planned(flow, view, "withdraw")
    elif view.holds(flow.when):
        excluded = flow.unless is not None and view.holds(flow.unless)
        yield Planned(flow, view, "withdraw" if excluded else "put", excluded)


def _delivered(tenant: Tenant, flow: Flow, unit: Node) -> list[Node]:
    """The sheets a flow delivers: those of its level in the unit; by default the sessions, or the unit itself."""
    level = flow.per or tenant.session_level or unit.level
    found = [node for node in unit.down() if node.level == level]
    return found or ([] if flow.per else [unit])
