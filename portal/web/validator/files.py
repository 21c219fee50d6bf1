"""/validation/fiches/<id>/fichiers/<digest>: a file as whoever decides reads it, of today or of a version frozen."""

import uuid

from flask import Response

from portal.domain.attachments.queries import reference_in
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.web.access import member
from portal.web.files import file_answer
from portal.web.validator.blueprint import blueprint
from portal.web.validator.opened import Opened, open_sheet
from portal.web.validator.proposals import is_request
from portal.web.validator.review import READERS


@blueprint.get("/fiches/<uuid:sheet_id>/fichiers/<digest>")
@member(side=READERS)
def read_file(sheet_id: uuid.UUID, digest: str) -> Response:
    """A file that a page about the sheet shows, to be saved."""
    opened = open_sheet(sheet_id)
    return file_answer(reference_in(opened.session, _shown_with(opened), digest))


def _shown_with(opened: Opened) -> set[uuid.UUID]:
    """The sheets read on the pages about one: what is above and below; for a request, what it would change."""
    node = opened.live.node
    parent = opened.session.get(Sheet, opened.sheet.parent_id) if is_request(opened) else None
    around = load_node(opened.session, parent) if parent is not None else node
    return {one.id for one in (node, *around.up(), *around.down())}
