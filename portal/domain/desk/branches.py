"""A tree read branch by branch: what is right below the sheets that are open, nothing of what stays folded.

    grown = grow(session, tenant, actor, tree, [(sheet.id, sheet.level)], Unfolding(), Found(), today)
    grown.branches, grown.cut

Two statements for each depth that is open, then the sheets shown, all at once: as many for one child as for thousands.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import Session

from portal.domain.desk.among import views_by_level
from portal.domain.desk.found import Found
from portal.domain.desk.rungs import Rung, pairs_below, rungs_of
from portal.domain.people import Actor
from portal.domain.sheets.answering import PATTERN
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.queries import visible_sheets
from portal.domain.sheets.view import View
from portal.tenancy.schema import Tree
from portal.tenancy.tenant import Tenant

SLICE = 100  # sheets of one branch shown at first, then each time the following ones are asked
MOST = 500  # lines shown when everything is unfolded at once, then each time the following ones are asked

Top = tuple[uuid.UUID, str]


@dataclass(frozen=True)
class Unfolding:
    """What one asks to see: the branches opened one by one, each as many times as slices of it are wanted; or `every`
    branch within the bound, save those `folded` again. `levels` narrows these to the sheets of some levels; `pages`
    says how many times the bound is wanted.
    """

    opened: Mapping[uuid.UUID, int] = field(default_factory=Counter)
    every: bool = False
    folded: Sequence[uuid.UUID] = ()
    levels: frozenset[str] | None = None
    pages: int = 1

    def opens(self, sheet_id: uuid.UUID, level: str) -> bool:
        """Whether a branch is opened with all the others."""
        within = self.levels is None or level in self.levels
        return self.every and within and sheet_id not in self.folded


@dataclass
class Branch:
    """One sheet of the tree. `total` counts what is right below it, of which `children` are shown when it is open."""

    id: uuid.UUID
    level: str
    view: View
    total: int
    children: list["Branch"]

    @property
    def left(self) -> int:
        """How many sheets of an open branch are not shown yet."""
        return self.total - len(self.children) if self.children else 0


@dataclass(frozen=True)
class Grown:
    """What is shown of a tree; `cut` when the bound left branches folded that were asked with all the others."""

    branches: list[Branch]
    cut: bool


@dataclass
class _Shape:
    """The tree before its sheets are read: who hangs under whom, how many there are. A sheet tied to several others
    stands in as many `places`.
    """

    levels: dict[uuid.UUID, str]
    places: Counter[uuid.UUID]
    below: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    totals: dict[uuid.UUID, int] = field(default_factory=dict)
    cut: bool = False


@dataclass(frozen=True)
class _Ground:
    """What a tree grows from: for whom, through which levels, narrowed to what."""

    session: Session
    actor: Actor
    rungs: Sequence[Rung]
    found: Found

    def pairs(self, ids: Iterable[uuid.UUID]) -> tuple[Select[Sheet], ColumnElement[uuid.UUID]]:
        """The sheets right below some that this person may read, and the column of what each hangs under."""
        pairs = pairs_below(self.rungs, ids)
        query = visible_sheets(self.actor, "read").join(pairs, pairs.c.id == Sheet.id)
        return query.where(*self.found.tests), pairs.c.above


def trees_for(tenant: Tenant, actor: Actor) -> dict[str, Tree]:
    """The trees a person may open."""
    return {name: t for name, t in tenant.desk.trees.items() if not t.roles or actor.roles & set(t.roles)}


def grow(
    session: Session,
    tenant: Tenant,
    actor: Actor,
    tree: Tree,
    tops: Iterable[Top],
    asked: Unfolding,
    found: Found,
    today: date,
) -> Grown:
    """What somebody sees of a tree from some of its sheets down, in the order of the codes: numbers as numbers."""
    ground = _Ground(session, actor, rungs_of(tenant, tree), found)
    levels = dict(tops)
    shape = _Shape(levels, Counter(list(levels)))
    roots = stage = list(levels)
    while stage:
        shape.totals |= _totals(ground, stage)
        wanted = _wanted(shape, stage, asked)
        stage = _unfold(ground, wanted, shape) if wanted else []
    said = {level: _said(tenant, tree, level) for level in set(shape.levels.values())}
    read = views_by_level(session, tenant, shape.levels, today, said)
    return Grown([_branch(shape, read, root) for root in roots if root in read], shape.cut)


def _wanted(shape: _Shape, stage: list[uuid.UUID], asked: Unfolding) -> dict[uuid.UUID, int]:
    """The branches of a depth to be opened, each with how many sheets of it. Those asked by name come before others."""
    full = {i: shape.totals[i] for i in stage if i in shape.totals}
    wanted = {i: min(n, SLICE * asked.opened[i]) for i, n in full.items() if i in asked.opened}
    room = MOST * asked.pages - shape.places.total() - sum(n * shape.places[i] for i, n in wanted.items())
    for i, n in full.items() if not shape.cut else ():
        if i in wanted or not asked.opens(i, shape.levels[i]):
            continue
        some = min(n, SLICE)
        if (lines := some * shape.places[i]) > room:
            shape.cut = True
            break  # those after it, and below, stay folded too: one place where it stops
        wanted[i], room = some, room - lines
    return wanted


def _totals(ground: _Ground, ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many sheets somebody may see right below each of those that have some."""
    query, above = ground.pairs(ids)
    counted = query.with_only_columns(above, func.count()).group_by(above)
    return {row[0]: row[1] for row in ground.session.execute(counted)}


def _unfold(ground: _Ground, wanted: dict[uuid.UUID, int], shape: _Shape) -> list[uuid.UUID]:
    """Put the first sheets of some branches in the shape; their ids."""
    query, above = ground.pairs(wanted)
    order = (func.length(Sheet.code), Sheet.code.collate("C"), Sheet.id)
    rank = func.row_number().over(partition_by=above, order_by=order).label("rank")
    ranked = query.with_only_columns(Sheet.id, above.label("above"), Sheet.level, rank).subquery("ranked")
    longer = {one: number for one, number in wanted.items() if number > SLICE}
    most = case(longer, value=ranked.c.above, else_=SLICE) if longer else literal(SLICE)
    kept = select(ranked).where(ranked.c.rank <= most).order_by(ranked.c.rank)
    below: dict[uuid.UUID, list[uuid.UUID]] = {one: [] for one in wanted}
    for row in ground.session.execute(kept):
        shape.levels[row.id] = row.level
        shape.places[row.id] += shape.places[row.above]
        below[row.above].append(row.id)
    shape.below |= below
    return list(dict.fromkeys(i for children in below.values() for i in children))


def _said(tenant: Tenant, tree: Tree, level: str) -> list[str]:
    """What the lines of a level are worked out from: its states, the patterns of its titles."""
    derived = [axis.derived for axis in tenant.axes_of(level).values() if axis.derived]
    return [*derived, *(name[1] for pattern in tree.titles.get(level, ()) for name in PATTERN.finditer(pattern))]


def _branch(shape: _Shape, read: Mapping[uuid.UUID, View], sheet_id: uuid.UUID) -> Branch:
    children = [_branch(shape, read, child) for child in shape.below.get(sheet_id, ()) if child in read]
    return Branch(sheet_id, shape.levels[sheet_id], read[sheet_id], shape.totals.get(sheet_id, 0), children)
