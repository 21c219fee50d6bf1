"""/administration/refus: what targets say when they refuse, and what it means in the words of the region."""

import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, g, request, url_for

from portal.domain.deliveries import wording
from portal.domain.deliveries.models import RefusalWording
from portal.domain.deliveries.refusals import BadWording, field_named, word_refusal, wordings
from portal.domain.fields import french
from portal.extensions import db
from portal.tenancy.tenant import Tenant
from portal.web.access import member
from portal.web.admin.blueprint import READERS, blueprint
from portal.web.answers import answer, redirect_to
from portal.web.paging import Pages, here, page_wanted

PAGE = 20
LONGEST = 500


@blueprint.get("/refus")
@member(side=READERS)
def refusals() -> Response:
    """Those that wait to be worded, the most seen first; or those that were."""
    worded, number = request.args.get("etat") == "traduits", page_wanted()
    rows, total = wordings(db.session(), worded=worded, limit=PAGE, offset=(number - 1) * PAGE)
    return answer(
        "admin/refusals.html",
        rows=[_row(row) for row in rows],
        worded=worded,
        pages=Pages(number, PAGE, total),
        here=here,
        may_act=g.actor.side == "admin",
    )


def _row(row: RefusalWording) -> dict[str, Any]:
    return {
        "id": row.id,
        "target": wording.label_of(g.tenant, row.target),
        "code": row.code,
        "said": row.said,
        "seen": row.seen,
        "last": row.last_at,
        "message": row.message,
        "action": row.action,
        "field": field_words(g.tenant, row.field) if row.field else None,
    }


@blueprint.get("/refus/<uuid:refusal_id>")
@member(side="admin")
def ask_wording(refusal_id: uuid.UUID) -> Response:
    """The form that words one."""
    row = _found(refusal_id)
    named = row.field or field_named(g.tenant, row.field_name) or ""
    return _form(row, {"message": row.message or "", "action": row.action or "", "field": named})


@blueprint.post("/refus/<uuid:refusal_id>")
@member(side="admin")
def word(refusal_id: uuid.UUID) -> Response:
    """Word one: whoever was or will be refused so reads it."""
    row = _found(refusal_id)
    given = {name: request.form.get(name, "").strip()[:LONGEST] for name in ("message", "action", "field")}
    told: dict[str, Any] = {**given, "field": given["field"] or None, "actor": g.actor, "at": datetime.now(UTC)}
    try:
        count = word_refusal(db.session(), g.tenant, row.id, **told)
    except BadWording as refusal:
        db.session.rollback()
        return _form(_found(refusal_id), given, error=refusal.message)
    db.session.commit()
    flash(f"Ce refus est traduit ({french.plural(count, 'envoi concerné', 'envois concernés')}).", "success")
    return redirect_to(url_for("admin.refusals"))


def _found(refusal_id: uuid.UUID) -> RefusalWording:
    row = db.session.get(RefusalWording, refusal_id)
    if row is None:
        abort(404)
    return row


def _form(row: RefusalWording, given: dict[str, str], *, error: str = "") -> Response:
    context = {"row": _row(row), "given": given, "error": error, "levels": field_choices(g.tenant)}
    return answer("admin/refusal.html", None, 422 if error else 200, **context)


def field_choices(tenant: Tenant) -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields of each level, in the order of its form: what a refusal may bear on."""
    levels = ((level.label, name) for name, level in tenant.who.levels.items())
    return [(label, [(f"{name}.{f.id}", f.words) for f in tenant.fields(name).values()]) for label, name in levels]


def field_words(tenant: Tenant, named: str) -> str:
    """« Session : Date de début », from `level.field`."""
    level, _, name = named.partition(".")
    field = tenant.field(level, name) if level in tenant.who.levels else None
    return f"{tenant.level(level).label} : {field.words}" if field else named
