"""/<tenant>/etablissement: for which of one's establishments one works now."""

from flask import Response, abort, g, request

from portal.web.access import member
from portal.web.account.blueprint import blueprint
from portal.web.answers import redirect_to
from portal.web.destinations import home_of, local_path
from portal.web.membership import choose_establishment
from portal.web.places import landing


@blueprint.post("/<tenant>/etablissement")
@member(side="org")
def choose() -> Response:
    """Show one establishment, or all when none is named; what is not one's own does not exist."""
    wanted = request.form.get("etablissement", "")
    chosen = next((e.id for e in g.organisations if str(e.id) == wanted), None)
    if wanted and chosen is None:
        abort(404)
    choose_establishment(g.tenant, chosen)
    home = home_of("org", g.tenant.slug)
    return redirect_to(local_path(request.form.get("suite")) or home or landing(None))
