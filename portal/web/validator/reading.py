"""A sheet to be read: step by step, each value in words, rows as tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.domain.fields import KINDS
from portal.domain.sheets.effective import EffectiveField, EffectiveStep
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.options import row_name
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.web.coded import CERTIF_INFO, comes_from_certification, replaced

TABLE = 4  # cells of a row above which rows are read one under the other
WORDY = 60  # signs above which a label gives way to its short form in a table


@dataclass(frozen=True)
class Cell:
    """One value of a row."""

    label: str
    shown: str


@dataclass(frozen=True)
class ReadRow:
    """One row of a field, by its name."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class ReadField:
    """One field: its words, its value in words; rows, when it holds rows."""

    id: str
    label: str
    shown: str
    rows: list[ReadRow] = field(default_factory=list)
    long: bool = False
    source: str = ""
    digest: str = ""  # of a file: where it is read

    @property
    def narrow(self) -> bool:
        """Whether its rows hold in a table."""
        return bool(self.rows) and len(self.rows[0].cells) <= TABLE


@dataclass(frozen=True)
class ReadStep:
    """One step and its fields."""

    label: str
    fields: list[ReadField]


@dataclass(frozen=True)
class ReadSheet:
    """One sheet: what it is, what it is called, where it stands, its steps."""

    node: Node
    level: str
    title: str
    states: list[str]
    steps: list[ReadStep]

    @property
    def heading(self) -> str:
        """The level and the title, unless the title says both."""
        return heading(self.level, self.title)


def heading(level: str, title: str) -> str:
    """« Action · 2 - Hôte d'accueil »; the title alone where it begins with the level."""
    return title if title.lower().startswith(level.lower()) else f"{level} · {title}"


def read_unit(view: View, *, axis: str | None = None) -> list[ReadSheet]:
    """The sheets of a unit as one reads them: itself and what is below first, then those above that hold something."""
    above = [n for n in view.node.up() if n is not view.node and n.data]
    return [read_sheet(view.of(node), axis=axis) for node in [*view.node.down(), *above]]


def read_sheet(view: View, *, axis: str | None = None) -> ReadSheet:
    """One sheet; the state on `axis` is left out."""
    steps = [ReadStep(s.step.label, list(_fields(view, s))) for s in view.form.steps]
    level = view.tenant.level(view.node.level)
    states = [view.state_label(a) for a in level.axes if a != axis]
    return ReadSheet(view.node, level.label, view.node.title, [s for s in states if s], [s for s in steps if s.fields])


def _fields(view: View, step: EffectiveStep) -> Iterator[ReadField]:
    for shown in step.fields:
        definition = shown.field
        if definition.origin == "imported" and view.stored(shown.id) in (None, "", []):
            continue  # its source has said nothing
        rows = list(read_rows(view, definition)) if definition.kind == "rows" else []
        words = "" if definition.kind == "rows" else view.show_field(definition)
        source = _source(view, shown)
        digest = digest_of(definition, view.stored(shown.id))
        yield ReadField(shown.id, definition.words, words, rows, definition.kind == "longtext", source, digest)


def _source(view: View, shown: EffectiveField) -> str:
    """Where a value comes from; of a code that another has replaced, which one."""
    definition = shown.field
    if definition.origin == "imported":
        return definition.source or ""
    if shown.locked and comes_from_certification(view, definition):
        return CERTIF_INFO
    return ", ".join(f"code remplacé par {one.words}" for one in replaced(view, definition, view.stored(shown.id)))


def read_rows(view: View, rows: FormField) -> Iterator[ReadRow]:
    """The rows of a field, each with the cells it has; columns that every row leaves empty are left out."""
    stored = [r for r in view.stored(rows.id) or [] if isinstance(r, dict)]
    context = view.context.inside(rows.id)
    used = [c for c in rows.fields if any(r.get(c.id) not in (None, "", []) for r in stored)]
    for place, row in enumerate(stored, 1):
        cells = [Cell(brief(c), KINDS[c.kind].show(row.get(c.id), c, context)) for c in used]
        yield ReadRow(row_name(row, place, rows), cells)


def digest_of(definition: FormField, stored: Any) -> str:
    """What names the content of a file; nothing for any other value."""
    is_file = definition.kind == "file" and isinstance(stored, Mapping)
    return str(stored.get("digest") or "") if is_file else ""


def brief(definition: FormField) -> str:
    """A field's label, or its short form when the label is a sentence."""
    return definition.short if definition.short and len(definition.words) > WORDY else definition.words
