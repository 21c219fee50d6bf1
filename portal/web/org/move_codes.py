"""A code that a move asks: the one to propose, the page of its search, and the way back to the move."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, request, url_for

from portal.domain.fields import KINDS
from portal.domain.sheets.certified import KIND
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused, find_move
from portal.tenancy.schema import FormField, Move
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.coded import codes_of, replaced
from portal.web.drawn import Links
from portal.web.kind_fields import plain
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.choosing import BODY
from portal.web.org.codes_found import FOUND
from portal.web.org.opened import Opened, open_sheet

ADDRESS = f"{SHEET}/actions/<move_id>/champs/<name>/choisir"
CARRIED = ("axe", "suite", "revision", "motif")  # what the address of a move says, and what was typed on its page
GIVEN = "v-"  # before the name of what is asked, where the address says it
LONGEST = 1500  # of a reason in an address


def links_of(opened: Opened, axis: str, move_id: str, move: Move) -> Links:
    """Where the codes that a move asks are suggested and looked for."""
    picked = {definition.id for definition in move.asks if definition.kind == KIND}

    def choose(name: str) -> str | None:
        return _choose_href(opened, move_id, name, axis) if name in picked else None

    return Links(suggest=lambda table: url_for("org.suggest", table=table) if table else None, choose=choose)


def first_value(view: View, move: Move, definition: FormField) -> tuple[Any, str | None]:
    """What is asked as the page first shows it, and what it says beside: a value to renew is recalled there, and the
    code that takes the place of the present one is proposed.
    """
    held = KINDS[definition.kind].raw(view.node.data.get(definition.id), definition)
    if definition.id not in move.renews:
        return held, None
    shown = KINDS[definition.kind].show(view.stored(definition.id), definition, view.context)
    instead = replaced(view, definition, held)
    said = f"Valeur actuelle : {shown or 'aucune'}."
    if instead:
        return instead[0].by, f"{said} La liste de référence la remplace par {instead[0].words}."
    return "", said


def asked_before(move: Move) -> tuple[dict[str, Any], str | None]:
    """What the address brings back from a search: what is asked, and the reason typed before."""
    args = request.args
    given = {d.id: plain(args[GIVEN + d.id]) for d in move.asks if GIVEN + d.id in args}
    return given, args.get("motif") or None


def search_asked(opened: Opened, axis: str, move_id: str, name: str) -> Response:
    """The « Rechercher » button pressed without script: the page of the search, which keeps the reason typed."""
    reason = (request.form.get("motif") or "")[:LONGEST]
    return redirect_to(_choose_href(opened, move_id, name, axis, motif=reason))


def _choose_href(opened: Opened, move_id: str, name: str, axis: str, **more: str) -> str:
    carried = {key: request.values[key] for key in CARRIED if request.values.get(key)}
    wanted: dict[str, Any] = {**carried, "axe": axis, **{key: value for key, value in more.items() if value}}
    return url_for("org.choose_asked", sheet_id=opened.sheet.id, move_id=move_id, name=name, **wanted)


@blueprint.get(ADDRESS)
@member()
def choose_asked(sheet_id: uuid.UUID, move_id: str, name: str) -> Response:
    """The search, and what it finds; in a dialog over the move's page where there is a script."""
    opened, definition = _asked_code(sheet_id, move_id, name)
    carried = _carried()
    title = f"Recherche Certif Info : {definition.words}"
    part = f"org/choosing/_{definition.kind}.html"
    context = {
        "editing": opened,
        "definition": definition,
        "title": title,
        "breadcrumbs": [(opened.view.node.title or opened.view.node.code, _back(opened, move_id)), (title, None)],
        "action": f"{request.path}?{urlencode(carried)}",
        "carried": carried,
        "back": _back(opened, move_id),
        "control": f"c-{name}",
        "most": 1,
        "found": FOUND[definition.kind](request.args, codes_of(None), opened.view.lookups),
        "part": part,
        "dialog": request.htmx.partial,  # type: ignore[attr-defined]
    }
    inside = request.htmx.target == BODY  # type: ignore[attr-defined]
    return answer("org/choosing/page.html", part if inside else "org/choosing/_dialog.html", **context)


@blueprint.post(ADDRESS)
@member()
def take_asked(sheet_id: uuid.UUID, move_id: str, name: str) -> Response:
    """Back to the move with the code chosen; nothing is written until the move is done."""
    opened, definition = _asked_code(sheet_id, move_id, name)
    return redirect_to(_back(opened, move_id, **{GIVEN + definition.id: request.form.get("code", "")}))


def _asked_code(sheet_id: uuid.UUID, move_id: str, name: str) -> tuple[Opened, FormField]:
    """A code that a move of this person asks; a page that does not exist otherwise."""
    opened = open_sheet(sheet_id)
    try:
        axis, move = find_move(opened.tenant, opened.sheet.level, move_id, request.values.get("axe") or None)
    except MoveRefused:
        abort(404)
    pressed = any((one.axis, one.id) == (axis, move_id) for one in opened.moves)
    definition = next((d for d in move.asks if d.id == name and d.kind == KIND), None)
    if definition is None or not pressed:
        abort(404)
    return opened, definition


def _carried() -> Mapping[str, str]:
    return {key: request.args[key][:LONGEST] for key in CARRIED if request.args.get(key)}


def _back(opened: Opened, move_id: str, **given: str) -> str:
    wanted: dict[str, Any] = {**_carried(), **given}
    return url_for("org.ask", sheet_id=opened.sheet.id, move_id=move_id, **wanted)
