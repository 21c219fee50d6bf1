"""Routes that exist for tests alone: each fails, or tells who came in, as its address asks."""

from flask import Blueprint, Response, abort, flash, g, jsonify, request, url_for
from flask_login import current_user

from portal.domain.organisations.errors import WeakPasswordError
from portal.extensions import db
from portal.tenancy.scope import current_slug
from portal.web.access import member, public, signed_in
from portal.web.answers import answer, redirect_to, reswap, stop_polling, tell
from portal.web.faults import FAULTS

blueprint = Blueprint("probe", __name__)


@blueprint.route("/essai/<int:status>", methods=["GET", "POST"])
@public
def abort_with(status: int) -> Response:
    abort(status)


@blueprint.route("/essai/panne", methods=["GET", "POST"])
@public
def break_down() -> Response:
    raise ZeroDivisionError("le 1 85 05 78 006 084 36 de ida@exemple.test")


@blueprint.get("/essai/panne-sql")
@public
def break_the_transaction() -> Response:
    db.session.execute(db.text("select * from a_table_that_is_not"))
    return Response("unreachable")


@blueprint.route("/essai/refus", methods=["GET", "POST"])
@public
def refuse() -> Response:
    raise WeakPasswordError("Ce n’est pas possible pour cette raison.")


@blueprint.post("/essai/champ")
@public
def take_field() -> Response:
    return Response(str(len(request.form["texte"])))


@blueprint.get("/essai/sans-acces")
def forgotten() -> Response:
    return Response("nobody said who may enter")


@blueprint.get("/essai/page")
@public
def page() -> Response:
    return answer("errors/page.html", "errors/_fault.html", fault=FAULTS[404], code=404, words=[], back=None)


@blueprint.get("/essai/suite")
@public
def go_on() -> Response:
    return redirect_to("/accessibilite")


@blueprint.get("/essai/fin")
@public
def stop() -> Response:
    return reswap(tell(stop_polling("fini"), saved={"at": "14:32 — été"}), "innerHTML", "#ici")


@blueprint.route("/essai/moi", methods=["GET", "POST"])
@signed_in
def me() -> Response:
    flash("vu")
    return jsonify(name=current_user.name)


@blueprint.route("/<tenant>/essai/organisme", methods=["GET", "POST"])
@member(side="org")
def org_only() -> Response:
    return _who()


@blueprint.get("/<tenant>/essai/valideur")
@member(side="validator")
def validator_only() -> Response:
    return _who()


@blueprint.get("/<tenant>/essai/deux")
@member(side=("org", "validator"))
def both() -> Response:
    return _who()


@blueprint.get("/<tenant>/essai/public")
@public
def open_to_all() -> Response:
    return jsonify(
        slug=g.tenant.slug, scope=current_slug(), here=url_for("probe.both"), other=url_for("probe.both", tenant="x")
    )


def _who() -> Response:
    actor = g.actor
    return jsonify(
        side=actor.side,
        name=actor.name,
        roles=sorted(actor.roles),
        organisations=sorted(map(str, actor.organisations)),
        organisation=str(g.organisation.id) if g.organisation else None,
        scope=current_slug(),
        database=db.session.scalar(
            db.text("select current_setting('app.tenant') || ' ' || current_setting('app.user')")
        ),
    )
