"""/validation/absences: who is away and who stands in; acting in the name of a colleague, and no longer."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask import Response, abort, flash, g, request, url_for

from portal.domain.accounts.managers import may_manage
from portal.domain.habits.absences import absences, colleagues, declare_absence, end_absence
from portal.domain.habits.errors import HabitRefused
from portal.domain.moves.perform import local_day
from portal.domain.people import Side
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.standing import stand_down, stand_in
from portal.web.validator.blueprint import blueprint

READERS: tuple[Side, ...] = ("validator", "admin")
FIELDS = ("absent", "remplacant", "du", "au")
NOBODY = uuid.UUID(int=0)
WRITTEN = ("%Y-%m-%d", "%d/%m/%Y")  # as the browser's calendar sends it, and as people type it


@blueprint.get("/absences")
@member(side=READERS)
def show_absences() -> Response:
    """The absences to come and the form; those who look after the members see everybody's."""
    return _page({})


@blueprint.post("/absences")
@member(side=READERS)
def declare_one() -> Response:
    """Note an absence."""
    form, managing, now = request.form, may_manage(g.tenant, g.actor), datetime.now(UTC)
    absent = (_uuid(form.get("absent", "")) if managing else None) or g.actor.user_id
    cover = _uuid(form.get("remplacant", "")) or NOBODY
    try:
        row = declare_absence(
            db.session(), g.tenant, g.actor, user_id=absent, cover_id=cover, starts_on=_day(form, "du"),
            ends_on=_day(form, "au"), today=local_day(g.tenant, now), at=now, for_others=managing,
        )  # fmt: skip
    except HabitRefused as refusal:
        db.session.rollback()
        return _page(form, 422, **{refusal.field: refusal.message})
    db.session.commit()
    flash(f"L’absence du {row.starts_on:%d/%m/%Y} au {row.ends_on:%d/%m/%Y} est notée.", "success")
    return redirect_to(url_for("validator.show_absences"))


@blueprint.post("/absences/<uuid:absence_id>/retirer")
@member(side=READERS)
def end_one(absence_id: uuid.UUID) -> Response:
    """Take an absence away, whether it has begun or not."""
    managing = may_manage(g.tenant, g.actor)
    if not end_absence(db.session(), g.actor, absence_id, at=datetime.now(UTC), for_others=managing):
        abort(404)
    db.session.commit()
    flash("L’absence est retirée : plus personne n’agit à ce titre.", "success")
    return redirect_to(url_for("validator.show_absences"))


@blueprint.post("/au-nom-de/<uuid:user_id>")
@member(side="validator")
def act_for(user_id: uuid.UUID) -> Response:
    """Act in the name of a colleague who is away."""
    if not stand_in(g.tenant, user_id):
        abort(404)
    return redirect_to(url_for("validator.desk"))


@blueprint.post("/en-mon-nom")
@member(side="validator")
def act_for_myself() -> Response:
    """Act in one's own name again."""
    stand_down(g.tenant)
    return redirect_to(url_for("validator.desk"))


def absences_about(today: date) -> dict[str, Any]:
    """What the desk says: one's own absences, and the colleagues one stands in for today. One query."""
    found = absences(db.session(), today, about=g.actor.user_id)
    mine = [one for one in found if one.user_id == g.actor.user_id]
    covered = [one for one in found if one.cover_id == g.actor.user_id and one.holds_on(today)]
    return {"away": mine, "covered": covered}


def _page(values: Mapping[str, str], status: int = 200, **faults: str) -> Response:
    session, managing = db.session(), may_manage(g.tenant, g.actor)
    today = local_day(g.tenant, datetime.now(UTC))
    people = [(str(id_), name) for id_, name in colleagues(session, g.tenant)]
    listed = absences(session, today, about=None if managing else g.actor.user_id)
    context: dict[str, Any] = {
        "values": {name: values.get(name, "") for name in FIELDS},
        "faults": faults,
        "people": people,
        "others": people if managing else [one for one in people if one[0] != str(g.actor.user_id)],
        "managing": managing,
        "decides": str(g.actor.user_id) in {id_ for id_, _ in people},
        "listed": [(one, one.holds_on(today), managing or one.user_id == g.actor.user_id) for one in listed],
        "today": today,
        "breadcrumbs": [("Validation", url_for("validator.desk")), ("Absences", None)]
        if g.actor.side == "validator"
        else [("Administration", url_for("admin.home")), ("Absences", None)],
    }
    return answer("validator/absences.html", status=status, **context)


def _day(form: Mapping[str, str], name: str) -> date:
    for written in WRITTEN:
        try:
            return datetime.strptime(form.get(name, "").strip(), written).date()
        except ValueError:
            continue
    raise HabitRefused("Indiquez le premier jour." if name == "du" else "Indiquez le dernier jour.", name)


def _uuid(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None
