"""The levels of a tree, each under another: by the hierarchy, or across a link that ties its sheets to others."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import ARRAY, Select, Uuid, any_, literal, select, union_all
from sqlalchemy.orm import aliased

from portal.domain.sheets.links import other_end
from portal.domain.sheets.models import Sheet, SheetLink
from portal.tenancy.schema import Crossing, Tree
from portal.tenancy.tenant import Tenant


@dataclass(frozen=True)
class Rung:
    """One level of a tree, the one it hangs under, and the link that leads there where it is no child of it; the link
    is followed `backward` where it points to the level above.
    """

    level: str
    above: str | None
    link: str | None = None

    backward: bool = False

    @property
    def ends(self) -> tuple[Any, Any]:
        """Of its link: the column of the sheets above, then the column of its own."""
        ends = (SheetLink.from_id, SheetLink.to_id)
        return ends[::-1] if self.backward else ends


def rungs_of(tenant: Tenant, tree: Tree) -> list[Rung]:
    """The levels of a tree from the top down."""
    found: list[Rung] = []
    for step in tree.levels:
        if not isinstance(step, Crossing):
            found.append(Rung(step, tenant.level(step).parent if found else None))
            continue
        above = found[-1].level
        backward = tenant.who.links[step.link].origin != above
        found.append(Rung(other_end(tenant, step.link, above), above, step.link, backward))
    return found


def pairs_below(rungs: Sequence[Rung], ids: Iterable[uuid.UUID]) -> Any:
    """(`above`, `id`) of all that hangs right under some sheets, whoever may see it."""
    wanted, child = any_(literal(list(ids), ARRAY(Uuid))), aliased(Sheet)
    own = [rung.level for rung in rungs if rung.above and not rung.link]
    parts: list[Any] = [
        select(child.parent_id.label("above"), child.id.label("id")).where(
            child.parent_id == wanted, child.level.in_(own)
        )
    ]
    for rung in rungs:
        if rung.link:
            above, below = rung.ends
            pairs = select(above.label("above"), below.label("id"))
            parts.append(pairs.where(SheetLink.link == rung.link, above == wanted))
    return union_all(*parts).subquery("pairs")


def levels_up(rungs: Sequence[Rung], level: str) -> list[str]:
    """A level of the tree, then those it hangs under, up to the top."""
    above = {rung.level: rung.above for rung in rungs}
    found, current = [level], above[level]
    while current is not None:
        found.append(current)
        current = above[current]
    return found


def ways_up(rungs: Sequence[Rung], level: str, sheets: Select[Any]) -> Any:
    """(`level`, `id`) of some sheets of a level and of all those of the tree that lead to them, each once."""
    by_level, current = {rung.level: rung for rung in rungs}, sheets.cte("found")
    parts = [_named(level, current)]
    for below, above in pairwise(levels_up(rungs, level)):
        current = _up(by_level[below], current).distinct().cte(f"ways_{above}")
        parts.append(_named(above, current))
    return union_all(*parts)


def _up(rung: Rung, current: Any) -> Select[Any]:
    """The ids of what some sheets of a level hang under."""
    here = select(current.c.id)
    if rung.link:
        above, below = rung.ends
        return select(above.label("id")).where(SheetLink.link == rung.link, below.in_(here))
    one = aliased(Sheet)
    return select(one.parent_id.label("id")).where(one.id.in_(here))


def _named(level: str, current: Any) -> Select[Any]:
    return select(literal(level).label("level"), current.c.id)
