"""What is looked for in a tree: the ways to the sheets that answer, and what is offered to look with.

    found = find(session, tenant, actor, tree, {"q": ["66514"]}, today)
    grow(session, tenant, actor, tree, tops, asked, found, today)

One statement finds the ways, whatever they are; one more for each level whose filters offer values found in its sheets.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, literal, or_
from sqlalchemy.orm import Session

from portal.domain.desk.among import Among
from portal.domain.desk.defaults import with_defaults
from portal.domain.desk.filters import Offered, apply_filters, offered_filters
from portal.domain.desk.rungs import levels_up, rungs_of, ways_up
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.tenancy.schema import Filter, ListView, Tree
from portal.tenancy.tenant import Tenant

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Found:
    """What a tree is narrowed to: each sheet shown passes all the `tests`. `open_to` names the levels to be opened for
    what was looked for by words to be seen; `total` counts the sheets found, None when nothing was asked.
    """

    tests: Sequence[ColumnElement[bool]] = ()
    filters: Sequence[Offered] = ()
    words: str = ""
    open_to: frozenset[str] = field(default_factory=frozenset)
    total: int | None = None


def find(session: Session, tenant: Tenant, actor: Actor, tree: Tree, asked: Words, today: date) -> Found:
    """What answers, among the sheets somebody may read."""
    if tree.search is None:
        return Found()
    offered: dict[str, Offered] = {}
    found, said = Found(words=" ".join(asked.get("q", ())).strip()), dict(asked)
    for view in _views(tree):
        among = Among(session, tenant, actor, view.level, today)
        said = {**said, **with_defaults(session, tenant, view, said, among)}
        offered |= {one.id: one for one in offered_filters(session, tenant, view, said, among)}
        if any(_given(said, one.id) for one in view.filters) or (view.search and found.words):
            apply_filters(among, view, said if view.search else {**said, "q": []})
            found = _narrowed(found, session, tenant, tree, among)
    return replace(found, filters=[offered[one.id] for one in tree.search.filters])


def _views(tree: Tree) -> Iterator[ListView]:
    """What is asked level by level, in the words of a list: first the level looked for, then those below it."""
    assert tree.search is not None
    by_level: dict[str, list[Filter]] = {tree.search.level: []}
    for one in tree.search.filters:
        by_level.setdefault(one.of or tree.search.level, []).append(one.model_copy(update={"of": None}))
    for level, filters in by_level.items():
        words = tree.search.words if level == tree.search.level else []
        yield ListView(label=tree.label, level=level, columns=[], filters=filters, search=words)


def _given(said: Words, name: str) -> bool:
    return any(value.strip() for value in said.get(name, ()))


def _narrowed(found: Found, session: Session, tenant: Tenant, tree: Tree, among: Among) -> Found:
    assert tree.search is not None
    if among.level != tree.search.level:  # what does not answer is not shown; what is above it stays
        kept = among.query(Sheet.id).correlate(None)
        return replace(found, tests=[*found.tests, or_(Sheet.level != among.level, Sheet.id.in_(kept))])
    rungs = rungs_of(tenant, tree)
    ways: dict[str, list[uuid.UUID]] = {level: [] for level in levels_up(rungs, among.level)}
    for level, sheet_id in session.execute(ways_up(rungs, among.level, among.query(Sheet.id.label("id")))):
        ways[level].append(sheet_id)
    tests = [or_(Sheet.level != level, Sheet.id == any_(literal(ids, ARRAY(Uuid)))) for level, ids in ways.items()]
    opened = frozenset(ways) - {among.level} if found.words else frozenset()
    return replace(found, tests=[*found.tests, *tests], open_to=opened, total=len(ways[among.level]))
