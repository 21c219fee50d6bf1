"""Who may enter a route. Every view says it beneath its route; one that does not is refused to all.

@blueprint.get("/")
@member(side="org")
def home(): ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, make_response, render_template, request, url_for
from flask_login import current_user

from portal.domain.people import Actor, Side
from portal.web.answers import is_partial, redirect_to, reswap
from portal.web.destinations import local_path, page_behind
from portal.web.membership import actor_in, chosen_establishment, establishments_in

View = TypeVar("View", bound=Callable[..., Any])
MEMBERS: tuple[Side, ...] = ("org", "validator", "admin")


@dataclass(frozen=True)
class Access:
    """What a view declares."""

    who: Literal["public", "signed_in", "member"]
    sides: tuple[Side, ...] = ()


def public(view: View) -> View:
    """Everyone, signed in or not."""
    return _declare(view, Access("public"))


def signed_in(view: View) -> View:
    """Whoever has an account, member of a region or not."""
    return _declare(view, Access("signed_in"))


def member(*, side: Side | tuple[Side, ...] = MEMBERS) -> Callable[[View], View]:
    """Members of the region in the address, on one of these sides. `g.actor` says who they are there."""
    sides = (side,) if isinstance(side, str) else side
    return lambda view: _declare(view, Access("member", sides))


def _declare(view: View, access: Access) -> View:
    cast(Any, view).access = access
    return view


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the view of an endpoint declares."""
    return getattr(app.view_functions[endpoint], "access", None)


def init_app(app: Flask) -> None:
    """Check every request before its view, and before its token: who is not signed in hears that first."""
    public(app.view_functions["static"])
    app.before_request(_guard)


def _guard() -> Response | None:
    g.actor = None
    g.organisations, g.organisation = [], None
    if request.endpoint is None:  # no such page, or not by this method: Flask will say so
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        raise RuntimeError(f"{request.endpoint} does not say who may enter")
    if access.who == "public":
        return None
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    if access.who == "member":
        g.actor = _enter_region(access.sides)
    return None


def _enter_region(sides: tuple[Side, ...]) -> Actor:
    g.organisations = establishments_in(g.tenant)
    g.organisation = chosen_establishment(g.tenant, g.organisations)
    actor = actor_in(g.tenant, sides, g.organisation)
    if actor is None:
        abort(404)  # not 403: what is not yours does not exist
    return actor


def ask_to_sign_in() -> Response:
    """Send to the sign-in page and back; but where words were sent, keep them on the screen and sign in over them."""
    if request.method == "GET" and not is_partial():
        return redirect_to(url_for("account.sign_in", suite=local_path(request.full_path.rstrip("?"))))
    behind = page_behind()
    if not typed_words():
        return redirect_to(url_for("account.sign_in", suite=behind))
    if is_partial():
        dialog = make_response(render_template("account/_sign_in_again.html"), 401)
        return reswap(dialog, "innerHTML", "#modal")
    return make_response(render_template("account/sign_in_again.html", words=typed_words(), back=behind), 401)


def typed_words() -> list[tuple[str, str]]:
    """What the person typed into the form just sent, secrets excepted: shown again where it cannot be accepted."""
    if request.method in ("GET", "HEAD"):
        return []
    hidden = ("csrf_token", "version", "password", "mot_de_passe", "_id")
    pairs = request.form.items(multi=True)
    return [(name, value) for name, value in pairs if value.strip() and not any(h in name.lower() for h in hidden)]
