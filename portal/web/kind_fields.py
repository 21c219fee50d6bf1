"""Declared fields as fields of a WTForms form, by the control that asks for each: they read as the kind reads, and are
refused as the kind refuses.
"""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.validators import ValidationError

from portal.domain.fields import ID, KINDS, Fault
from portal.domain.sheets.certified import given_cells
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.web.entries import entries_offered, key_of, picks_entry
from portal.web.files import SEAL, is_sealed

KEPT = 200_000  # characters of one text; what is longer is shown back but not kept
TOO_LONG = "Ce texte est trop long pour être gardé : 200 000 caractères au plus. Raccourcissez-le."


class KindField(Field):
    """A declared field with one input of its own name."""

    silent = False  # whether browsers send nothing of it when it is left empty

    def __init__(self, definition: FormField, **options: Any) -> None:
        super().__init__(definition.words, **options)
        self.definition = definition
        self.kind = KINDS[definition.kind]
        self.raw: Any = None
        self.sent = False
        self.fault: Fault | None = None

    def read(self, form: MultiDict[str, str]) -> Any:
        """What the form holds, in the shape in which pages show it."""
        return plain(self.kind.read(form, self.name, self.definition))

    def is_in(self, form: MultiDict[str, str]) -> bool:
        """Whether the form says anything of this field."""
        return self.name in form or any(key.startswith(f"{self.name}-") for key in form)

    def process(self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None) -> None:
        """Read the form; without one, hold what was given."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        self.fault, self.object_data = None, data
        self.sent = formdata is not None and self.is_in(formdata)
        self.raw = self.read(formdata) if formdata is not None and self.sent else data
        self.data = self.raw

    def pre_validate(self, form: Any) -> None:
        """Ask the kind. Raises ValidationError with its words."""
        try:
            if too_long(self.raw):
                raise Fault(TOO_LONG)
            self.kind.clean(self.raw, self.definition, form.view.context)
        except Fault as fault:
            self.fault = fault
            raise ValidationError(fault.message) from None


class TickField(KindField):
    """A box to tick."""

    silent = True

    def read(self, form: MultiDict[str, str]) -> Any:
        """`oui`; where it is left empty, what says so already: `non`, or nothing."""
        return ticked(super().read(form), self.object_data)


class TicksField(KindField):
    """Several boxes of one list."""

    silent = True


class FileField(KindField):
    """A file: the form holds what was received of it, under our seal. What says anything else is not heard."""

    def is_in(self, form: MultiDict[str, str]) -> bool:
        """Whether the form says which file it is: the one that is there, none, or one that we received."""
        said = self.read(form)
        if f"{self.name}-digest" not in form:
            return False
        if not said["digest"] or said == self.object_data:
            return True
        return is_sealed(form.get(f"{self.name}-{SEAL}", ""), self._form.view.node.id, self.name, said)


class PickField(KindField):
    """An entry of the directory: its id, or the words that name it where the list is too long to be shown."""

    def process(self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None) -> None:
        """Read the form, where words stand for what they name."""
        super().process(formdata, data)
        if self.sent:
            self.raw = self.data = key_of(self.raw, entries_offered(self._form.view, self.definition), data)


class RowsField(KindField):
    """Rows: boxes inside them as boxes; a cell not shown in its row, or filled by a source, keeps what it held."""

    def process(self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None) -> None:
        """Read the form over what was there."""
        super().process(formdata, data)
        if self.sent and isinstance(self.raw, list):
            known = {row.get(ID): row for row in data or [] if isinstance(row, dict)}
            self.raw = [self._row(row, known.get(row.get(ID), {})) for row in self.raw]
            self.data = self.raw

    def _row(self, row: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        for cell in self.definition.fields:
            if cell.kind == "boolean":
                row[cell.id] = ticked(row[cell.id], known.get(cell.id))
            elif picks_entry(cell):
                offered = entries_offered(self._form.view, cell, self.definition.id)
                row[cell.id] = key_of(row[cell.id], offered, known.get(cell.id))
        view: View = self._form.view
        own = view.form.fields.get(self.definition.id)
        given = (given_cells(view, self.definition) or frozenset()) | (own.fixed_cells if own else frozenset())
        for cell in self.definition.fields:
            asked = cell.when is None or view.holds(
                cell.when, row=self.definition, cells=python_cells(self.definition, row, view)
            )
            if not asked or cell.id in given:
                row[cell.id] = known.get(cell.id, row[cell.id])
        return row


FAMILIES: Mapping[str, type[KindField]] = {
    "checkbox": TickField,
    "checkboxes": TicksField,
    "file": FileField,
    "rows": RowsField,
    "rows_fixed": RowsField,
}
"""Control that asks for a field → class of the form's field; one input otherwise."""


def python_cells(rows: FormField, row: Mapping[str, Any], view: View) -> dict[str, Any]:
    """The cells of a row as typed, as conditions compute them; what cannot be understood is empty."""
    found: dict[str, Any] = {}
    for cell in rows.fields:
        kind = KINDS[cell.kind]
        try:
            found[cell.id] = kind.python(kind.clean(row.get(cell.id), cell, view.context.inside(rows.id)), cell)
        except Fault:
            found[cell.id] = None
    return found


def ticked(raw: Any, held: Any) -> Any:
    """A box as the kind writes it: a page sends `1` where the kind says `oui`, and nothing where it holds `non`."""
    if raw in ("1", "on", "true"):
        return "oui"
    return held if raw == "" and held == "non" else raw


def plain(raw: Any) -> Any:
    """What browsers change on the way is changed back; a null character, which nobody types, is dropped."""
    if isinstance(raw, str):
        return raw.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if isinstance(raw, list):
        return [plain(item) for item in raw]
    if isinstance(raw, dict):
        return {key: plain(item) for key, item in raw.items()}
    return raw


def too_long(raw: Any) -> bool:
    """Whether one field holds more than a sheet may keep."""
    if isinstance(raw, str):
        return len(raw) > KEPT
    return isinstance(raw, list | dict) and len(json.dumps(raw, ensure_ascii=False)) > 2 * KEPT
