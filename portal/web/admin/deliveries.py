"""/administration/envois: how the envois fare, target by target; those that need somebody; trying again, holding."""

import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, current_app, flash, g, request, url_for

from portal.domain.deliveries import actions, wording
from portal.domain.deliveries.actions.hold import held_targets
from portal.domain.deliveries.errors import CannotRetry, DeliveryNotFound, TargetNotFound
from portal.domain.deliveries.queries import Health, Listed, health, listed_deliveries
from portal.domain.fields import french
from portal.extensions import db
from portal.web.access import member
from portal.web.admin.blueprint import READERS, blueprint
from portal.web.admin.taking import codes_asked
from portal.web.answers import answer, redirect_to
from portal.web.destinations import local_path
from portal.web.durations import lasted
from portal.web.paging import Pages, here, page_wanted

PAGE = 20
TONES = {
    "held": "todo",
    "waiting": "wait",
    "acknowledged": "done",
    "rejected": "warn",
    "failed": "warn",
    "relayed": "info",
}
DESK = "desk"
FILTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "echec": ("En échec ou refusés", ("failed", "rejected")),
    "attente": ("En attente", ("held", "waiting")),
    "cours": ("À envoyer ou en cours", ("due", "sending", "sent")),
    "recus": ("Reçus ou relayés", ("acknowledged", "relayed")),
    "passes": ("Remplacés ou annulés", ("superseded", "cancelled")),
}


@blueprint.get("/envois")
@member(side=READERS)
def deliveries() -> Response:
    """The page; under htmx, its figures and its list."""
    session, now = db.session(), datetime.now(UTC)
    wanted, target = request.args.get("etat", ""), request.args.get("destinataire", "")
    states, number = FILTERS[wanted][1] if wanted in FILTERS else (), page_wanted()
    rows, total = listed_deliveries(
        session, states=states, target=target or None, limit=PAGE, offset=(number - 1) * PAGE
    )
    fare = health(session, now)
    return answer(
        "admin/deliveries.html",
        "admin/_deliveries.html",
        targets=_targets(fare),
        waits=lasted(fare.age) if fare.oldest_owed is not None else None,
        moving=fare.oldest_owed is not None,
        failed=sum(counts.get("failed", 0) for counts in fare.counts.values()),
        rows=[_row(one) for one in rows],
        filters=[(name, label) for name, (label, _) in FILTERS.items()],
        wanted=wanted,
        target=target,
        pages=Pages(number, PAGE, total),
        here=here,
        may_act=g.actor.side == "admin",
    )


def _targets(fare: Health) -> list[dict[str, Any]]:
    """One line for each target the region declares, then for those it no longer does and that were once sent to."""
    held = held_targets(db.session())
    breaker = current_app.extensions["jobs"].breaker  # shared by the workers, who alone open and close it
    names = [*g.tenant.flows.targets, *(name for name in fare.counts if name not in g.tenant.flows.targets)]
    pauses = breaker.pauses(g.tenant.slug, [n for n in names if fare.retrying.get(n)])
    return [_target(name, fare, held.get(name), pauses.get(name)) for name in names]


def _target(name: str, fare: Health, held: str | None, pause: int | None) -> dict[str, Any]:
    counts = fare.counts.get(name, {})
    declared = g.tenant.flows.targets.get(name)
    since = fare.owed_since.get(name)
    return {
        "name": name,
        "label": wording.label_of(g.tenant, name),
        "contact": declared.contact if declared else None,
        "declared": declared is not None,
        "figures": [
            (filter_name, label, sum(counts.get(s, 0) for s in states))
            for filter_name, (label, states) in FILTERS.items()
            if filter_name != "passes"
        ],
        "failed": counts.get("failed", 0),
        "retrying": fare.retrying.get(name, 0),
        "trouble": fare.trouble.get(name),
        "held": held,
        "waits": lasted((datetime.now(UTC) - since).total_seconds()) if since else None,
        "breaker": pause_words(pause),
    }


def pause_words(pause: int | None) -> str:
    """How a target that does not answer is asked again."""
    if pause is None:
        return ""
    again = f"prochain essai dans {french.plural(pause, 'seconde', 'secondes')}" if pause else "un essai à la fois"
    return f"Disjoncteur ouvert : {again}, jusqu’à ce qu’il réponde."


def _row(one: Listed) -> dict[str, Any]:
    row = one.delivery
    declared = g.tenant.flows.targets.get(row.target)
    return {
        "id": row.id,
        "asked": codes_asked(g.tenant, row.target)
        if declared and declared.outlet == DESK and row.state == "sent"
        else None,
        "target": wording.label_of(g.tenant, row.target),
        "title": one.title or one.code,
        "href": f"/{g.tenant.slug}/espace/fiches/{row.sheet_id}/envois",
        "verb": "Retrait" if row.verb == "withdraw" else "Publication",
        "state": wording.STATES[row.state],
        "tone": TONES.get(row.state, "wait" if row.state in ("due", "sending", "sent") else "off"),
        "why": row.problem or row.held_because,
        "attempts": row.attempts,
        "opened": row.created_at,
        "retriable": row.state in ("failed", "rejected") or (row.state in ("due", "sent") and row.attempts > 0),
    }


@blueprint.post("/envois/<uuid:delivery_id>/relancer")
@member(side="admin")
def retry(delivery_id: uuid.UUID) -> Response:
    """Send one again."""
    try:
        actions.retry_delivery(db.session(), g.tenant, delivery_id, at=datetime.now(UTC))
    except DeliveryNotFound:
        abort(404)
    except CannotRetry as refusal:
        db.session.rollback()
        flash(refusal.message, "warning")
        return _back()
    db.session.commit()
    flash("L’envoi repart.", "success")
    return _back()


@blueprint.post("/envois/relancer")
@member(side="admin")
def retry_all() -> Response:
    """Send again everything that failed, or what failed towards one target."""
    target = request.form.get("destinataire") or None
    count = actions.retry_all(db.session(), g.tenant, at=datetime.now(UTC), target=target)
    db.session.commit()
    words = f"{french.plural(count, 'envoi repart', 'envois repartent')}." if count else "Aucun envoi n’est à relancer."
    flash(words, "success" if count else "info")
    return _back()


@blueprint.post("/envois/destinataires/<target>/<any(suspendre, reprendre):what>")
@member(side="admin")
def hold(target: str, what: str) -> Response:
    """Hold what is owed to a target, or let it go."""
    told = {"at": datetime.now(UTC), "actor": g.actor}
    reason = request.form.get("motif", "").strip()[:500] or None
    try:
        if what == "suspendre":
            count = actions.hold_target(db.session(), g.tenant, target, reason=reason, **told)
        else:
            count = actions.release_target(db.session(), g.tenant, target, **told)
    except TargetNotFound:
        abort(404)
    db.session.commit()
    words = {"suspendre": "Les envois vers ce destinataire sont suspendus", "reprendre": "Les envois reprennent"}[what]
    flash(f"{words} ({french.plural(count, 'envoi concerné', 'envois concernés')}).", "success")
    return _back()


def _back() -> Response:
    return redirect_to(local_path(request.form.get("suite")) or url_for("admin.deliveries"))
