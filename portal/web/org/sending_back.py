"""The screen of a move that sends back: the remarks that go with it, messages kept ready, what people will read."""

from typing import Any

from flask import request

from portal.domain.corrections.queries import open_corrections
from portal.domain.corrections.wording import said
from portal.domain.mails.previewing import letters
from portal.tenancy.schema import Move
from portal.web.org.opened import Opened
from portal.web.ready import PRESSED, ready_for, with_ready

PREVIEW = "_apercu"


def changed_words(opened: Opened) -> str | None:
    """The reason once a button of the screen was pressed that does nothing yet: a message kept ready, the preview.

    None when the move itself was pressed.
    """
    written = request.form.get("motif", "")
    if wanted := request.form.get(PRESSED):
        return with_ready(opened.view, wanted, written)
    return written if PREVIEW in request.form else None


def sending_back(opened: Opened, axis: str, move_id: str, move: Move, reason: str) -> dict[str, Any]:
    """What the screen shows beside the reason, for those who decide."""
    if opened.actor.side == "org" or move.reason is None:
        return {"carried": [], "ready": [], "previewed": None, "previews": False}
    carried = open_corrections(opened.session, opened.sheet.id) if move.corrections else []
    previewed = None
    if PREVIEW in request.form:
        words = {"corrections": said(carried)}
        told = letters(
            opened.session, opened.view, f"{axis}.{move_id}", actor=opened.actor, reason=reason.strip(), words=words
        )
        previewed = list(told)
    return {"carried": carried, "ready": ready_for(opened.view), "previewed": previewed, "previews": True}
