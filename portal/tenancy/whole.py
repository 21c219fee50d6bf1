"""What a region must have to work as a whole, though each of its words is known: a session, a unit, ways out."""

from collections.abc import Iterator

from portal.tenancy.faults import Finding, unknown
from portal.tenancy.tenant import Tenant

SNAPSHOTS = frozenset({"revise", "publish"})


def whole_findings(tenant: Tenant) -> Iterator[Finding]:
    """Everything that is missing, or that leads nowhere."""
    for check in (_session, _dead_ends, _unit, _children):
        yield from check(tenant)


def _session(tenant: Tenant) -> Iterator[Finding]:
    found = [name for name, level in tenant.who.levels.items() if level.session]
    if len(found) != 1:
        words = "un niveau et un seul dit « session: true », celui que le public voit"
        yield Finding("tenant.yaml", ("levels", *found[1:2]), f"{words} ; ici : {', '.join(found) or 'aucun'}")


def _dead_ends(tenant: Tenant) -> Iterator[Finding]:
    """States that nothing leaves and that do not look like an end: a move was probably forgotten."""
    for name, axis in tenant.workflow.axes.items():
        for state_id, state in axis.states.items():
            left = any(not move.sources or state_id in move.sources for move in axis.moves.values())
            ended = state.closed or state.public or state.tone in ("done", "off")
            if axis.moves and not left and not ended:
                words = f"on ne sort pas de l'état « {state_id} » : aucune action n'en part"
                at = ("axes", name, "states", state_id)
                yield Finding("workflow.yaml", at, f"{words} ; si tout s'y achève, dites « closed: true »")


def _unit(tenant: Tenant) -> Iterator[Finding]:
    """What is copied or published is a unit: without one there is nothing to copy."""
    axes = tenant.workflow.axes
    if any(axis.unit for axis in axes.values()):
        return
    for name, axis in axes.items():
        for move_id, move in axis.moves.items():
            if SNAPSHOTS & {*move.effects}:
                words = "« unit » manque à un axe : que valide-t-on ensemble ? unit: {level: session, with: [action]}"
                yield Finding("workflow.yaml", ("axes", name, "moves", move_id, "effects"), words)
                return


def _children(tenant: Tenant) -> Iterator[Finding]:
    """A tab shows sheets of a level that is below its own."""
    for level, tabs in tenant.desk.tabs.items():
        below = tenant.descendants(level) if level in tenant.who.levels else []
        for i, tab in enumerate(tabs):
            if tab.level is not None and tab.level not in below:
                at = ("tabs", level, i, "level")
                yield Finding("desk.yaml", at, unknown(f"niveau inconnu sous « {level} »", tab.level, below))
