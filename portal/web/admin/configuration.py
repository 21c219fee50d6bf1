"""/administration/configuration: the versions published, and the one in force."""

from flask import Response, g

from portal.extensions import db
from portal.tenancy.versions import published_versions
from portal.web.access import member
from portal.web.admin.blueprint import READERS, blueprint
from portal.web.answers import answer
from portal.web.paging import Pages, here, page_wanted

PAGE = 20


@blueprint.get("/configuration")
@member(side=READERS)
def configuration() -> Response:
    """The list of versions."""
    number = page_wanted()
    rows, total = published_versions(db.session(), PAGE, (number - 1) * PAGE)
    in_force = next((row.number for row in rows if row.digest == g.tenant.digest), g.tenant.version)
    pages = Pages(number, PAGE, total)
    return answer("admin/configuration.html", rows=rows, pages=pages, in_force=in_force, here=here)
