"""Where a person may be sent next: addresses of this portal alone."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

LONGEST = 2000
HOMES = {"org": "/{}/espace/", "validator": "/{}/validation/", "admin": "/{}/administration/"}


def local_path(address: str | None) -> str | None:
    """The path of an address of ours, or None. Browsers take `//host` and `/\\host` for another site."""
    if not address or len(address) > LONGEST or any(ord(c) <= 32 or c == "\\" for c in address):
        return None
    if not address.startswith("/") or address.startswith("//"):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address


def page_behind() -> str | None:
    """The page from which a part or a form was sent, when it is one of ours."""
    seen = request.headers.get("HX-Current-URL") or request.referrer or ""
    parts = urlsplit(seen)
    if parts.netloc != request.host:
        return None
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def home_of(side: str, slug: str) -> str | None:
    """The first page of an area of a region, when this portal has that area."""
    path = HOMES[side].format(slug)
    return path if exists(path) else None


def exists(path: str) -> bool:
    """Whether some route answers GET at this path."""
    try:
        current_app.url_map.bind("localhost").match(path, method="GET")
    except RequestRedirect:
        return True
    except (MethodNotAllowed, HTTPException):
        return False
    return True
