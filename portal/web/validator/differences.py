"""One version beside another: the lines that changed, in the sheet and the step where they are."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from portal.domain.sheets.changed import is_given
from portal.domain.sheets.compare import Difference, compare
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.web.validator.pieces import Pieces, pieces
from portal.web.validator.reading import ReadSheet, brief, digest_of, heading, read_sheet, row_name

Side = str | Pieces | None


@dataclass(frozen=True)
class Line:
    """One line: `status` is changed, added, removed, moved or same."""

    label: str
    old: Side
    new: Side
    status: str
    note: str = ""
    path: str = ""  # where a remark on it bears; empty where none can
    old_file: str = ""  # digests, where the values are files
    new_file: str = ""


@dataclass
class Part:
    """The lines of one step."""

    label: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Section:
    """What concerns one sheet. A sheet added or removed is shown whole, in `whole`."""

    id: uuid.UUID
    level: str
    title: str
    parts: list[Part] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    change: str = ""
    whole: ReadSheet | None = None

    @property
    def heading(self) -> str:
        """The level and the title, unless the title says both."""
        return heading(self.level, self.title)


@dataclass(frozen=True)
class Comparison:
    """All of it. `changes` counts what people or sources changed, and not what is computed from it."""

    sections: list[Section]
    changes: int
    untouched: list[str]


def comparison(old: View, new: View, *, whole: bool = False, axis: str | None = None) -> Comparison:
    """The differences in their places; with `whole`, the fields that did not change too."""
    found = compare(old, new)
    by_sheet: dict[uuid.UUID, list[Difference]] = {}
    for difference in found:
        by_sheet.setdefault(difference.sheet_id, []).append(difference)
    before = {n.id: n for n in _unit(old.node)}
    sections = [
        _section(old, new.of(node), before.get(node.id), by_sheet.get(node.id, []), whole=whole, axis=axis)
        for node in _unit(new.node)
    ]
    after = {n.id for n in _unit(new.node)}
    sections += [_gone(old.of(n)) for i, n in before.items() if i not in after]
    shown = [s for s in sections if s.parts or s.change]
    untouched = [s.title for s in sections if s not in shown]
    return Comparison(shown, _count(new, found, sections), untouched)


def _unit(node: Node) -> Iterator[Node]:
    """The unit and what is below it first, then what is above and frozen with it."""
    yield from node.down()
    yield from (n for n in node.up() if n is not node and n.data)


def _count(new: View, found: list[Difference], sections: list[Section]) -> int:
    given = sum(_is_given(new, d) for d in found)
    return given + sum(line.note == STATE for s in sections for part in s.parts for line in part.lines)


def _is_given(view: View, difference: Difference) -> bool:
    definition = view.tenant.field(difference.level, difference.field) if difference.field else None
    return definition is None or is_given(definition)


STATE, COMPUTED = "état", "calculé"


def _section(
    old: View, view: View, before: Node | None, found: list[Difference], *, whole: bool, axis: str | None
) -> Section:
    node, level = view.node, view.tenant.level(view.node.level)
    section = Section(node.id, level.label, node.title)
    if before is None:
        section.change, section.whole = "added", read_sheet(view, axis=axis)
        return section
    was = old.of(before)
    states = Part("Où en est la fiche", list(_states(was, view, axis, whole)))
    changed = {d.field: d for d in found}
    steps = [(s.step.label, [f.field for f in s.fields]) for s in view.form.steps]
    placed = {f.id for _, fields in steps for f in fields}
    parts = [_part(label, fields, changed, was, view, whole) for label, fields in steps]
    lost = [d for d in found if d.field not in placed]
    gone = [replace(line, path="") for d in lost for line in _lines(d, was, view)]
    elsewhere = Part("Champs qui ne sont plus demandés", gone)
    section.parts = [p for p in [states, *parts, elsewhere] if p.lines]
    section.unchanged = [p.label for p in parts if not p.lines]
    return section


def _gone(view: View) -> Section:
    level = view.tenant.level(view.node.level)
    return Section(view.node.id, level.label, view.node.title, change="removed", whole=read_sheet(view))


def _part(
    label: str, fields: list[FormField], changed: dict[str | None, Difference], was: View, view: View, whole: bool
) -> Part:
    part = Part(label)
    for definition in fields:
        difference = changed.get(definition.id)
        if difference is not None:
            part.lines += _lines(difference, was, view)
        elif whole:
            shown = view.show_field(definition)
            if shown or definition.origin != "imported":  # of what its source has not said, there is nothing to read
                digest = digest_of(definition, view.stored(definition.id))
                same = Line(
                    brief(definition), shown, shown, "same", path=definition.id, old_file=digest, new_file=digest
                )
                part.lines.append(same)
    return part


def _states(was: View, view: View, axis: str | None, whole: bool) -> Iterator[Line]:
    for axis_id, declared in view.tenant.axes_of(view.node.level).items():
        if axis_id == axis or declared.derived is not None or axis_id not in view.node.states:
            continue
        old, new = was.state_label(axis_id), view.state_label(axis_id)
        if was.node.states.get(axis_id) != view.node.states[axis_id]:
            yield Line(declared.label or axis_id, old, new, "changed", STATE)
        elif whole and new:
            yield Line(declared.label or axis_id, old, new, "same", STATE if old != new else "")


def _lines(difference: Difference, was: View, view: View) -> Iterator[Line]:
    definition = view.tenant.field(difference.level, difference.field or "")
    if definition is None:
        return
    if difference.cells:
        for row in difference.cells:
            yield from _row_lines(row, definition, difference)
        return
    note = "" if is_given(definition) else COMPUTED
    line = _line(brief(definition), difference.old_shown, difference.new_shown, note)
    old_file, new_file = digest_of(definition, difference.old), digest_of(definition, difference.new)
    yield replace(line, path=definition.id, old_file=old_file, new_file=new_file)


def _line(label: str, old: str, new: str, note: str = "") -> Line:
    if not old or not new:
        return Line(label, old, new, "added" if new else "removed" if old else "changed", note)
    return Line(label, *pieces(old, new), "changed", note)


def _row_lines(row: Difference, rows: FormField, all_rows: Difference) -> Iterator[Line]:
    name = f"{brief(rows)} › {_name(row, rows, all_rows)}"
    if row.change == "moved":
        old, new = (_place(all_rows.old, row.row), _place(all_rows.new, row.row))
        yield Line(name, f"En position {old}", f"En position {new}", "moved", path=row.path)
    elif row.change in ("added", "removed"):  # of a row that is no more, one speaks at its field
        path = row.path if row.change == "added" else rows.id
        yield Line(name, row.old_shown, row.new_shown, row.change, path=path)
    for cell in row.cells:
        yield replace(_line(f"{name} › {cell.label}", cell.old_shown, cell.new_shown), path=cell.path)


def _name(row: Difference, rows: FormField, all_rows: Difference) -> str:
    held = all_rows.old if row.change == "removed" else all_rows.new
    stored: Any = row.old if row.change == "removed" else row.new
    return row_name(stored, _place(held, row.row), rows)


def _place(rows: Any, row_id: str | None) -> int:
    return next((i for i, row in enumerate(rows or [], 1) if row.get("_id") == row_id), 0)
