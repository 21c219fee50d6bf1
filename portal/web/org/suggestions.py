"""Suggestions under a field while one types: from the reference tables, as options of a list."""

from collections.abc import Callable, Mapping

from flask import Response, abort, make_response, render_template, request

from portal.domain.reference.queries import search_communes
from portal.web.access import member
from portal.web.org.blueprint import blueprint

Suggested = list[tuple[str, str]]
MOST = 10


def _communes(text: str) -> Suggested:
    return [(f"{hit.name} ({hit.insee})", hit.label) for hit in search_communes(text, MOST)]


TABLES: Mapping[str, Callable[[str], Suggested]] = {"communes": _communes}
"""Table → what it suggests for a text: what the field then holds, what the list shows."""


@blueprint.get("/suggestions/<table>")
@member()
def suggest(table: str) -> Response:
    """The options for what is typed."""
    if table not in TABLES:
        abort(404)
    found = TABLES[table](request.args.get("q", ""))
    return make_response(render_template("org/sheets/_suggestions.html", found=found))
