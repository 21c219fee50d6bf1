"""Public pages say by which facts they were made: a browser that knows them already is told so, and nothing more."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, g, make_response, request
from flask_login import current_user

from portal.settings import ROOT
from portal.web.answers import is_partial

KEPT = "public, max-age=60"
PARTS = (
    "templates/public", "templates/layouts", "templates/components", "static/css", "static/js", "portal/web/public",
)  # fmt: skip


def known(*facts: Any) -> Response | None:
    """A 304 when the visitor's copy was made by these facts; it is then useless to make the page."""
    if not _may_be_kept() or not request.if_none_match.contains_weak(_tag(facts)):
        return None
    return kept(make_response("", 304), *facts)


def kept(response: Response, *facts: Any) -> Response:
    """The answer, which may be kept a minute and then asked about by these facts.

    A person signed in sees their own name on the page: that one is never kept (portal/web/security.py).
    """
    if _may_be_kept():
        response.set_etag(_tag(facts), weak=True)
        response.headers["Cache-Control"] = KEPT
    return response


def kept_for(response: Response, duration: timedelta) -> Response:
    """The answer, the same for everybody, kept for a while."""
    response.headers["Cache-Control"] = f"public, max-age={int(duration.total_seconds())}"
    return response


def _may_be_kept() -> bool:
    return not current_user.is_authenticated


def _tag(facts: Iterable[Any]) -> str:
    tenant = g.get("tenant")
    words = [request.full_path, str(is_partial()), tenant.digest if tenant else "", release(), *map(str, facts)]
    return hashlib.sha256("\x00".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def release() -> str:
    """What the pages are made with: a new release makes new pages of the same facts."""
    return _digest() if not current_app.debug else _digest.__wrapped__()


@cache
def _digest() -> str:
    found = (path for part in PARTS for path in Path(ROOT / part).rglob("*"))
    files = sorted(path for path in found if path.is_file() and path.suffix != ".pyc")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
