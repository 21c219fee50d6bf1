"""What a step's form sends, its files received: each is kept at once, and the form then says what it is."""

from collections.abc import Iterable, Mapping

from flask import request
from werkzeug.datastructures import MultiDict

from portal.domain.attachments.actions import store_upload
from portal.domain.attachments.errors import NotAccepted, TooHeavy, UploadRefused
from portal.domain.fields import KINDS, Fault
from portal.domain.sheets.effective import EffectiveField
from portal.tenancy.schema import FormField
from portal.web.files import PARTS, SEAL, files_folder, seal_of
from portal.web.forms import StepForm
from portal.web.org.editing import Editing

STATUS: Mapping[type[Fault], int] = {TooHeavy: 413, NotAccepted: 415}
"""What refuses a file → status of the answer; 422 for the rest."""


def typed_form(editing: Editing, *, without: str | None = None) -> StepForm:
    """The step's form as it was sent; `without`: less the file of a field. What is refused is in its `refused`."""
    typed: MultiDict[str, str] = MultiDict(request.form)
    refused: dict[str, UploadRefused] = {}
    for shown in file_fields(editing):
        try:
            _receive(editing, shown.field, typed)
        except UploadRefused as refusal:
            refused[shown.id] = refusal
    if without is not None:
        _write(typed, without, dict.fromkeys((*PARTS, SEAL), ""))
    form = editing.form(typed)
    form.refused = refused
    return form


def file_fields(editing: Editing) -> list[EffectiveField]:
    """The fields of the step that take a file of this person now."""
    files = (f for f in editing.step.fields if f.field.kind == KINDS["file"].name)
    return [f for f in files if f.entered and editing.lock(f.id) is None]


def _receive(editing: Editing, definition: FormField, typed: MultiDict[str, str]) -> None:
    sent = request.files.get(definition.id)
    if sent is None or not sent.filename:
        return
    opened = editing.opened
    value = store_upload(
        opened.session, sent.stream, sent.filename, definition, at=opened.now, actor=opened.actor, folder=files_folder()
    )
    parts = KINDS[definition.kind].raw(value, definition)
    _write(typed, definition.id, {**parts, SEAL: seal_of(editing.view.node.id, definition.id, parts)})


def _write(typed: MultiDict[str, str], name: str, parts: Mapping[str, str]) -> None:
    for part, said in parts.items():
        typed[f"{name}-{part}"] = said


def status_of(faults: Iterable[Fault]) -> int:
    """The status of a form that is not clean: what is wrong with its first file, or 422."""
    return next((STATUS[type(fault)] for fault in faults if type(fault) in STATUS), 422)
