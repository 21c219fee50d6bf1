"""/imports/: the files this person may bring, each with the last one brought."""

from typing import Any

from flask import Response, g, url_for

from portal.domain.imports.queries import runs
from portal.extensions import db
from portal.tenancy.schema import Import
from portal.web.access import member
from portal.web.answers import answer
from portal.web.imports.blueprint import BRINGERS, blueprint, mine
from portal.web.imports.told import told


@blueprint.get("/")
@member(side=BRINGERS)
def home() -> Response:
    """One card for each import."""
    return answer("imports/index.html", imports=[_card(import_id, one) for import_id, one in mine().items()])


def _card(import_id: str, declared: Import) -> dict[str, Any]:
    found = runs(db.session(), g.tenant, import_id, size=1)
    last = next(iter(found.rows), None)
    return {
        "id": import_id,
        "label": declared.label,
        "href": url_for("imports.one", import_id=import_id),
        "last": told(last, found.lines[last.id]) if last else None,
    }
