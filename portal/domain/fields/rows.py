"""Rows: several times the same fields, each row known by a stable `_id`."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from portal.domain.conditions.types import Type
from portal.domain.fields import french
from portal.domain.fields.base import Applies, Context, Form, Kind, always
from portal.domain.fields.faults import Fault
from portal.domain.fields.words import blank
from portal.tenancy.schema import FormField, RowShape

ID = "_id"
MOST_ROWS = 1000
_ID_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SHOWN = 3
_CELL = re.compile(r"\{([a-z]\w*(?::typed)?)\}")
_ADDED = RowShape.model_validate({})


def new_id() -> str:
    """An identifier for a new row."""
    return uuid.uuid4().hex[:8]


def shape_of(field: FormField) -> RowShape:
    """How the rows come to be; by default people add them."""
    return field.rows or _ADDED


def row_name(legend: str, place: int) -> str | None:
    """What a row is called by its place: « Intervenant #2 » for `Intervenant #{n}`, « Créneau 2 » for `Créneau`; None
    when the legend names cells.
    """
    named = legend.replace("{n}", str(place))
    if "{" in named:
        return None
    return named if named != legend else f"{legend} {place}"


def _filled(line: str, cells: Mapping[str, str]) -> str:
    return _CELL.sub(lambda match: cells.get(match[1], ""), line)


class Rows(Kind):
    """`kinds` is the table of kinds, which holds this one too: rows may hold rows."""

    name = "rows"
    doc = (
        "Rows of `fields`: fixed ones (`rows: {keys: …}`), added by people (`rows: {add: …, min, max}`) or taken from "
        "a list elsewhere (`rows: {from: …}`). `rules` bear on each row."
    )
    stored = "list of mappings, each with its `_id` (the key, for fixed rows)"
    example = "{id: financeurs, kind: rows, rows: {keys: {region: Région}}, fields: [{id: effectif, kind: integer}]}"
    widget = "rows"
    condition_type = Type.LIST
    settings = frozenset({"rows", "fields", "rules"})

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = kinds

    def kind(self, cell: FormField) -> Kind:
        """The kind of a cell; text when the tenant's file names none that exists, which the loader reports."""
        return self.kinds.get(cell.kind) or self.kinds["text"]

    def widget_for(self, field: FormField) -> str:
        """Fixed rows cannot be added nor removed."""
        return "rows_fixed" if shape_of(field).keys else "rows"

    def read(self, form: Form, name: str, field: FormField) -> Any:
        """Rows named `evenements-0-type`, their `_id` in `evenements-0-_id`; a row without one is given a new one."""
        wanted = re.compile(re.escape(name) + r"-([0-9]{1,6})-")
        found = {int(match[1]) for key in form if (match := wanted.match(key))}
        places = sorted(found)[: MOST_ROWS + 1]
        rows = [self._read_row(form, f"{name}-{place}", field) for place in places]
        return self._identified(rows, field)

    def _read_row(self, form: Form, name: str, field: FormField) -> dict[str, Any]:
        row = {cell.id: self.kind(cell).read(form, f"{name}-{cell.id}", cell) for cell in field.fields}
        return {ID: (form.getlist(f"{name}-{ID}") or [""])[-1], **row}

    def _identified(self, rows: list[Any], field: FormField) -> list[dict[str, Any]]:
        """The rows that are mappings, each with an `_id` of its own; for fixed rows, all the keys in their order."""
        given = [dict(row) for row in rows if isinstance(row, Mapping)]
        keys = shape_of(field).keys
        if keys:
            by_key = {row[ID]: row for row in given if isinstance(row.get(ID), str)}
            unnamed = iter([row for row in given if blank(row.get(ID))])
            return [{**(by_key.get(key) or next(unnamed, {})), ID: key} for key in keys]
        seen: set[str] = set()
        for row in given:
            own = row.get(ID)
            if not isinstance(own, str) or own in seen or not _ID_FORM.fullmatch(own):
                row[ID] = new_id()
            seen.add(row[ID])
        return given

    def empty(self, raw: Any) -> bool:
        """No row, or rows in which nothing was given."""
        return blank(raw) or (isinstance(raw, list | tuple) and len(raw) <= MOST_ROWS and all(map(blank, raw)))

    def clean(self, raw: Any, field: FormField, context: Context) -> Any:
        """The rows cleaned cell by cell; Fault carries the faults by row and cell. Empty rows are dropped."""
        if self.empty(raw):
            return None
        if not isinstance(raw, list | tuple):
            raise Fault("Ces lignes n'ont pas la forme attendue.")
        if len(raw) > MOST_ROWS:
            raise Fault(f"{french.plural(MOST_ROWS, 'ligne')} au plus.")
        inner = context.inside(field.id)
        rows: list[dict[str, Any]] = []
        cells: dict[str, dict[str, str]] = {}
        for given in self._identified(list(raw), field):
            row, faults = self._clean_row(given, field, inner)
            if faults:
                cells[row[ID]] = faults
            if faults or shape_of(field).keys or self._says(row, field, inner):
                rows.append(row)
        if cells:
            raise Fault(self._words(rows, cells, field), cells=cells)
        if all(len(row) == 1 for row in rows):
            return None
        if broken := self.check(rows, field, context):
            raise Fault(" ".join(broken))
        return rows

    def _clean_row(
        self, given: Mapping[str, Any], field: FormField, context: Context
    ) -> tuple[dict[str, Any], dict[str, str]]:
        row: dict[str, Any] = {ID: given[ID]}
        faults: dict[str, str] = {}
        for cell in field.fields:
            try:
                value = self.kind(cell).clean(given.get(cell.id), cell, context)
            except Fault as fault:
                faults[cell.id] = fault.message
            else:
                if value is not None:
                    row[cell.id] = value
        return row, faults

    def _says(self, row: Mapping[str, Any], field: FormField, context: Context) -> bool:
        """Whether a row says something: beyond the first values of its cells, for one that people have added."""
        given = [cell for cell in field.fields if row.get(cell.id) not in (None, False)]
        if shape_of(field).origin:
            return bool(given)
        return any(not cell.default or row[cell.id] != self.kind(cell).initial(cell, context) for cell in given)

    def _words(self, rows: list[dict[str, Any]], cells: Mapping[str, Mapping[str, str]], field: FormField) -> str:
        """« Ligne 2, Heure de début : … », for the first faults."""
        labels = {cell.id: cell.words for cell in field.fields}
        told = [
            f"{self.row_label(row, place, field)}, {labels[cell]} : {why}"
            for place, row in enumerate(rows, 1)
            for cell, why in cells.get(row[ID], {}).items()
        ]
        more = len(told) - _SHOWN
        others = [f"Et {french.plural(more, 'autre faute', 'autres fautes')}."] if more > 0 else []
        return " ".join([*told[:_SHOWN], *others])

    def row_label(self, row: Mapping[str, Any], place: int, field: FormField) -> str:
        """What a row is called: its key's label, or its legend or « Ligne » and its place."""
        shape = shape_of(field)
        return (shape.keys or {}).get(str(row.get(ID))) or row_name(shape.legend or "Ligne", place) or f"Ligne {place}"

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """The number of rows."""
        shape, rows = shape_of(field), self.rows(value)
        if shape.keys or not rows:
            return []
        if len(rows) > shape.max:
            return [f"{french.plural(shape.max, 'ligne')} au plus."]
        return [f"Il faut au moins {french.plural(shape.min, 'ligne')}."] if len(rows) < shape.min else []

    def rows(self, value: Any) -> list[Mapping[str, Any]]:
        """The rows of a stored value."""
        return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []

    def missing(self, value: Any, field: FormField, applies: Applies = always) -> list[str]:
        """`<row>.<cell>` for the required cells that are empty, `<row>.<cell>.<part>` inside them."""
        stored = self.rows(value)
        keys = shape_of(field).keys or {}
        have = {str(row.get(ID)) for row in stored}
        absent: list[Mapping[str, Any]] = [{ID: key} for key in keys if key not in have]
        paths = []
        for row in [*stored, *absent]:
            for cell in field.fields:
                if applies(cell, row):
                    paths += [f"{row.get(ID)}.{path}" for path in self._missing_cell(row.get(cell.id), cell, applies)]
        return paths

    def _missing_cell(self, value: Any, cell: FormField, applies: Applies) -> list[str]:
        if cell.required and blank(value):
            return [cell.id]
        return [f"{cell.id}.{path}" for path in self.kind(cell).missing(value, cell, applies)]

    def raw(self, value: Any, field: FormField) -> Any:
        """Every row with every cell as a form shows it; fixed rows are always all there."""
        return [
            {ID: row[ID], **{cell.id: self.kind(cell).raw(row.get(cell.id), cell) for cell in field.fields}}
            for row in self._identified(list(self.rows(value)), field)
        ]

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """One row after the other, separated by « ; »."""
        return " ; ".join(filter(None, self._each(value, field, context, "show")))

    def text(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """As shown, each cell as it is exported."""
        return " ; ".join(filter(None, self._each(value, field, context, "text")))

    def lines(self, value: Any, field: FormField, context: Context | None = None) -> list[str]:
        """As shown, each row by itself."""
        return [line for line in self._each(value, field, context, "show") if line]

    def _each(self, value: Any, field: FormField, context: Context | None, how: str) -> list[str]:
        inner = context.inside(field.id) if context else None
        labels, line = shape_of(field).keys or {}, shape_of(field).line
        told = []
        for row in self.rows(value):
            cells = {c.id: getattr(self.kind(c), how)(row.get(c.id), c, inner) for c in field.fields}
            words = _filled(line, cells | self._typed(row, field)) if line else ", ".join(filter(None, cells.values()))
            head = labels.get(str(row.get(ID)))
            told.append(f"{head} : {words}" if head and words else words)
        return told

    def _typed(self, row: Mapping[str, Any], field: FormField) -> dict[str, str]:
        """Its cells as people type them: `14:00` where the portal writes `14h00`."""
        return {f"{c.id}:typed": str(self.kind(c).raw(row.get(c.id), c) or "") for c in field.fields}

    def python(self, value: Any, field: FormField) -> Any:
        """Fixed rows: a mapping key → row. Others: a list. Each row is a mapping of python values, with its `_id`."""
        rows = [
            {ID: row.get(ID), **{cell.id: self.kind(cell).python(row.get(cell.id), cell) for cell in field.fields}}
            for row in self.rows(value)
        ]
        if shape_of(field).keys:
            return {row[ID]: row for row in rows if isinstance(row[ID], str)} or None
        return rows or None

    def review(self, field: FormField) -> list[str]:
        """Fewer rows allowed than asked, files in rows. The loader reviews each cell, at its own line."""
        shape = shape_of(field)
        faults = ["« min » dépasse « max »"] if shape.min > shape.max else []
        files = [f"« {c.id} » : un fichier se demande à côté des lignes" for c in field.fields if c.kind == "file"]
        known, said = {c.id for c in field.fields}, [n.partition(":")[0] for n in _CELL.findall(shape.line or "")]
        faults += [f"« line » : champ inconnu « {name} »" for name in said if name not in known]
        return [*super().review(field), *faults, *files]
