"""Cells → stored values, by the kinds of the fields: a cell is refused in the words that refuse it on a screen."""

from typing import Any

from portal.domain.fields import KINDS, Context, Fault, offers
from portal.domain.imports.table import Line, Table, bare
from portal.tenancy.schema import FormField

REQUIRED = "Cette cellule doit être remplie."
_MISS = object()


class Cells:
    """Reads the cells of one file; what was read once is not worked out again."""

    def __init__(self, table: Table, context: Context) -> None:
        self.table = table
        self.context = context
        self._values: dict[tuple[str, str, str], Any] = {}
        self._labels: dict[int, dict[str, str]] = {}

    def value(self, line: Line, column: str, field: FormField, *, required: bool = False) -> Any:
        """The stored value of a cell, None when it is empty or told as a fault."""
        text = self.table.text(line, column)
        if not text:
            if required:
                self.refuse(line, column, REQUIRED)
            return None
        key = (column, field.id, text)
        found = self._values.get(key, _MISS)
        if found is _MISS:
            found = self._values[key] = self._clean(field, text)
        if isinstance(found, Fault):
            self.refuse(line, column, found.message)
            return None
        return found

    def text(self, line: Line, column: str | None) -> str:
        """The text of a cell; empty where no column is named."""
        return self.table.text(line, column) if column else ""

    def refuse(self, line: Line, column: str, message: str) -> None:
        """Tell a fault of a cell."""
        value = self.table.text(line, column)
        self.table.faults.add(message, line.number, column, self.table.cell(line.number, column), value)

    def warn(self, line: Line, column: str, message: str) -> None:
        """Tell something to know about a cell."""
        value = self.table.text(line, column)
        self.table.warnings.add(message, line.number, column, self.table.cell(line.number, column), value)

    def constant(self, field: FormField, written: str) -> Any:
        """The stored value of a constant of imports.yaml."""
        found = self._clean(field, written)
        return None if isinstance(found, Fault) else found

    def _clean(self, field: FormField, text: str) -> Any:
        try:
            return KINDS[field.kind].clean(self._raw(field, text), field, self.context)
        except Fault as fault:
            return fault

    def _raw(self, field: FormField, text: str) -> Any:
        """What a form would hold: the label of a choice is as good as its code."""
        if field.kind not in ("choice", "choices"):
            return text
        labels = self._labels.get(id(field))
        if labels is None:
            offered = offers(field, None) or ()
            labels = self._labels[id(field)] = {bare(label): code for code, label in offered}
        if field.kind == "choice":
            return labels.get(bare(text), text)
        return [labels.get(bare(part), part.strip()) for part in text.replace("\n", ";").split(";")]
