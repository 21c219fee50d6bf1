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
from wtforms import HiddenField

from portal.domain.attachments.errors import UploadRefused
from portal.domain.entry.saving import fingerprint, shown_raw
from portal.domain.fields import KINDS, Context, Fault
from portal.domain.sheets.effective import EffectiveStep
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant
from portal.web.entries import picks_entry
from portal.web.kind_fields import FAMILIES, TOO_LONG, KindField, PickField, too_long


class StepForm(FlaskForm):
    """The form of one step. `version` and `_was` travel with it: what the sheet was when the page was drawn."""

    declared: ClassVar[Mapping[str, str]] = {}  # field id → attribute
    version = HiddenField()
    was = HiddenField(name="_was")
    seen = HiddenField(name="_vu")

    def __init__(self, view: View, formdata: MultiDict[str, str] | None = None) -> None:
        self.view, self.sent = view, formdata
        self.refused: dict[str, UploadRefused] = {}  # the files that were sent and are not kept
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
    if picks_entry(definition):
        return PickField
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


def tidied(definition: FormField, raw: Any, context: Context) -> Any:
    """What was typed as the sheet would keep it and show it again; as typed when it is not valid."""
    kind = KINDS[definition.kind]
    try:
        return kind.raw(kind.clean(raw, definition, context), definition)
    except Fault:
        return raw
