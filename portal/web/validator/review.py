"""/validation/fiches/<id>: the version that waits beside the last one approved; else the sheet as it stands."""

import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, g, request, url_for

from portal.domain.desk.near import near_below
from portal.domain.entry.completeness import Problem, problems_of_unit
from portal.domain.fields import KINDS
from portal.domain.imports.queries import SourceChange, changed_since_sent
from portal.domain.people import Side
from portal.domain.sheets.decisions import version_numbered
from portal.domain.sheets.models import Revision
from portal.domain.sheets.nodes import unit_of
from portal.domain.sheets.revisions import approved_revision
from portal.domain.sheets.view import View
from portal.web.access import member
from portal.web.answers import answer
from portal.web.titles import sheet_title
from portal.web.validator.around import buttons, facts, history, past_words, place_of, states_of
from portal.web.validator.asked import asked_of_the_queue
from portal.web.validator.blueprint import blueprint
from portal.web.validator.differences import comparison
from portal.web.validator.opened import Opened, open_sheet
from portal.web.validator.openings import openings
from portal.web.validator.proposals import answered, is_request, overtaken, proposed_changes, sent
from portal.web.validator.reading import read_sheet, read_unit
from portal.web.validator.remarks import Reading

KEYS = [("a", "Valider, accepter"), ("r", "Demander une correction, refuser"), ("n", "Fiche suivante"),
        ("p", "Fiche précédente"), ("t", "Tout montrer, ou ce qui change"), ("u", "Revenir à la file")]  # fmt: skip
READERS: tuple[Side, ...] = ("validator", "admin")
UNSENT = "L’organisme n’a pas encore transmis cette demande : ses propositions peuvent changer."
NEVER = "Cette fiche n’a jamais été approuvée : voici la saisie en cours de l’organisme."


@blueprint.get("/fiches/<uuid:sheet_id>")
@member(side=READERS)
def review(sheet_id: uuid.UUID) -> Response:
    """The page; under htmx, what is compared or read, alone."""
    opened = open_sheet(sheet_id)
    body = _request(opened) if is_request(opened) else _unit(opened) if opened.pending else _standing(opened)
    return _answer(opened, body)


@blueprint.get("/fiches/<uuid:sheet_id>/versions/<int:number>")
@member(side=READERS)
def version(sheet_id: uuid.UUID, number: int) -> Response:
    """A past version, beside the one it was made from, under the configuration of its time."""
    opened = open_sheet(sheet_id)
    revision = version_numbered(opened.session, opened.sheet, number) if opened.unit_axis else None
    if revision is None:
        abort(404)
    return _answer(opened, _compared(opened, revision), past=revision)


def _answer(opened: Opened, body: dict[str, Any], past: Revision | None = None) -> Response:
    asked = asked_of_the_queue(g.tenant, g.actor)
    line = place_of(opened, asked)
    shown: View = body.pop("shown")
    reading = Reading(opened, asked.params_of(tout="1" if _whole() else ""))
    remarks = reading.of_version(past, shown) if past else reading.all(shown)
    back = url_for("validator.desk") if g.actor.side == "validator" else url_for("validator.search")
    title = sheet_title(shown) or shown.node.code
    context = {
        "opened": opened,
        "title": title,
        "states": states_of(opened),
        "facts": facts(opened, shown, past or opened.pending),
        "history": history(opened),
        "openings": [] if past else openings(opened),
        "buttons": [] if past else buttons(opened, asked, line, len(remarks.open)),
        "line": line,
        "remarks": remarks,
        "params": asked.params_of(),
        "left": bool(request.args.get("onglet")) and not line.place and past is None,
        "past": past_words(opened, past) if past else "",
        "keys": KEYS,
        "whole": _whole(),
        "toggle": _toggle(asked.params),
        "elsewhere": f"/{g.tenant.slug}/espace/fiches/{opened.sheet.id}",
        "breadcrumbs": [("Validation", back + asked.params_of()), (title, None)],
    }
    return answer("validator/review.html", "validator/_body.html", **{**EMPTY, **context, **body})


EMPTY: dict[str, Any] = {
    "compared": None, "read": [], "below": [], "left_out": 0, "warnings": [], "overtaken": [], "source": [],
    "remark": "", "old_title": "", "new_title": "", "other_configuration": None,
}  # fmt: skip


def _whole() -> bool:
    return request.args.get("tout") == "1"


