"""/demande-d-acces: somebody without a key asks a region to be let in."""

from datetime import UTC, datetime

from flask import Response, flash, request, url_for
from flask_limiter.util import get_remote_address

from portal.domain.accounts.errors import InvitationRefusedError
from portal.domain.accounts.requests import ask_access
from portal.extensions import db, limiter
from portal.tenancy.registry import registry
from portal.web.access import public
from portal.web.account.blueprint import blueprint
from portal.web.account.regions import enter_region
from portal.web.answers import answer, redirect_to

PER_ADDRESS = "5 per hour"
ASKED = ("name", "email", "siret", "organisation", "message")
SENT = "Votre demande est transmise à {}. La réponse vous parviendra par courriel."


@blueprint.get("/demande-d-acces")
@public
def ask_for_access() -> Response:
    """The form; the region may be named in the address."""
    return _page(request.args)


@blueprint.post("/demande-d-acces")
@limiter.limit(PER_ADDRESS, key_func=get_remote_address, deduct_when=lambda response: response.status_code == 303)
@public
def send_request() -> Response:
    """Keep the request for those who look after the region's members."""
    tenant = enter_region(request.form.get("region", ""))
    if tenant is None:
        return _page(request.form, 422, region="Choisissez votre région.")
    said = {name: request.form.get(name, "") for name in ASKED}
    try:
        ask_access(db.session(), tenant, **said, at=datetime.now(UTC))
    except InvitationRefusedError as refusal:
        db.session.rollback()
        return _page(request.form, 422, **{refusal.field: refusal.message})
    db.session.commit()
    flash(SENT.format(tenant.name), "success")
    return redirect_to(url_for("account.sign_in"))


def _page(given: object, status: int = 200, **faults: str) -> Response:
    values = {name: given.get(name, "") for name in (*ASKED, "region")}  # type: ignore[attr-defined]
    regions = [(tenant.slug, f"{tenant.name} – {tenant.region}") for tenant in registry.all()]
    return answer("account/ask_access.html", status=status, values=values, regions=regions, faults=faults)
