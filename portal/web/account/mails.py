"""/<region>/courriels: how often one receives each of the region's messages; from one's account, or by the link that
each message carries, which stops it in one click (RFC 8058).
"""

from datetime import UTC, datetime

from flask import Response, abort, current_app, flash, g, make_response, render_template, request, url_for
from flask_login import current_user

from portal.domain.habits.errors import HabitRefused
from portal.domain.habits.paces import PACES
from portal.domain.mails.pacing import EVERY, choose_pace, messages_for, paces_allowed, stop
from portal.domain.mails.stopping import read_stop_key
from portal.extensions import csrf, db, limiter
from portal.web.access import member, public
from portal.web.account.blueprint import blueprint
from portal.web.answers import answer, redirect_to

ONE_CLICK = "List-Unsubscribe"
STOP = "arreter"
DEAD = (
    "Ce lien n’est pas complet : ouvrez-le de nouveau depuis le courriel, ou réglez vos courriels depuis votre compte."
)


@blueprint.get("/<tenant>/courriels")
@member()
def choose_mails() -> Response:
    """The messages one may receive, each with how often."""
    return _page(current_user.email, url_for("account.keep_mails"))


@blueprint.post("/<tenant>/courriels")
@member()
def keep_mails() -> Response:
    """Keep what was chosen."""
    _keep(current_user.email)
    return redirect_to(url_for("account.choose_mails"))


@blueprint.get("/<tenant>/courriels/<key>")
@public
def choose_by_link(key: str) -> Response:
    """The same by the link of a message, signed in or not. Opening it stops nothing: mail programs open links."""
    opened = read_stop_key(_secret(), g.tenant.slug, key)
    if opened is None:
        return answer("account/dead_link.html", status=404, why=DEAD)
    address, mail_id = opened
    return _page(address, url_for("account.keep_by_link", key=key), _stopped(address, mail_id))


@blueprint.post("/<tenant>/courriels/<key>")
@limiter.limit("60 per 10 minutes")
@csrf.exempt
@public
def keep_by_link(key: str) -> Response:
    """Stop the message in one click, or keep what was chosen. The key is the proof: a mail program has no session."""
    opened = read_stop_key(_secret(), g.tenant.slug, key)
    if opened is None:
        abort(400)
    address, mail_id = opened
    if ONE_CLICK in request.form or STOP in request.form:
        stop(db.session(), g.tenant, address, mail_id, at=datetime.now(UTC))
        db.session.commit()
        if ONE_CLICK in request.form:
            return make_response("", 200)
        flash("C’est fait : vous ne recevrez plus ce courriel.", "success")
    else:
        _keep(address)
    return redirect_to(url_for("account.choose_by_link", key=key))


def _secret() -> str:
    return str(current_app.config["GUICHET"].secret_key)


def _stopped(address: str, mail_id: str) -> str:
    """What the link would stop, in words; nothing once it is stopped, or where the region does not let one."""
    found = [one for one in messages_for(db.session(), g.tenant, address) if mail_id in (one.mail, EVERY)]
    left = [one for one in found if one.pace != "never" and "never" in paces_allowed(g.tenant, one.mail)]
    if not left:
        return ""
    return "tous les courriels qui peuvent s’arrêter" if mail_id == EVERY else f"« {left[0].words} »"


def _keep(address: str) -> None:
    session, at = db.session(), datetime.now(UTC)
    for one in messages_for(session, g.tenant, address):
        chosen = request.form.get(one.mail, one.pace)
        if chosen != one.pace:
            try:
                choose_pace(session, g.tenant, address, one.mail, chosen, at=at)
            except HabitRefused as refusal:
                session.rollback()
                flash(refusal.message, "error")
                return
    session.commit()
    flash("Vos choix sont gardés.", "success")


def _page(address: str, action: str, stopped: str = "") -> Response:
    page = render_template(
        "account/mails.html",
        address=address,
        action=action,
        stopped=stopped,
        messages=[
            (one, [(pace, PACES[pace]) for pace in one.allowed])
            for one in messages_for(db.session(), g.tenant, address)
        ],
        digests_at=g.tenant.mails.digests_at.removeprefix("0").replace(":", " h "),
        own=current_user.is_authenticated and current_user.email == address,
    )
    return make_response(page)
