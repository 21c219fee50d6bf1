"""The fields that a region asks on the page where a sheet is created: drawn, read and judged as in their own step."""

from collections.abc import Mapping
from typing import Any

from flask import g
from werkzeug.datastructures import MultiDict

from portal.domain.fields import KINDS, Fault
from portal.domain.moves.perform import local_day
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.effective import EffectiveStep
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.ids import uuid7
from portal.tenancy.schema import Step
from portal.web.drawn import Drawing, Drawn
from portal.web.forms import StepForm, form_class
from portal.web.org.opened import Opened


class AskedAtCreation:
    """The fields of `creatable.fields` that a new sheet of a level has, as typed when something was sent."""

    def __init__(self, level_id: str, parent: Opened | None, now: Any, sent: MultiDict[str, str] | None = None) -> None:
        self.view = _unborn(level_id, parent, now)
        creatable = g.tenant.level(level_id).creatable
        shown = self.view.form.visible
        wanted = [shown[name] for name in (creatable.fields if creatable else []) if name in shown]
        self.fields = [field for field in wanted if field.entered]
        step = EffectiveStep(Step(id="creation", label="Création"), self.fields, [])
        self.form: StepForm = form_class(g.tenant, level_id, step)(self.view, sent)
        self.faults: Mapping[str, Fault] = {} if sent is None else {**self.form.faults(), **self.form.overlong()}

    def drawn(self) -> list[Drawn]:
        """The fields as the page draws them."""
        drawing = Drawing(self.view)
        return [drawing.field(f, self.form.field(f.id).raw, self.faults.get(f.id)) for f in self.fields]

    def values(self) -> dict[str, Any]:
        """What was typed, as stored; to be asked once there is no fault."""
        raws = self.form.raws()
        typed = {
            f.id: KINDS[f.field.kind].clean(raws[f.id], f.field, self.view.context) for f in self.fields if f.id in raws
        }
        return {name: value for name, value in typed.items() if value not in (None, "", [])}


def _unborn(level_id: str, parent: Opened | None, now: Any) -> View:
    """A sheet that does not exist yet, under its parent."""
    if parent is None:
        return View(g.tenant, Node(uuid7(), level_id), local_day(g.tenant, now), lookups=ReferenceLookups(), at=now)
    above = parent.view.node
    node = Node(
        uuid7(), level_id, programme=above.programme, organisation=above.organisation, parent=above,
        directory=above.directory,
    )  # fmt: skip
    return parent.view.of(node)
