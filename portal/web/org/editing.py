"""One step opened for typing: a sheet's own, or one that a change request proposes to change."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort, url_for

from portal.domain.entry.completeness import Problem, problems_of_step
from portal.domain.entry.due import lay_forced
from portal.domain.entry.requests import CLOSED, OUT_OF_SCOPE, active_patterns, in_scope, propose_step, targets_of
from portal.domain.entry.saving import Saved, write_value
from portal.domain.fields import KINDS, Fault
from portal.domain.moves.perform import Done
from portal.domain.moves.saving import save_opened
from portal.domain.sheets.effective import EffectiveField, EffectiveStep
from portal.domain.sheets.view import View
from portal.domain.workflow import may_edit
from portal.web.drawn import Drawing, Drawn, Links
from portal.web.forms import StepForm, form_class, tidied
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.remarks import remarks_of
from portal.web.org.suggestions import TABLES

MOMENT = (
    "save"  # what is said of a draft: what is not valid and what the region checks on saving, never what is missing
)


@dataclass
class Editing:
    """A step of a sheet. `target_id` names the sheet a request would change; None when the sheet is edited itself."""

    opened: Opened
    view: View
    step: EffectiveStep
    target_id: uuid.UUID | None = None

    # — where —

    def href(self, endpoint: str = "org.show_step", **values: Any) -> str:
        """The address of a view about this step."""
        where: dict[str, Any] = {"sheet_id": self.opened.sheet.id, "step_id": self.step.id}
        if self.target_id:
            where["target_id"] = self.target_id
        return url_for(endpoint, **where, **values)

    @property
    def sheet_href(self) -> str:
        """Where one goes back to: the sheet, or what the request proposes."""
        name = "org.show_request" if self.target_id else "org.show_sheet"
        return url_for(name, sheet_id=self.opened.sheet.id)

    @property
    def summary_href(self) -> str:
        """The sheet's summary, or the request's."""
        return self.opened.proposals_href if self.opened.level.amends else self.opened.summary_href

    @property
    def following(self) -> str | None:
        """The id of the step after this one; None after the last."""
        ids = [step.id for step in self.steps]
        place = ids.index(self.step.id) if self.step.id in ids else len(ids)
        return ids[place + 1] if place + 1 < len(ids) else None

    @property
    def following_href(self) -> str | None:
        """The address of the step after this one."""
        step = self.view.form.step(self.following or "")
        return Editing(self.opened, self.view, step, self.target_id).href() if step else None

    @property
    def steps(self) -> list[EffectiveStep]:
        """The steps among which one moves; for a request, those it may change."""
        if self.target_id is None:
            return self.view.form.steps
        return [s for s in self.view.form.steps if any(self.lock(f.id) is None for f in s.fields)]

    # — what may be typed —

    @cached_property
    def lock(self) -> Callable[[str], str | None]:
        """Why a field may not be typed here now; None when it may."""
        if self.target_id is None:
            return self.opened.lock
        patterns = active_patterns(self.opened.view)
        opened = may_edit(self.opened.tenant, self.opened.sheet.level, self.opened.states, self.opened.roles)
        level = self.view.node.level
        return lambda name: CLOSED if not opened else None if in_scope(patterns, level, name) else OUT_OF_SCOPE

    @cached_property
    def unmet(self) -> list[Problem]:
        """What must be done elsewhere first."""
        return self.opened.unmet

    @property
    def closed(self) -> str | None:
        """Why nothing may be typed in this step; None when something may."""
        reasons = [self.lock(f.id) for f in self.step.fields if f.entered]
        return reasons[0] if reasons and all(reasons) else None

    @property
    def readable_only(self) -> bool:
        """Whether the step is shown without a form."""
        return bool(self.unmet or self.closed or not any(f.entered for f in self.step.fields))

    def typed_fields(self) -> set[str]:
        """The fields of the step that people type."""
        return {f.id for f in self.step.fields if f.entered}

    # — typing —

    def form(self, formdata: Any = None) -> StepForm:
        """The step's form, over what the sheet holds."""
        return form_class(self.view.tenant, self.view.node.level, self.step)(self.view, formdata)

    def save(self, raws: Mapping[str, Any], was: Mapping[str, str], *, keep: bool) -> tuple[Saved, list[Done]]:
        """Save what was typed, here or as proposals. Raises LockedError."""
        opened = self.opened
        who: dict[str, Any] = {"actor": opened.actor, "at": opened.now, "was": was}
        if self.target_id is None:
            outcome = save_opened(opened.session, self.view, opened.sheet, self.step.id, raws, keep=keep, **who)
            return outcome.saved, outcome.moves
        saved = propose_step(opened.session, opened.tenant, opened.sheet, self.view, self.step.id, raws, **who)
        return saved, []

    def lay(self, raws: Mapping[str, Any]) -> None:
        """See the sheet as it would be with what was typed, without saving it."""
        trial = Saved(self.opened.sheet.version)
        for name, raw in raws.items():
            shown = self.view.form.fields.get(name)
            if shown is not None and shown.entered:
                write_value(self.view, self.view.node, shown.field, raw, trial)
        if self.target_id is None:
            lay_forced(self.view)
        self.view.forget()
        self.refresh()

    def refresh(self) -> None:
        """Take the step as the view now has it; a page that does not exist when it has it no more."""
        self.step = self.view.form.step(self.step.id) or abort(404)
        self.__dict__.pop("lock", None)

    def again(self, *, moved: bool = False) -> "Editing":
        """The same step after a save; as it was when the sheet has it no more."""
        opened = self.opened.again(moved=moved)
        opened.unmet = []  # else nothing would have been saved
        view = opened.view if self.target_id is None else self.view
        view.forget()
        return Editing(opened, view, view.form.step(self.step.id) or self.step, self.target_id)

    # — drawing —

    def drawing(self) -> Drawing:
        """The draughtsman of this step's fields."""
        problems = problems_of_step(self.opened.session, self.view, self.step, MOMENT)
        links = Links(
            check=lambda name: self.href("org.check_field", name=name),
            rows=lambda name: self.href("org.add_row", field_id=name),
            files=self._file_href,
            upload=lambda name: self.href("org.send_file", name=name),
            suggest=lambda table: url_for("org.suggest", table=table) if table in TABLES else None,
            choose=lambda name: self.href("org.choose_code", name=name),
            entries=self._entries_href,
        )
        locked = (lambda name: "") if self.readable_only else self.lock
        return Drawing(self.view, links, problems, locked, lambda: self.remarks)

    @cached_property
    def remarks(self) -> Mapping[str, list[dict[str, Any]]]:
        """What is asked to be corrected in the fields of this sheet, by path; nothing in what a request proposes."""
        return remarks_of(self.opened.corrections, self.view) if self.target_id is None else {}

    def _entries_href(self, path: str, name: str) -> tuple[str, str]:
        """Where the directory suggests entries for a field, or a cell of a row, and where it is searched."""
        return self.href("org.suggest_entry", path=path), self.href("org.choose_entry", path=path, champ=name)

    def _file_href(self, digest: str) -> str:
        """Where a file is read: in the request that proposes it, or in the sheet that holds it."""
        proposed = self.target_id is None or digest in str(self.opened.sheet.data)
        return url_for("org.read_file", sheet_id=self.opened.sheet.id if proposed else self.target_id, digest=digest)

    @property
    def sends_files(self) -> bool:
        """Whether the step asks for a file."""
        return any(f.field.kind == "file" for f in self.step.fields)

    def drawn(self, form: StepForm | None = None, faults: Mapping[str, Fault] | None = None) -> list[Drawn]:
        """The fields of the step, in order; with a form, as they were typed in it."""
        held, told, drawing = self.form(), faults or {}, self.drawing()
        drawn = []
        for shown in self.step.fields:
            asked = (form if form is not None and shown.id in form.declared else held).field(shown.id)
            raw = asked.raw if asked.sent else self._offered(shown, asked.raw)
            drawn.append(drawing.field(shown, raw, told.get(shown.id) or self.fault_kept(shown.id)))
        return drawn

    def _offered(self, shown: EffectiveField, raw: Any) -> Any:
        """What is offered in a field not yet typed, whose value would come from elsewhere were it not opened."""
        base = self.view.tenant.field(self.view.node.level, shown.id)
        if not shown.entered or base is None or base.fill is None or not KINDS[base.kind].empty(raw):
            return raw
        offered = KINDS[base.kind].raw(self.view.stored(base.fill.origin), base)
        return tidied(base, offered, self.view.context)

    def fault_kept(self, name: str) -> Fault | None:
        """Why what the sheet keeps as typed is not valid; None when it is valid."""
        if name not in self.view.node.raw:
            return None
        shown = self.view.form.fields[name].field
        trial = Saved(0)
        draft = _Scrap({}, {})
        write_value(self.view, draft, shown, self.view.node.raw[name], trial)
        return trial.faults.get(name)


@dataclass
class _Scrap:
    """Where a value is tried and not kept."""

    data: dict[str, Any]
    raw: dict[str, Any]


def open_step(sheet_id: uuid.UUID, step_id: str, target_id: uuid.UUID | None, *, lock: bool = False) -> Editing:
    """The step of an address; a page that does not exist when the sheet, the target or the step is not there."""
    return open_editing(open_sheet(sheet_id, lock=lock), step_id, target_id)


def open_editing(opened: Opened, step_id: str, target_id: uuid.UUID | None = None) -> Editing:
    """A step of an opened sheet."""
    view = opened.view if target_id is None else _target(opened, target_id)
    step = view.form.step(step_id)
    if step is None:
        abort(404)
    return Editing(opened, view, step, target_id)


def _target(opened: Opened, target_id: uuid.UUID) -> View:
    if opened.level.amends is None:
        abort(404)
    targets = targets_of(opened.session, opened.tenant, opened.sheet, opened.view.today)
    found = next((view for view in targets if view.node.id == target_id), None)
    if found is None:
        abort(404)
    found.lookups = opened.view.lookups
    return found
