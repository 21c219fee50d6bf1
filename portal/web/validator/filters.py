"""What narrows the queue: the choices its form offers with their counts, and the filters people keep."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, abort, flash, g, request, url_for

from portal.domain.habits.errors import HabitRefused
from portal.domain.habits.filters import LONGEST as LONGEST_NAME
from portal.domain.habits.filters import drop_filter, filters_for, keep_filter
from portal.domain.sheets.narrowing import AGES, NATURES, NEAR
from portal.domain.sheets.queue import organisations_waiting, programmes_waiting
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import redirect_to
from portal.web.validator.asked import Asked, asked_of_the_queue, natures
from portal.web.validator.blueprint import blueprint

Options = list[tuple[str, str]]
AGE_OPTIONS: Options = [(str(days), f"Plus de {days} jours") for days in AGES]
START_OPTIONS: Options = [
    ("passe", "Déjà passé"), *((str(days), f"D’ici {days} jours") for days in NEAR), ("sans", "Sans date"),
]  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One list of the form: its groups of options are [(heading or "", [(value, words)])]."""

    name: str
    label: str
    every: str
    value: str
    groups: list[tuple[str, Options]]


def choices(asked: Asked, today: date) -> list[Choice]:
    """The lists of the form: those that would leave no choice are not offered, unless they narrow already."""
    assert asked.tab is not None
    session, tenant, actor = db.session(), g.tenant, g.actor
    counted = programmes_waiting(session, tenant, actor, asked.tab, today)
    programmes = [(n, f"{p.short or p.label} ({counted.get(n, 0)})") for n, p in tenant.who.programmes.items()]
    held = organisations_waiting(session, tenant, actor, asked.tab, today)
    holders = [(str(id_), f"{name} ({count})") for id_, name, count in held]
    kinds = natures(tenant, asked.tab)
    sorts = [(name, words) for name, words in kinds.items() if name in NATURES]
    steps = [(name, words) for name, words in kinds.items() if name not in NATURES]
    found = [
        _choice(asked, "programme", "Programme", "Tous", [("", programmes)]),
        _choice(asked, "organisme", "Organisme", "Tous", [("", holders)]),
        _choice(asked, "depuis", "Envoyée depuis", "Peu importe", [("", AGE_OPTIONS)]),
        _choice(asked, "debut", "Début", "Peu importe", [("", START_OPTIONS)]),
        _choice(asked, "nature", "Nature", "Toutes", [("Envoi", sorts), ("Ce qui change", steps)]),
    ]
    return [one for one in found if one.value or sum(len(options) for _, options in one.groups) > 1]


def _choice(asked: Asked, name: str, label: str, every: str, groups: list[tuple[str, Options]]) -> Choice:
    return Choice(name, label, every, asked.params.get(name, ""), [group for group in groups if group[1]])


def kept_filters(asked: Asked) -> dict[str, Any]:
    """The filters offered, each with its address; and what keeping the present one asks."""
    desk, roles = url_for("validator.desk"), g.tenant.who.roles
    found = []
    for one in filters_for(db.session(), g.actor):
        itself = asked_of_the_queue(g.tenant, g.actor, one.params)
        told = {"href": desk + itself.params_of(onglet=one.params.get("onglet", "")), "current": itself == asked}
        found.append({"id": one.id, "name": one.name, "by": one.by, "shared": one.shared, **told})
    return {
        "filters": found,
        "shareable": [(name, roles[name].label) for name in sorted(g.actor.roles) if name in roles],
        "keepable": {**asked.params, "onglet": asked.tab.id} if asked.tab and asked.narrowed else None,
        "longest_name": LONGEST_NAME,
    }


@blueprint.post("/filtres")
@member(side="validator")
def keep_one() -> Response:
    """Keep the present narrowing under a name; for oneself, or for those of a role."""
    asked = asked_of_the_queue(g.tenant, g.actor, request.form)
    try:
        keep_filter(
            db.session(), g.actor, request.form.get("nom", ""), asked.params, request.form.get("partage") or None
        )
    except HabitRefused as refusal:
        flash(refusal.message, "error")
    else:
        db.session.commit()
        flash("Ce filtre est gardé : vous le retrouverez au-dessus de votre file.", "success")
    return redirect_to(url_for("validator.desk") + asked.params_of())


@blueprint.post("/filtres/<uuid:filter_id>/retirer")
@member(side="validator")
def drop_one(filter_id: uuid.UUID) -> Response:
    """Forget one of one's own filters."""
    if not drop_filter(db.session(), g.actor, filter_id):
        abort(404)
    db.session.commit()
    flash("Le filtre est retiré.", "success")
    return redirect_to(url_for("validator.desk"))
