"""…/envois, « Où en est ma session ? »: what each state means, and each target with its dates, its answer, its contact.

Live while something is under way: the part asks for itself again, and stops by itself.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, make_response, render_template

from portal.domain.deliveries.models import Delivery, DeliveryAttempt
from portal.domain.deliveries.queries import Hop, hops_of, last_tries
from portal.domain.deliveries.refusals import Meaning, meanings_of
from portal.domain.sheets.nodes import Node
from portal.web.access import member
from portal.web.answers import answer, is_partial, stop_polling
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.causes import cause_of, is_troubled, support_text
from portal.web.org.heads import badges, sheet_href
from portal.web.org.history import around
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.tabs import node_badges
from portal.web.paging import Pages, page_wanted
from portal.web.templating import moment

TONES = {
    "held": "todo", "waiting": "wait", "due": "wait", "sending": "wait", "sent": "wait", "acknowledged": "done",
    "rejected": "warn", "failed": "warn", "relayed": "info", "superseded": "off", "cancelled": "off",
}  # fmt: skip
MOVING = timedelta(minutes=10)  # a delivery due later than this is not worth asking after every few seconds
SOON = timedelta(minutes=1)
SIZE = 10  # sheets a page
WAITED = ("due", "sending", "sent")  # states after which a target has still to answer
MINE = {"la": "ma", "le": "mon", "l'": "mon"}


@dataclass(frozen=True)
class Standing:
    """One state of a sheet, what it means and who has the next word."""

    axis: str
    label: str
    tone: str
    help: str
    holder: str
    since: datetime | None


@dataclass(frozen=True)
class Followed:
    """One sheet and where it stands at each target."""

    node: Node
    href: str
    badges: list[Any]
    hops: list[dict[str, Any]]


@dataclass(frozen=True)
class Told:
    """What is known of the deliveries of a page: what their refusals mean, how they were last tried."""

    meanings: dict[uuid.UUID, Meaning]
    tries: dict[uuid.UUID, DeliveryAttempt]


@blueprint.get(f"{SHEET}/envois")
@member()
def show_deliveries(sheet_id: uuid.UUID) -> Response:
    """The page; under htmx the part that changes, with the answer that stops asking once nothing is under way."""
    opened = open_sheet(sheet_id, to="work")
    nodes = _followable(opened)
    hops = hops_of(opened.session, opened.tenant, [n.id for n in nodes])
    sent = [n for n in nodes if n.id in hops]
    pages = Pages(page_wanted(), SIZE, len(sent))
    visible = sent[pages.offset : pages.offset + SIZE]
    rows = [hop.delivery for n in visible for hop in hops[n.id]]
    told = Told(meanings_of(opened.session, opened.tenant, rows), last_tries(opened.session, [row.id for row in rows]))
    shown = [_followed(opened, n, hops[n.id], told) for n in visible]
    live = any(_under_way(hop.delivery, opened.now) for n in sent for hop in hops[n.id])
    context: dict[str, Any] = {
        "opened": opened,
        "followed": shown,
        "live": live,
        "pages": pages,
        "standings": standings(opened),
    }
    if is_partial() and not live:
        return stop_polling(render_template("org/deliveries/_deliveries.html", **context))
    if not is_partial():
        context |= {"question": question(opened), **around(opened, "deliveries", question(opened))}
    return answer("org/deliveries/page.html", "org/deliveries/_deliveries.html", **context)


@blueprint.get(f"{SHEET}/envois/<uuid:delivery_id>/accuse.json")
@member()
def download_receipt(sheet_id: uuid.UUID, delivery_id: uuid.UUID) -> Response:
    """The proof a target gave, as it gave it."""
    opened = open_sheet(sheet_id, to="work")
    row = opened.session.get(Delivery, delivery_id)
    below = {n.id for n in opened.view.node.down()}
    if row is None or row.sheet_id not in below or not row.receipt:
        abort(404)
    proof = {
        "destinataire": row.target,
        "envoi": str(row.id),
        "empreinte": row.payload_digest,
        "recu_le": row.done_at.isoformat() if row.done_at else None,
        "accuse": row.receipt,
    }
    response = make_response(json.dumps(proof, ensure_ascii=False, indent=2))
    response.mimetype = "application/json"
    response.headers.set("Content-Disposition", "attachment", filename=f"accuse-{row.target}-{row.id}.json")
    return response


def question(opened: Opened) -> str:
    """« Où en est ma session ? »"""
    return f"Où en est {MINE[opened.level.article]} {opened.level.label.lower()} ?"


def _followable(opened: Opened) -> list[Node]:
    """The sheet and what is below it, at the levels that are sent: the latest created first below a group."""
    nodes = list(opened.view.node.down())
    return [nodes[0], *sorted(nodes[1:], key=lambda n: n.id, reverse=True)]


def _followed(opened: Opened, node: Node, hops: Iterable[Hop], told: Told) -> Followed:
    marks = badges(opened) if node is opened.view.node else node_badges(opened, node)
    return Followed(node, f"{sheet_href(node.id)}/envois", marks, [_hop(opened, node, hop, told) for hop in hops])


def _hop(opened: Opened, node: Node, hop: Hop, told: Told) -> dict[str, Any]:
    """One target, as components/timeline.html draws it, with who to call and the proof."""
    row = hop.delivery
    verb = "Retrait décidé" if row.verb == "withdraw" else "Décidé"
    done = row.done_at if row.state in ("acknowledged", "rejected", "failed") else None
    last = hop.words if row.state != "relayed" else "Diffusion par le destinataire"
    steps = [_step(verb, row.created_at, "done"), *_middle(hop), _step(last, done, TONES[row.state])]
    receipt = {"sheet_id": hop.sheet_id, "delivery_id": row.id} if row.receipt else None
    why, tried = row.held_because if row.state in ("held", "waiting") else row.problem, told.tries.get(row.id)
    return {
        "id": row.id,
        "target": hop.label,
        "state": hop.words,
        "tone": TONES[row.state] if hop.carried else "wait",
        "why": why,
        "cause": cause_of(opened, node, hop, told.meanings.get(row.id)),
        "support": support_text(opened, node, hop, why, tried) if is_troubled(hop, opened.now) else "",
        "last_try": tried.started_at if tried and row.state not in ("acknowledged", "relayed") else None,
        "late": hop.late,
        "hops": steps,
        "expected": _expected(hop, opened.now),
        "overdue": row.state in WAITED and bool(row.expected_by and row.expected_by < opened.now),
        "contact": hop.contact,
        "receipt": receipt,
    }


def _expected(hop: Hop, now: datetime) -> str:
    """When the answer, or the publication by a relay, is expected. A relay tells nothing back: it is never late; and
    nothing is expected of what has not left.
    """
    row = hop.delivery
    if row.state == "due" and row.attempts == 0 and row.due_at > now + SOON:
        return f"Départ prévu le {moment(row.due_at)}."
    if row.expected_by is None or row.state not in (*WAITED, "relayed") or not hop.carried:
        return ""
    past = row.expected_by < now
    if row.state == "relayed":
        words = "La diffusion devrait être faite depuis le" if past else "Diffusion attendue avant le"
    else:
        words = "Réponse attendue depuis le" if past else "Réponse attendue avant le"
    return f"{words} {moment(row.expected_by)}."


def _middle(hop: Hop) -> list[dict[str, Any]]:
    if hop.relayed_by is not None:
        return [
            _step(f"Relayé par {hop.relayed_by}", None, "info", reached=hop.delivery.state == "relayed" and hop.carried)
        ]
    return [_step("Envoyé", None, "done", reached=hop.delivery.state in ("sent", "acknowledged", "rejected"))]


def _step(label: str, at: datetime | None, tone: str, *, reached: bool | None = None) -> dict[str, Any]:
    return {"label": label, "at": at, "tone": tone, "reached": at is not None if reached is None else reached}


def _under_way(row: Delivery, now: datetime) -> bool:
    if row.state in ("sending", "sent"):
        return now - row.created_at < MOVING or row.state == "sending"
    return row.state == "due" and row.due_at - now < MOVING


def standings(opened: Opened) -> list[Standing]:
    """Each axis of the sheet: its state, what it means, whose turn it is."""
    found = []
    for axis_id, axis in opened.tenant.axes_of(opened.sheet.level).items():
        label = opened.view.state_label(axis_id)
        state = axis.states.get(opened.view.node.states.get(axis_id, ""))
        if not label:
            continue
        role = opened.tenant.role(state.holder) if state and state.holder else None
        holder = opened.tenant.who.validator_name if role and role.side == "validator" else role.label if role else ""
        help_text, tone = (state.help or "", state.tone) if state else ("", "info")
        since = opened.view.node.since.get(axis_id)
        found.append(Standing(axis.label or axis_id, label, tone, help_text, holder, since))
    return found
