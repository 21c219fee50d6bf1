"""What somebody who decides may still add to a sheet: the files that the region leaves open to them."""

from dataclasses import dataclass

from flask import url_for

from portal.domain.entry.saving import closed_to
from portal.domain.workflow import locked_by, locks_on
from portal.web.validator.opened import Opened


@dataclass(frozen=True)
class Opening:
    """A file they may join: its words, and where."""

    label: str
    href: str


def openings(opened: Opened) -> list[Opening]:
    """The files of the sheet that this person may join or replace now."""
    view, level = opened.live, opened.sheet.level
    roles = opened.actor.roles_on(view.node)
    if closed_to(opened.tenant, level, opened.states, roles) is not None:
        return []
    locks = locks_on(opened.tenant, level, opened.states, roles, view.holds)
    files = [f for f in view.form.visible.values() if f.field.kind == "file" and f.entered]
    return [
        Opening(f.field.words, url_for("org.show_step", sheet_id=opened.sheet.id, step_id=f.step) + f"#field-{f.id}")
        for f in files
        if locked_by(locks, level, f.id) is None
    ]
