"""What a person reads when what they typed may not be saved: why, and their words, which are not lost."""

from flask import Response, make_response, render_template, request

from portal.extensions import db
from portal.web.access import typed_words
from portal.web.answers import answer, is_partial, reswap, tell
from portal.web.org.editing import Editing
from portal.web.org.heads import way_back
from portal.web.org.kept import hidden_inputs
from portal.web.org.ranks import landmarks


def refused(editing: Editing, message: str) -> Response:
    """409: the page keeps what was typed (under htmx), or shows it back for it to be copied."""
    db.session.rollback()
    if is_partial() and request.values.get("_action") == "autosave":
        context = {"hidden": hidden_inputs(editing), "message": message}
        return make_response(render_template("org/sheets/_unsaved.html", **context), 409)
    if is_partial():
        response = reswap(make_response("", 409), "none")
        return tell(response, toast={"text": message, "tone": "warn"})
    return answer(
        "org/sheets/refused.html", status=409, message=message, editing=editing, words=_named_words(editing),
        landmarks=landmarks(editing.opened.view), breadcrumbs=way_back(editing.opened),
    )  # fmt: skip


def _named_words(editing: Editing) -> list[tuple[str, str]]:
    """What was typed, under the labels of the fields."""
    labels = {name: shown.field.words for name, shown in editing.view.form.fields.items()}
    pairs = ((name, value) for name, value in typed_words() if not name.startswith("_"))
    return [(labels.get(name.partition("-")[0], name), value) for name, value in pairs]
