"""The tenant's table of moves, read: what may be done from where, by whom; what may be edited. Pure: no database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from portal.tenancy.schema import Axis, Lock, Move
from portal.tenancy.tenant import Tenant

States = Mapping[str, str]
Holds = Callable[[str | None], bool]


class MoveRefused(Exception):
    """A move is not allowed. `message` is in French; `problems` are the faults that prevent it, when it is about
    those.
    """

    def __init__(self, message: str, problems: Iterable[object] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = list(problems)


@dataclass(frozen=True)
class Possible:
    """A move somebody may press now. `blocked` says why it is refused for the moment, or is empty."""

    axis: str
    id: str
    move: Move
    blocked: str = ""


def find_move(tenant: Tenant, level: str, move_id: str, axis_id: str | None = None) -> tuple[str, Move]:
    """The axis and the move of this name on a level. Raises MoveRefused when the table has none."""
    for name, axis in tenant.axes_of(level).items():
        if move_id in axis.moves and axis_id in (None, name):
            return name, axis.moves[move_id]
    raise MoveRefused("Cette action n'existe pas.")


def check_move(
    tenant: Tenant, level: str, axis_id: str, move_id: str, states: States, roles: frozenset[str], holds: Holds
) -> Move:
    """The move, when the table allows it from these states, to these roles. Raises MoveRefused saying why.

    Time and the portal itself act under the role `system`, which may perform the automatic moves only.
    """
    axis = tenant.axis(axis_id)
    if move_id not in axis.moves:
        raise MoveRefused("Cette action n'existe pas.")
    move = axis.moves[move_id]
    state = states.get(axis_id)
    if state is None or (move.sources and state not in move.sources):
        label = axis.states[state].label if state in axis.states else ""
        raise MoveRefused(f"Cette action n'est pas possible dans l'état « {label or state} ».")
    if not _may(move, state, roles):
        raise MoveRefused("Votre rôle ne permet pas cette action.")
    if blocked := blocked_by(tenant, move, states, holds):
        raise MoveRefused(blocked)
    return move


def _may(move: Move, state: str, roles: frozenset[str]) -> bool:
    if move.automatic:
        return "system" in roles
    return bool(roles & set(move.roles_from(state)))


def blocked_by(tenant: Tenant, move: Move, states: States, holds: Holds) -> str:
    """Why other axes, or its guard, refuse a move for the moment; empty when nothing does."""
    for other, wanted in move.within.items():
        if states.get(other) not in wanted:
            known = tenant.axis(other).states
            label = known[states[other]].label if states.get(other) in known else ""
            return (
                f"Cette action n'est pas possible pour l'instant (« {label} »)."
                if label
                else "Cette action n'est pas possible pour l'instant."
            )
    return "" if holds(move.when) else (move.why or "Les conditions de cette action ne sont pas réunies.")


def moves_for(tenant: Tenant, level: str, states: States, roles: frozenset[str], holds: Holds) -> list[Possible]:
    """The moves these roles may press from these states, those a guard blocks included, with the reason."""
    found = []
    for axis_id, axis in tenant.axes_of(level).items():
        state = states.get(axis_id)
        for move_id, move in axis.moves.items():
            from_here = state is not None and (not move.sources or state in move.sources)
            if from_here and not move.automatic and _may(move, state or "", roles):
                found.append(Possible(axis_id, move_id, move, blocked_by(tenant, move, states, holds)))
    return found


def governing_axis(tenant: Tenant, level: str) -> str | None:
    """The axis whose state says who may edit a sheet of this level: its own first axis of validation, its unit's, or
    its first.
    """
    unit = tenant.unit_level(level)
    if unit is not None:
        return tenant.unit_axis(unit)
    for name in [level, *tenant.ancestors(level)]:
        stored = [a for a, axis in tenant.axes_of(name).items() if axis.derived is None]
        if stored:
            return stored[0]
    return None


def may_edit(tenant: Tenant, level: str, states: States, roles: frozenset[str]) -> bool:
    """Whether these roles may edit a sheet of this level. `states` hold those of the sheet and of its ancestors."""
    definition = tenant.level(level)
    if not definition.editable or (definition.edit and not roles & set(definition.edit)):
        return False
    axis_id = governing_axis(tenant, level)
    if axis_id is None:
        return bool(roles)
    axis, state = tenant.axis(axis_id), states.get(axis_id)
    return state in axis.states and bool(roles & set(axis.states[state].edit))


def locks_on(tenant: Tenant, level: str, states: States, roles: frozenset[str], holds: Holds) -> list[Lock]:
    """The locks that hold on a sheet of this level. `states` hold those of the sheet and of its ancestors."""
    return [lock for lock in tenant.workflow.locks if _lock_holds(tenant, lock, level, states, roles, holds)]


def _lock_holds(tenant: Tenant, lock: Lock, level: str, states: States, roles: frozenset[str], holds: Holds) -> bool:
    if lock.level is not None and lock.level != level:
        return False
    if lock.roles and not roles & set(lock.roles):
        return False
    if lock.axis is not None:
        carries = [lv for lv in [level, *tenant.ancestors(level)] if lock.axis in tenant.level(lv).axes]
        if not carries or states.get(lock.axis) not in lock.states:
            return False
    return lock.when is None or holds(lock.when)


def locked_by(locks: Iterable[Lock], level: str, field: str) -> str | None:
    """The message of the first lock that closes a field, or None."""
    names = {field, f"{level}.{field}", f"{level}.*"}
    for lock in locks:
        covered = "*" in lock.fields or names & set(lock.fields)
        if covered and not names & set(lock.excluded):
            return lock.message
    return None


def stored_axes(tenant: Tenant, level: str) -> dict[str, Axis]:
    """The axes of a level that are stored, with their initial states."""
    return {a: axis for a, axis in tenant.axes_of(level).items() if axis.derived is None}