def _toggle(params: dict[str, str]) -> str:
    """The same page with everything, or with what changed."""
    wanted = {**params, **({} if _whole() else {"tout": "1"})}
    return request.path + ("?" + urlencode(wanted) if wanted else "")


def _unit(opened: Opened) -> dict[str, Any]:
    """The submission, with what the rules of today say of it."""
    assert opened.pending is not None
    now = opened.view_of(unit_of(opened.pending.snapshot))
    warnings = problems_of_unit(opened.session, now, "send")
    base = approved_revision(opened.session, opened.sheet)
    return {
        **_compared(opened, opened.pending, base),
        "warnings": [_worded(opened, p) for p in warnings],
        "source": [_from_source(opened, one) for one in _changed(opened)],
    }


def _changed(opened: Opened) -> list[SourceChange]:
    """What imports changed since the submission was made."""
    return changed_since_sent(opened.session, opened.tenant, opened.pending) if opened.pending else []


def _from_source(opened: Opened, change: SourceChange) -> str:
    """« Places commandées : 12 à l’envoi, 15 maintenant », under the title of the sheet when it is another one."""
    kind, field = KINDS[change.field.kind], change.field
    sent, now = (kind.show(value, field, opened.live.context) or "rien" for value in (change.sent, change.now))
    title = "" if change.sheet_id == opened.sheet.id else f"{change.title} – "
    return f"{title}{field.words} : {sent} à l’envoi, {now} maintenant"


def _compared(opened: Opened, revision: Revision, base: Revision | None = None) -> dict[str, Any]:
    if base is None and revision.base_id is not None:
        base = opened.session.get(Revision, revision.base_id)
    new = opened.frozen(revision)
    told: dict[str, Any] = {"shown": new, "other_configuration": _other(opened, revision)}
    if base is None:
        return {**told, "read": read_unit(new, axis=opened.unit_axis)}
    old = opened.frozen(base)
    return {
        **told,
        "compared": comparison(old, new, whole=_whole(), axis=opened.unit_axis),
        "old_title": f"Version {base.number}, approuvée",
        "new_title": f"Version {revision.number}, " + ("proposée" if revision.kind == "submitted" else "mise à jour"),
    }


def _other(opened: Opened, revision: Revision) -> int | None:
    """The number of the configuration a version was made under, when it is not the one in force."""
    return revision.config_version if revision.config_version not in (0, opened.tenant.version) else None


def _worded(opened: Opened, problem: Problem) -> dict[str, Any]:
    here = problem.sheet_id == opened.sheet.id
    label = problem.label if here else f"{problem.sheet_title} – {problem.label}".rstrip(" –")
    return {"label": label, "message": problem.message, "blocks": problem.severity == "block"}


def _request(opened: Opened) -> dict[str, Any]:
    """A change request: its own words, then what it would change."""
    told: dict[str, Any] = {"shown": opened.live, "read": [read_sheet(opened.live)]}
    if not sent(opened):
        return {**told, "remark": UNSENT}
    done = answered(opened)
    return {
        **told,
        "compared": proposed_changes(opened, whole=_whole()),
        "overtaken": overtaken(opened),
        "old_title": "Avant la demande" if done else "Valeur actuelle",
        "new_title": "Valeur demandée",
    }


def _standing(opened: Opened) -> dict[str, Any]:
    """A sheet on which nothing waits: the version in force of a unit, the sheet itself otherwise; and what is below."""
    revision = approved_revision(opened.session, opened.sheet) if opened.unit_axis else None
    near, left = near_below(opened.session, opened.tenant, opened.live)
    below = {"below": [_below(view, depth) for depth, view in near], "left_out": left}
    if revision is not None:
        new = opened.frozen(revision)
        words = f"Version {revision.number}, en vigueur."
        read = {"read": read_unit(new, axis=opened.unit_axis), "remark": words}
        return {"shown": new, "other_configuration": _other(opened, revision), **below, **read}
    told = NEVER if opened.unit_axis else ""
    return {"shown": opened.live, "read": [read_sheet(opened.live)], **below, "remark": told}


def _below(view: View, depth: int) -> dict[str, Any]:
    node, axes = view.node, view.tenant.axes_of(view.node.level)
    labels = [(view.state_label(a), axis.states.get(node.states.get(a, ""))) for a, axis in axes.items()]
    return {
        "level": view.tenant.level(node.level).label,
        "title": node.title or node.code,
        "href": url_for("validator.review", sheet_id=node.id),
        "states": [(label, state.tone if state else "info") for label, state in labels if label],
        "depth": depth,
    }
