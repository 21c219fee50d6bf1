"""What several sheets share: a limit on hours counted under an ancestor, a number used once there.

Whoever is about to change one of them, or to judge whether it may go further, first keeps that ancestor's row. Two
people who spend the same hours at the same time then wait for one another, and the second counts what the first spent.
"""

import uuid
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.sheets.models import Sheet
from portal.tenancy.schema import RuleUse
from portal.tenancy.tenant import Tenant


def lock_shared(session: Session, tenant: Tenant, level: str, parent_id: uuid.UUID | None) -> None:
    """Keep, until the end of the transaction, the ancestors under which the rules of a sheet count other sheets.

    To be called before the sheet's own row is locked: from the highest down, always, so that nobody waits in a circle.
    Flushes; what the session has read of sheets is read anew afterwards. Nothing is asked where no rule counts so.
    """
    wanted = shared_levels(tenant, level)
    if not wanted or parent_id is None:
        return
    session.flush()
    for ancestor in reversed([i for i, at in _lineage(session, parent_id) if at in wanted]):
        session.execute(select(Sheet.id).where(Sheet.id == ancestor).with_for_update(key_share=True))
    for row in list(session.identity_map.values()):
        if isinstance(row, Sheet):
            session.expire(row)


def _lineage(session: Session, sheet_id: uuid.UUID) -> Iterator[tuple[uuid.UUID, str]]:
    """The sheet and its ancestors, from the lowest, each with its level."""
    current: uuid.UUID | None = sheet_id
    while current is not None:
        row = session.execute(select(Sheet.level, Sheet.parent_id).where(Sheet.id == current)).one_or_none()
        if row is None:
            return
        yield current, row.level
        current = row.parent_id


def shared_levels(tenant: Tenant, level: str) -> frozenset[str]:
    """The levels above a sheet's unit (or that unit's own) under which its rules, and those of what is sent with it,
    count other sheets. What is shared inside one unit needs no more than the unit's lock, which every move takes.
    """
    key = ("shared", level)
    if key not in tenant.compiled:
        top = tenant.unit_level(level) or level
        judged = {level, top, *tenant.descendants(top)}
        under = {_under(use) for use_level, use in _uses(tenant) if (use.level or use_level) in judged}
        tenant.compiled[key] = frozenset(under & {top, *tenant.ancestors(top)})
    found: frozenset[str] = tenant.compiled[key]
    return found


def shares(tenant: Tenant) -> bool:
    """Whether any level of a region shares something: where none does, nothing need be asked of a sheet."""
    return any(shared_levels(tenant, level) for level in tenant.who.levels)


def _under(use: RuleUse) -> str | None:
    across = use.parameters.get("across")
    return across.get("under") if isinstance(across, dict) else None


def _uses(tenant: Tenant) -> Iterator[tuple[str | None, RuleUse]]:
    """Every rule that judges a sheet, with the level it stands in."""
    for level, form in tenant.forms.items():
        for step in form.steps:
            yield from ((level, use) for use in step.rules)
            yield from ((level, use) for field in step.fields for use in field.rules)
    yield from ((use.level, use) for override in tenant.overrides for use in override.rules)
    for level in tenant.who.levels:
        moves = (move for axis in tenant.axes_of(level).values() for move in axis.moves.values())
        yield from ((level, use) for move in moves for use in move.rules)
