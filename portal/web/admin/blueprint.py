"""The blueprint, apart from its views so that each of them may import it; who reads it, and its pages."""

from dataclasses import dataclass

from flask import Blueprint, request, url_for

from portal.domain.people import Side

blueprint = Blueprint("admin", __name__, url_prefix="/<tenant>/administration")

READERS: tuple[Side, ...] = ("admin", "validator")
PAGES = {
    "admin.home": "Vue d’ensemble",
    "admin.deliveries": "Envois",
    "admin.refusals": "Refus",
    "admin.mails": "Courriels",
    "admin.members": "Membres",
    "validator.show_absences": "Absences",
    "admin.configuration": "Configuration",
    "org.show_directories": "Annuaire",
}


@dataclass(frozen=True)
class PageLink:
    """One page of the area, in its own menu."""

    href: str
    label: str
    current: bool


@blueprint.context_processor
def _menu() -> dict[str, list[PageLink]]:
    return {"pages_of_area": [PageLink(url_for(e), label, request.endpoint == e) for e, label in PAGES.items()]}
