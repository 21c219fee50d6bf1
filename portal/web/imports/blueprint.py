"""The blueprint, apart from its views so that each of them may import it; who enters, and how heavy a file may be."""

import uuid
from typing import Any

from flask import Blueprint, abort, g, request

from portal.domain.imports.actions import LONGEST
from portal.domain.imports.errors import UnknownRun
from portal.domain.imports.models import ImportRun
from portal.domain.imports.queries import declared, run_of
from portal.domain.people import Side
from portal.extensions import db
from portal.tenancy.schema import Import

blueprint = Blueprint("imports", __name__, url_prefix="/<tenant>/imports")

BRINGERS: tuple[Side, ...] = ("admin", "validator")
RUN = "/fichiers/<uuid:run_id>"
ROOM = LONGEST + 512 * 1024  # and what surrounds a file in its form


@blueprint.url_value_preprocessor
def _make_room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    # Before the guards, which read the form.
    if request.mimetype == "multipart/form-data":
        request.max_content_length = ROOM


def mine() -> dict[str, Import]:
    """The imports this person may bring; who may bring none finds no such page."""
    return declared(g.tenant, g.actor) or abort(404)


def opened(run_id: uuid.UUID) -> ImportRun:
    """A file of one of these imports; a page that does not exist otherwise."""
    try:
        run = run_of(db.session(), run_id)
    except UnknownRun:
        abort(404)
    return run if run.import_id in mine() else abort(404)
