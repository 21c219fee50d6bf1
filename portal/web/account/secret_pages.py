"""What the pages of single-use links have in common: how they are kept from other eyes, and the page of a dead one."""

from typing import Any

from flask import Response

from portal.domain.organisations.validators import SHORTEST
from portal.web.answers import answer

DIFFERENT = "Les deux saisies du mot de passe diffèrent."


def secret_page(template: str, status: int = 200, **context: Any) -> Response:
    """A page whose address opens something: kept by no cache, and told to nobody by the browser.

    The origin alone is said (not nothing at all): the check of forms under https asks for it.
    """
    response = answer(template, status=status, shortest=SHORTEST, **context)
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def dead_link(**context: Any) -> Response:
    """The same page whatever the reason: forged, expired, used, withdrawn."""
    return secret_page("account/dead_link.html", 410, **context)
