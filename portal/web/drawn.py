"""A field as the page draws it: what `templates/components/fields.html` asks, worked out once, in plain values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.domain.entry.completeness import Problem
from portal.domain.fields import ID, PARTS, Context, Fault, offers
from portal.domain.sheets.certified import given_cells
from portal.domain.sheets.effective import EffectiveField
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.web.coded import PICKED, Replaced, replaced, table_of
from portal.web.drawn_files import DrawnFile, Href, draw_file
from portal.web.drawn_words import legend, taken_from, typed_words, why_locked
from portal.web.entries import LISTED, picks_entry, words_of
from portal.web.kind_fields import python_cells
from portal.web.widgets import typed_value, widget_of

Remark = Mapping[str, Any]  # {title, by, text, answer}
YES_NO = [("oui", "Oui"), ("non", "Non")]
COUNTED = ("text", "longtext")


@dataclass
class Links:
    """Where a field is checked, rows are changed, values suggested, codes chosen, files read and sent; None where
    nowhere. `entries(path, name)`: where the directory suggests, and where it is searched.
    """

    check: Callable[[str], str] | None = None
    rows: Callable[[str], str] | None = None
    suggest: Callable[[str], str | None] = lambda table: None
    choose: Callable[[str], str | None] = lambda name: None
    entries: Callable[[str, str], tuple[str, str]] | None = None
    files: Href | None = None
    upload: Href | None = None


@dataclass
class Drawn:
    """One field, one cell of a row or one part of an address."""

    name: str
    label: str
    kind: str
    widget: str
    value: Any = ""
    shown: str = ""
    help: str | None = None
    notice: str | None = None
    error: str | None = None
    warning: str | None = None
    required: bool = False
    locked: bool = False
    origin: str | None = None
    max: int | None = None
    unit: str | None = None
    choices: Sequence[tuple[str, str]] = ()
    fields: list["Drawn"] = field(default_factory=list)
    rows: list["DrawnRow"] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    add_label: str | None = None
    remove_label: str | None = None
    check_href: str | None = None
    add_href: str | None = None
    remove_href: str | None = None
    suggest_href: str | None = None
    choose_href: str | None = None
    replaced: Sequence[Replaced] = ()
    conflict: dict[str, str] | None = None
    remarks: Callable[[], Sequence[Remark]] = tuple
    file: DrawnFile | None = None
    taken: bool = False  # it follows another field of the page

    @property
    def id(self) -> str:
        """The id of the control; prefixed, for a region may call a field as the page calls one of its parts."""
        return f"c-{self.name}"

    @property
    def corrections(self) -> Sequence[Remark]:
        """What whoever decides asks to correct here; read where it is drawn only."""
        return self.remarks()

    @property
    def known(self) -> bool:
        """Whether it is only recalled here: it comes from a source, or is computed, and holds one value."""
        return self.locked and not self.rows and not self.fields and self.widget != "rows" and not self.taken


@dataclass
class DrawnRow:
    """One row of a field: its stable `_id`, what it is called, its cells, the faults of the row itself."""

    _id: str
    legend: str
    fields: list[Drawn]
    errors: list[str]
    remarks: Callable[[], Sequence[Remark]] = tuple

    @property
    def corrections(self) -> Sequence[Remark]:
        """What whoever decides asks to correct in this row."""
        return self.remarks()


@dataclass
class Drawing:
    """What is the same for all the fields of a page: the sheet, the links, the faults and the remarks by path."""

    view: View
    links: Links = field(default_factory=Links)
    problems: Sequence[Problem] = ()
    locked: Callable[[str], str | None] = lambda name: None
    remarks: Callable[[], Mapping[str, Sequence[Remark]]] = dict

    def field(self, shown: EffectiveField, raw: Any, fault: Fault | None = None) -> Drawn:
        """One field of the form, as typed or as stored, with its fault and what the rules say of it."""
        definition = shown.field
        why = why_locked(self.view, shown) if not shown.entered else self.locked(shown.id)
        made = self.draw(definition, shown.id, raw, shown.id, locked=not shown.entered or why is not None)
        made.notice = definition.notice
        made.taken = definition.fill is not None and definition.kind != "inherited"
        made.origin = why
        if not made.locked and definition.kind in PICKED:
            made.choose_href = self.links.choose(shown.id)
        if made.locked and definition.kind != "rows":
            made.shown = self.view.show_field(definition)
        if fault is not None:
            self._mark(made, fault)
        return made

    def draw(self, definition: FormField, name: str, raw: Any, path: str, *, locked: bool = False) -> Drawn:
        """A field or a cell under a name of the form; `path` is how problems call it."""
        made = Drawn(
            name, definition.words, definition.kind, widget_of(definition), value=typed_value(definition, raw),
            shown=typed_words(self._context(path), definition, raw), help=definition.help, required=definition.required,
            locked=locked, unit=definition.unit, types=list(definition.types), choices=self._choices(definition, path),
            max=int(definition.max) if definition.max and definition.kind in COUNTED else None,
        )  # fmt: skip
        made.error, made.warning = self._said(path, "block"), self._said(path, "warn")
        made.remarks = self._remarks_at(path)
        if self.links.check and not locked and definition.kind not in ("rows", "file"):
            made.check_href = self.links.check(name)
        if (table := table_of(definition)) is not None:
            made.suggest_href = self.links.suggest(table)
            made.replaced = replaced(self.view, definition, raw)
        if picks_entry(definition) and not locked:
            self._look_for(made, raw, path)
        if definition.kind == "address":
            made.fields = [self._part(definition, part, name, raw, path, locked) for part in PARTS]
        if definition.kind == "rows":
            self._rows(made, definition, raw, path)
        if definition.kind == "file":
            sent_to = None if locked else self.links.upload
            made.file = draw_file(self.view, definition, raw, read_at=self.links.files, sent_to=sent_to)
        return made

    def _look_for(self, made: Drawn, raw: Any, path: str) -> None:
        """Ask for words where the list would be too long."""
        if self.links.entries is not None and len(made.choices) > LISTED:
            made.widget, made.choices, offered = "lookup", (), made.choices
            made.value = made.shown = words_of(raw, offered)
            made.suggest_href, made.choose_href = self.links.entries(path, made.name)

    def _remarks_at(self, path: str) -> Callable[[], Sequence[Remark]]:
        return lambda: self.remarks().get(path, ())

    def _said(self, path: str, severity: str) -> str | None:
        told = (p.message for p in self.problems if p.path == path and p.severity == severity)
        return " ".join(dict.fromkeys(told)) or None

    def _choices(self, definition: FormField, path: str) -> Sequence[tuple[str, str]]:
        if definition.kind == "boolean":
            return YES_NO
        return offers(definition, self._context(path)) or ()

    def _context(self, path: str) -> Context:
        """What surrounds a field, or a cell in its row."""
        context = self.view.context
        return context.inside(path.partition(".")[0]) if "." in path else context

    def _part(self, definition: FormField, part: str, name: str, raw: Any, path: str, locked: bool) -> Drawn:
        held = raw.get(part, "") if isinstance(raw, dict) else ""
        widget = "code" if part in ("code_postal", "insee") else "text"
        required = definition.required and part in definition.required_parts
        made = Drawn(f"{name}-{part}", PARTS[part].label, "text", widget, value=held, required=required, locked=locked)
        made.error = self._said(f"{path}.{part}", "block")
        return made

    def _rows(self, made: Drawn, definition: FormField, raw: Any, path: str) -> None:
        shape = definition.rows
        given, own = given_cells(self.view, definition), self.view.form.fields.get(definition.id)
        fixed = given is not None or bool(shape and shape.keys)
        kept = (given or frozenset()) | (own.fixed_cells if own else frozenset())
        held = [row for row in raw or [] if isinstance(row, dict)]
        made.widget = "table" if fixed else "rows"
        made.rows = [self._row(made, definition, row, i, path, kept) for i, row in enumerate(held)]
        for cell in (c for row in made.rows for c in row.fields):
            name = cell.name.rpartition("-")[2]
            if name in (given or ()):
                cell.origin = taken_from(self.view, definition)
            elif name in kept and own:
                cell.origin = own.cells[name].why
        made.add_label = (shape.add if shape else None) or "Ajouter une ligne"
        made.remove_label = (shape.remove if shape else None) or "Supprimer cette ligne"
        if not fixed and not made.locked and self.links.rows is not None:
            made.add_href = made.remove_href = self.links.rows(made.name)

    def _row(
        self, made: Drawn, definition: FormField, row: dict[str, Any], index: int, path: str, given: frozenset[str]
    ) -> DrawnRow:
        own, key = f"{path}.{row.get(ID)}", str(row.get(ID))
        cells = python_cells(definition, row, self.view)
        asked = [c for c in definition.fields if c.when is None or self.view.holds(c.when, row=definition, cells=cells)]
        drawn = [
            self.draw(
                c, f"{made.name}-{index}-{c.id}", row.get(c.id), f"{own}.{c.id}", locked=made.locked or c.id in given
            )
            for c in asked
        ]
        faults = [p.message for p in self.problems if p.path == own and p.severity == "block"]
        return DrawnRow(
            key,
            legend(definition, key, index, [(c.name.rpartition("-")[2], c.shown) for c in drawn]),
            drawn,
            faults,
            self._remarks_at(own),
        )

    def _mark(self, made: Drawn, fault: Fault) -> None:
        """A fault at its place: the part of an address, the cell of a row, or the field itself."""
        if fault.parts and made.fields:
            made.error = None
            for part in made.fields:
                part.error = fault.parts.get(part.name.rpartition("-")[2])
        elif fault.cells and made.rows:
            made.error = None
            for row in made.rows:
                for cell in row.fields:
                    cell.error = fault.cells.get(row._id, {}).get(cell.name.rpartition("-")[2], cell.error)
        else:
            made.error = fault.message
