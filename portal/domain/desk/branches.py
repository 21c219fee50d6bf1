"""A tree read branch by branch: what is right below the sheets that are open, nothing of what stays folded.

    tree = grow(session, tenant, actor, offer.levels, [(sheet.id, sheet.level)], Unfolding(), today)
    tree.branches, tree.cut

Two statements for each depth that is open, then the sheets shown, level by level: as many for one child as for thirty.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from portal.domain.desk.among import views
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.queries import visible_sheets
from portal.domain.sheets.view import View
from portal.tenancy.schema import Tree
from portal.tenancy.tenant import Tenant

SLICE = 100  # sheets of one branch shown at first, then each time the following ones are asked
MOST = 500  # sheets shown when everything is unfolded at once

Top = tuple[uuid.UUID, str]


@dataclass(frozen=True)
class Unfolding:
    """What one asks to see: the branches opened one by one, each as many times as slices of it are wanted; or `every`
    branch within the bound, save those `folded` again.
    """

    opened: Mapping[uuid.UUID, int] = field(default_factory=Counter)
    every: bool = False
    folded: Sequence[uuid.UUID] = ()


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
    """The tree before its sheets are read: who is below whom, and how many there are."""

    levels: dict[uuid.UUID, str]
    below: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    totals: dict[uuid.UUID, int] = field(default_factory=dict)
    cut: bool = False


def trees_for(tenant: Tenant, actor: Actor) -> dict[str, Tree]:
    """The trees a person may open."""
    return {name: t for name, t in tenant.desk.trees.items() if not t.roles or actor.roles & set(t.roles)}


def grow(
    session: Session,
    tenant: Tenant,
    actor: Actor,
    levels: Sequence[str],
    tops: Iterable[Top],
    asked: Unfolding,
    today: date,
) -> Grown:
    """What somebody sees of a tree from some of its sheets down, in the order of the codes: numbers as numbers."""
    shape = _Shape(dict(tops))
    roots = stage = list(shape.levels)
    while stage:
        shape.totals |= _totals(session, actor, levels, stage)
        wanted = _wanted(shape, stage, asked)
        stage = _unfold(session, actor, levels, wanted, shape) if wanted else []
    read = _views(session, tenant, shape.levels, today)
    return Grown([_branch(shape, read, root) for root in roots if root in read], shape.cut)


def _wanted(shape: _Shape, stage: list[uuid.UUID], asked: Unfolding) -> dict[uuid.UUID, int]:
    """The branches of a depth to be opened, each with how many sheets of it. Those asked by name come before others."""
    full = {i: shape.totals[i] for i in stage if i in shape.totals}
    wanted = {i: min(n, SLICE * asked.opened[i]) for i, n in full.items() if i in asked.opened}
    room = MOST - len(shape.levels) - sum(wanted.values())
    for i, n in full.items() if asked.every and not shape.cut else ():
        if i in wanted or i in asked.folded:
            continue
        if (some := min(n, SLICE)) > room:
            shape.cut = True
            break  # those after it, and below, stay folded too: one place where it stops
        wanted[i], room = some, room - some
    return wanted


def _totals(session: Session, actor: Actor, levels: Sequence[str], ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many sheets somebody may see right below each of those that have some."""
    counted = _below(actor, levels, ids).with_only_columns(Sheet.parent_id, func.count()).group_by(Sheet.parent_id)
    return {parent: total for parent, total in session.execute(counted) if parent is not None}


def _unfold(
    session: Session, actor: Actor, levels: Sequence[str], wanted: dict[uuid.UUID, int], shape: _Shape
) -> list[uuid.UUID]:
    """Put the first sheets of some branches in the shape; their ids."""
    order = (func.length(Sheet.code), Sheet.code.collate("C"), Sheet.id)
    rank = func.row_number().over(partition_by=Sheet.parent_id, order_by=order).label("rank")
    columns = (Sheet.id, Sheet.parent_id, Sheet.level, rank)
    ranked = _below(actor, levels, wanted).with_only_columns(*columns).subquery("ranked")
    query = select(ranked).where(ranked.c.rank <= case(wanted, value=ranked.c.parent_id)).order_by(ranked.c.rank)
    found: dict[uuid.UUID, list[uuid.UUID]] = {parent: [] for parent in wanted}
    for row in session.execute(query):
        shape.levels[row.id] = row.level
        found[row.parent_id].append(row.id)
    shape.below |= found
    return [i for children in found.values() for i in children]


def _below(actor: Actor, levels: Sequence[str], ids: Iterable[uuid.UUID]) -> Select[Sheet]:
    return visible_sheets(actor).where(Sheet.parent_id.in_(list(ids)), Sheet.level.in_(levels))


def _views(session: Session, tenant: Tenant, levels: dict[uuid.UUID, str], today: date) -> dict[uuid.UUID, View]:
    """The sheets shown, level by level."""
    by_level: dict[str, list[uuid.UUID]] = {}
    for sheet_id, level in levels.items():
        by_level.setdefault(level, []).append(sheet_id)
    return {
        view.node.id: view
        for level, ids in by_level.items()
        for view in views(session, tenant, level, ids, today, expressions=_said(tenant, level))
    }


def _said(tenant: Tenant, level: str) -> list[str]:
    """What the states of a level are worked out from."""
    return [axis.derived for axis in tenant.axes_of(level).values() if axis.derived]


def _branch(shape: _Shape, read: Mapping[uuid.UUID, View], sheet_id: uuid.UUID) -> Branch:
    children = [_branch(shape, read, child) for child in shape.below.get(sheet_id, ()) if child in read]
    return Branch(sheet_id, shape.levels[sheet_id], read[sheet_id], shape.totals.get(sheet_id, 0), children)
