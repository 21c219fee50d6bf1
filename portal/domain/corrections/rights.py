"""Who puts remarks and who settles them: those who may perform a move that carries them. Pure: no database."""

from collections.abc import Iterator, Mapping

from portal.tenancy.schema import Move
from portal.tenancy.tenant import Tenant


def carriers(tenant: Tenant, level: str) -> Iterator[tuple[str, str, Move]]:
    """The moves of a level that carry remarks: (axis, id, move)."""
    axis_id = tenant.unit_axis(level)
    moves = tenant.axis(axis_id).moves if axis_id else {}
    for move_id, move in moves.items():
        if move.corrections:
            yield axis_id or "", move_id, move


def may_put(tenant: Tenant, level: str, states: Mapping[str, str], roles: frozenset[str]) -> bool:
    """Whether these roles may put remarks on what waits: a move that would carry them is theirs, from this state."""
    return any(
        (state := states.get(axis)) in move.sources and roles & set(move.roles_from(state or ""))
        for axis, _, move in carriers(tenant, level)
    )


def may_settle(tenant: Tenant, level: str, roles: frozenset[str]) -> bool:
    """Whether these roles close, waive and withdraw remarks, wherever the sheet stands."""
    moves = [move for *_, move in carriers(tenant, level)]
    return any(roles & set(move.by).union(*(some or () for some in move.sources.values())) for move in moves)
