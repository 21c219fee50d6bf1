"""Suggestions under a field while one types: from the reference tables, as options of a list."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from flask import Response, abort, make_response, render_template, request

from portal.domain.reference.models import STATUSES, Certification
from portal.domain.reference.queries import (
    search_certifications,
    search_communes,
    search_formacodes,
    search_nsf,
    search_rome,
)
from portal.web.access import member
from portal.web.org.blueprint import blueprint

MOST = 10


class Suggested(NamedTuple):
    """What the field then holds, what the list shows, and what tells it from those like it."""

    value: str
    label: str
    more: str = ""


def _communes(text: str) -> list[Suggested]:
    return [Suggested(f"{hit.name} ({hit.insee})", hit.label) for hit in search_communes(text, MOST)]


def _certifications(text: str) -> list[Suggested]:
    found = search_certifications(text, limit=MOST)
    return [Suggested(*_called(row.title, row.certif_info), certification_words(row)) for row in found]


def certification_words(row: Certification) -> str:
    """« Niveau 5 (Bac + 2) · Titre professionnel · RNCP35030 · Ministère du Travail · dernière session 2026 »."""
    told = (
        row.level_label,
        row.kind,
        f"RNCP{row.rncp}" if row.rncp else None,
        row.certifier,
        f"dernière session {row.last_session_year}" if row.last_session_year else None,
        STATUSES["archived"].lower() if row.status == "archived" else None,
    )
    return " · ".join(filter(None, told))


def _formacodes(text: str) -> list[Suggested]:
    found = search_formacodes(text, MOST)
    return [
        Suggested(*_called(hit.label, hit.code), " · ".join(filter(None, (hit.field_label, hit.synonym))))
        for hit in found
    ]


def _nsf(text: str) -> list[Suggested]:
    return [Suggested(*_called(row.label, row.code)) for row in search_nsf(text, MOST)]


def _rome(text: str) -> list[Suggested]:
    return [Suggested(*_called(row.label, row.code)) for row in search_rome(text, MOST)]


def _called(label: str, code: str) -> tuple[str, str]:
    """« Accompagnement vers emploi (15061) », which kinds of field read back."""
    return f"{label} ({code})", f"{label} ({code})"


TABLES: Mapping[str, Callable[[str], list[Suggested]]] = {
    "communes": _communes,
    "certifications": _certifications,
    "formacodes": _formacodes,
    "nsf": _nsf,
    "rome": _rome,
}
"""Table → what it suggests for a text."""


@blueprint.get("/suggestions/<table>")
@member()
def suggest(table: str) -> Response:
    """The options for what is typed."""
    if table not in TABLES:
        abort(404)
    found = TABLES[table](request.args.get("q", ""))
    return make_response(render_template("org/sheets/_suggestions.html", found=found))
