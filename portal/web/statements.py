"""The pages a public service owes its users: accessibility, personal data."""

from flask import Blueprint, Response

from portal.web.access import public
from portal.web.answers import answer

blueprint = Blueprint("statements", __name__)


@blueprint.get("/accessibilite")
@public
def accessibility() -> Response:
    """The accessibility statement (RGAA)."""
    return answer("pages/accessibilite.html")


@blueprint.get("/donnees-personnelles")
@public
def personal_data() -> Response:
    """What is kept about people, and why."""
    return answer("pages/donnees_personnelles.html")
