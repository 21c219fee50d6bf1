"""Declared fields as a WTForms class: one class per step, made from the region's file.

A field of the form wraps a kind of the domain: it reads as the kind reads, and is refused as the kind refuses. The form
decides nothing by itself.

    form = form_class(tenant, "session", step)(view, formdata=request.form)
    form.raws()                    # what was typed, by field id, for the fields that were sent
    form.faults()                  # why the kinds refuse some of them, by field id
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from portal.domain.entry.saving import fingerprint, shown_raw
from portal.domain.fields import ID, KINDS, Context, Fault
from portal.domain.sheets.effective import EffectiveStep
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

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


class RowsField(KindField):
    """Rows: boxes inside them as boxes; a cell that its row does not show keeps what it held."""

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
        view: View = self._form.view
        for cell in self.definition.fields:
            asked = cell.when is None or view.holds(
                cell.when, row=self.definition, cells=python_cells(self.definition, row, view)
            )
            if not asked:
                row[cell.id] = known.get(cell.id, row[cell.id])
        return row


FAMILIES: Mapping[str, type[KindField]] = {
    "checkbox": TickField,
    "checkboxes": TicksField,
    "rows": RowsField,
    "rows_fixed": RowsField,
}
"""Control that asks for a field → class of the form's field; one input otherwise."""


class StepForm(FlaskForm):
    """The form of one step. `version` and `_was` travel with it: what the sheet was when the page was drawn."""

    declared: ClassVar[Mapping[str, str]] = {}  # field id → attribute
    version = HiddenField()
    was = HiddenField(name="_was")
    seen = HiddenField(name="_vu")

    def __init__(self, view: View, formdata: MultiDict[str, str] | None = None) -> None:
        self.view = view
        held = {attribute: shown_raw(view, view.form.fields[f].field) for f, attribute in self.declared.items()}
        super().__init__(formdata=formdata, data=held)
        drawn = fingerprints(self.was.data)
        for name, field in self.typed():
            if formdata is not None and field.silent and not field.sent and name in drawn:
                field.sent, field.raw = True, field.read(formdata)

    def typed(self) -> list[tuple[str, KindField]]:
        """The declared fields, by id, in the order of the step."""
        return [(name, self[attribute]) for name, attribute in self.declared.items()]

    def field(self, name: str) -> KindField:
        """One declared field; KeyError when the step does not ask it."""
        return self[self.declared[name]]

    def raws(self) -> dict[str, Any]:
        """What was typed, by field id, for the fields that were sent and can be kept."""
        return {name: field.raw for name, field in self.typed() if field.sent and not too_long(field.raw)}

    def overlong(self) -> dict[str, Fault]:
        """The fields whose text cannot even be kept."""
        return {name: Fault(TOO_LONG) for name, field in self.typed() if field.sent and too_long(field.raw)}

    def faults(self) -> dict[str, Fault]:
        """Why the fields that were sent are refused, each by its kind."""
        self.validate()
        return {name: field.fault for name, field in self.typed() if field.sent and field.fault is not None}


def form_class(tenant: Tenant, level: str, step: EffectiveStep) -> type[StepForm]:
    """The class of a step as a sheet has it, made once for each set of fields that the region's overrides lead to."""
    signature = tuple((f.id, _written(tenant, level, f.field)) for f in step.fields)
    key = ("form", level, step.id, signature)
    if key not in tenant.compiled:
        tenant.compiled[key] = _make_class(level, step)
    made: type[StepForm] = tenant.compiled[key]
    return made


def _written(tenant: Tenant, level: str, definition: FormField) -> str:
    """Nothing for a field as its file says it; its whole text once an override changed it."""
    return "" if tenant.field(level, definition.id) is definition else definition.model_dump_json()


def _make_class(level: str, step: EffectiveStep) -> type[StepForm]:
    # Attributes are not the ids themselves: a region may well call a field `data` or `errors`.
    attributes = {f.id: f"f_{f.id}" for f in step.fields}
    fields = {attributes[f.id]: _family(f.field)(f.field, name=f.id) for f in step.fields}
    name = f"{level}_{step.id}".title().replace("_", "") + "Form"
    return type(name, (StepForm,), {"__doc__": step.step.label, "declared": attributes, **fields})


def _family(definition: FormField) -> type[KindField]:
    return FAMILIES.get(KINDS[definition.kind].widget_for(definition), KindField)


def fingerprints(text: str | None) -> dict[str, str]:
    """What a page said each field held, by field id; nothing when it says nothing readable."""
    try:
        read = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in read.items()} if isinstance(read, dict) else {}


def drawn_as(view: View, step: EffectiveStep) -> dict[str, str]:
    """What the page shows of each field of a step, as fingerprints: the hidden input `_was`."""
    return {f.id: fingerprint(shown_raw(view, f.field)) for f in step.fields}


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


def tidied(definition: FormField, raw: Any, context: Context) -> Any:
    """What was typed as the sheet would keep it and show it again; as typed when it is not valid."""
    kind = KINDS[definition.kind]
    try:
        return kind.raw(kind.clean(raw, definition, context), definition)
    except Fault:
        return raw


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
