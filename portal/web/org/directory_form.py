"""The form of an entry of the directory: its fields as kinds ask them, with what was typed and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from portal.domain.fields import KINDS, Context, Fault
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.web.drawn import Drawing, Drawn
from portal.web.forms import FAMILIES, KindField


@dataclass(frozen=True)
class Around:
    """What stands around the values, where there is no sheet: what kinds and drawings ask of a view."""

    context: Context


class EntryForm(FlaskForm):
    """The fields of one noun. `values()` are the values to keep, `faults()` why some are refused, by field."""

    asked: ClassVar[Sequence[FormField]] = ()

    def __init__(self, context: Context, held: Mapping[str, Any], formdata: MultiDict[str, str] | None = None) -> None:
        self.view = Around(context)
        # What a sent form leaves out is empty: boxes left unticked are not sent.
        sent = formdata is not None
        raws = {f"f_{f.id}": None if sent else KINDS[f.kind].raw(held.get(f.id), f) for f in self.asked}
        super().__init__(formdata=formdata, data=raws)

    def field(self, name: str) -> KindField:
        """One field, by the name of its column."""
        return self[f"f_{name}"]

    def faults(self) -> dict[str, Fault]:
        """Why kinds refuse what was typed."""
        self.validate()
        fields = ((f.id, self.field(f.id)) for f in self.asked)
        return {name: field.fault for name, field in fields if field.fault is not None}

    def values(self) -> dict[str, Any]:
        """What was typed, cleaned. Raises Fault, which `faults()` tells beforehand."""
        context = self.view.context
        return {f.id: KINDS[f.kind].clean(self.field(f.id).raw, f, context) for f in self.asked}

    def drawn(self, faults: Mapping[str, Fault], remarks: Mapping[str, str]) -> list[Drawn]:
        """The fields as pages draw them, with what is wrong and what deserves a second look at its place."""
        drawing = Drawing(cast(View, self.view))
        return [self._drawn(drawing, f, faults.get(f.id), remarks.get(f.id)) for f in self.asked]

    def _drawn(self, drawing: Drawing, field: FormField, fault: Fault | None, remark: str | None) -> Drawn:
        made = drawing.draw(field, field.id, self.field(field.id).raw, field.id)
        made.warning = remark
        if fault is not None and fault.parts and made.fields:
            for part in made.fields:
                part.error = fault.parts.get(part.name.rpartition("-")[2])
        elif fault is not None:
            made.error = fault.message
        return made


def entry_form(fields: Sequence[FormField]) -> type[EntryForm]:
    """The class of a form that asks these fields."""
    made = {f"f_{f.id}": _family(f)(f, name=f.id) for f in fields}
    return type("EntryForm", (EntryForm,), {"__doc__": EntryForm.__doc__, "asked": tuple(fields), **made})


def _family(field: FormField) -> type[KindField]:
    return FAMILIES.get(KINDS[field.kind].widget_for(field), KindField)
