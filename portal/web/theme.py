"""/theme/<slug>-<hash>.css: the colours of a region, as a stylesheet of its own; never a style in the page."""

import hashlib
import re
from functools import lru_cache

from flask import Blueprint, Response, make_response, redirect, url_for

from portal.tenancy.schema import Theme
from portal.tenancy.tenant import Tenant
from portal.web.access import public
from portal.web.scoping import find_tenant

blueprint = Blueprint("theme", __name__)
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@blueprint.get("/theme/<name>.css")
@public
def stylesheet(name: str) -> Response:
    """Kept for ever by browsers; an address whose colours changed since leads to those of today."""
    slug, _, digest = name.rpartition("-")
    text = theme_css(find_tenant(slug).who.theme)
    if digest != digest_of(text):
        return redirect(url_for("theme.stylesheet", name=f"{slug}-{digest_of(text)}"), 302)  # type: ignore[return-value]
    response = make_response(text)
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def theme_href(tenant: Tenant) -> str:
    """The address of a region's colours."""
    return url_for("theme.stylesheet", name=f"{tenant.slug}-{digest_of(theme_css(tenant.who.theme))}")


def theme_css(theme: Theme) -> str:
    """The variables the stylesheet of every page is written over (static/css/guichet.css)."""
    return _css(theme.brand, theme.ink, theme.accent)


@lru_cache(maxsize=64)
def _css(brand: str, ink: str, accent: str) -> str:
    colours = {"--brand": brand, "--brand-ink": ink, "--accent": accent}
    wrong = [value for value in colours.values() if not COLOUR.fullmatch(value)]
    if wrong:
        raise ValueError(f"not a colour: {wrong[0]!r}")
    return ":root{" + ";".join(f"{name}:{value}" for name, value in colours.items()) + "}\n"


@lru_cache(maxsize=64)
def digest_of(text: str) -> str:
    """A short name of a stylesheet's content."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]
