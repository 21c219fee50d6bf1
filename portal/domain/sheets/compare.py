"""The difference between two states of a unit, typed: field by field, row by row, sheet by sheet.

The desk, the history, the mails and the grouping of identical changes all read it.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from portal.domain.fields import KINDS
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField

Change = Literal["changed", "added", "removed", "moved"]


@dataclass(frozen=True)
class Difference:
    """One difference. `old` and `new` are stored values, `old_shown` and `new_shown` French words.

    For rows, `row` is the row's id and `path` says `evenements.<row>` or `evenements.<row>.<cell>`.
    """

    sheet_id: uuid.UUID
    level: str
    sheet_title: str
    step: str | None
    field: str | None
    label: str
    change: Change
    old: Any = None
    new: Any = None
    old_shown: str = ""
    new_shown: str = ""
    row: str | None = None
    path: str = ""
    cells: tuple["Difference", ...] = ()


def compare(old: View | None, new: View) -> list[Difference]:
    """What changed between two views of the same unit, its descendants and its frozen ancestors included."""
    before = {n.id: n for n in _unit(old.node)} if old else {}
    after = {n.id: n for n in _unit(new.node)}
    found: list[Difference] = []
    for node_id, node in after.items():
        view = new.of(node)
        if node_id in before:
            assert old is not None
            found += _fields(old.of(before[node_id]), view)
        elif old is not None and node.id != new.node.id:
            found.append(_sheet(view, "added"))
        else:
            found += _fields(None, view)
    found += [_sheet(old.of(n), "removed") for i, n in before.items() if i not in after] if old else []
    return found


def _unit(node: Node) -> Iterator[Node]:
    yield from reversed([n for n in node.up() if n is not node and n.data])
    yield from node.down()


def _sheet(view: View, change: Change) -> Difference:
    node, label = view.node, view.tenant.level(view.node.level).label
    old, new = ("", node.title) if change == "added" else (node.title, "")
    return Difference(node.id, node.level, node.title, None, None, label, change, old_shown=old, new_shown=new)


def _fields(old: View | None, new: View) -> Iterator[Difference]:
    for field_id, definition in new.tenant.fields(new.node.level).items():
        before = old.stored(field_id) if old else None
        after = new.stored(field_id)
        if not KINDS[definition.kind].same(before, after, definition):
            shown = new.form.fields[field_id]
            yield _field(new, shown.field, shown.step, before, after, old)


def _blank(view: View, step: str, definition: FormField) -> Difference:
    """A difference at a field's place, its values still to be told."""
    node = view.node
    return Difference(
        node.id, node.level, node.title, step, definition.id, definition.words, "changed", path=definition.id
    )  # fmt: skip


def _field(view: View, definition: FormField, step: str, before: Any, after: Any, old: View | None) -> Difference:
    kind, base = KINDS[definition.kind], _blank(view, step, definition)
    rows = definition.kind == "rows"
    return replace(
        base,
        old=before,
        new=after,
        old_shown=kind.show(before, definition, (old or view).context) if before is not None else "",
        new_shown=kind.show(after, definition, view.context) if after is not None else "",
        cells=tuple(_rows(view, definition, base, before or [], after or [])) if rows else (),
    )


def _rows(view: View, rows: FormField, base: Difference, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    old, new = {r["_id"]: r for r in before}, {r["_id"]: r for r in after}
    kept_old = [i for i in old if i in new]
    kept_new = [i for i in new if i in old]
    for row_id, row in new.items():
        if row_id not in old:
            yield _row(view, rows, base, row_id, "added", None, row)
            continue
        cells = tuple(_cells(view, rows, base, row_id, old[row_id], row))
        if cells or kept_old.index(row_id) != kept_new.index(row_id):
            change: Change = "changed" if cells else "moved"
            yield replace(_row(view, rows, base, row_id, change, old[row_id], row), cells=cells)
    for row_id, row in old.items():
        if row_id not in new:
            yield _row(view, rows, base, row_id, "removed", row, None)


def _row(
    view: View, rows: FormField, base: Difference, row_id: str, change: Change, before: Any, after: Any
) -> Difference:
    def words(row: Any) -> str:
        shown = (KINDS[c.kind].show(row.get(c.id), c, view.context.inside(rows.id)) for c in rows.fields)
        return ", ".join(s for s in shown if s)

    keyed = (rows.rows.keys or {}).get(row_id) if rows.rows else None
    return replace(
        base,
        label=keyed or rows.words,
        change=change,
        old=before,
        new=after,
        old_shown=words(before) if before else "",
        new_shown=words(after) if after else "",
        row=row_id,
        path=f"{rows.id}.{row_id}",
    )


def _cells(
    view: View, rows: FormField, base: Difference, row_id: str, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Difference]:
    context = view.context.inside(rows.id)
    for cell in rows.fields:
        kind, was, now = KINDS[cell.kind], before.get(cell.id), after.get(cell.id)
        if kind.same(was, now, cell):
            continue
        yield replace(
            base,
            field=cell.id,
            label=cell.words,
            old=was,
            new=now,
            old_shown=kind.show(was, cell, context) if was is not None else "",
            new_shown=kind.show(now, cell, context) if now is not None else "",
            row=row_id,
            path=f"{rows.id}.{row_id}.{cell.id}",
        )
