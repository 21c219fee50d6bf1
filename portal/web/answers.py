"""Page or fragment, 303 or HX-Redirect, stop polling: views answer both worlds without a branch of their own."""

import json
from functools import cached_property
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request
from htmx_flask.requests import HtmxAwareRequest, HtmxHeaders

STOP_POLLING = 286
LONGEST_FORM = 4 * 1024 * 1024  # an accented letter takes six signs on the wire


class Hx(HtmxHeaders):
    """What htmx 4 says of a request; the extension knows the headers of htmx 1 alone."""

    @cached_property
    def partial(self) -> bool:
        """Whether a fragment is wanted: not a boosted page, not a page rebuilt for the Back button."""
        return bool(self) and self._headers.get("HX-Request-Type") == "partial" and not self.history_restore_request

    @cached_property
    def source(self) -> str | None:
        """The id of the element that asked (`button#go` → `go`)."""
        return self._headers.get("HX-Source", "").partition("#")[2] or None

    @cached_property
    def target(self) -> str | None:
        """The id of the element to be replaced."""
        return self._headers.get("HX-Target", "").partition("#")[2] or None


class HtmxRequest(HtmxAwareRequest):
    """A request whose `htmx` speaks htmx 4, and whose form without files is read whole: it has a smaller measure."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.htmx = Hx(self.headers)
        if self.mimetype == "application/x-www-form-urlencoded":
            self.max_content_length = LONGEST_FORM


def init_app(app: Flask) -> None:
    """Give requests their `htmx`, and tell caches that pages and fragments share addresses."""
    app.request_class = HtmxRequest
    app.after_request(_vary)


def is_partial() -> bool:
    """Whether the person's browser awaits a fragment."""
    return bool(request.htmx.partial)  # type: ignore[attr-defined]


def answer(page: str, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """The page; or, where htmx asked for a part and the view has one, its fragment with the same context."""
    template = fragment if fragment is not None and is_partial() else page
    return make_response(render_template(template, **context), status)


def redirect_to(url: str) -> Response:
    """Go elsewhere: 303 (a GET follows, whatever the method was), or HX-Redirect where htmx asked for a part."""
    if not is_partial():
        return redirect(url, 303)  # type: ignore[return-value]
    response = make_response("", 204)
    response.headers["HX-Redirect"] = url
    return response


def stop_polling(body: str = "") -> Response:
    """The last answer of a poll: shown, and asked for no more."""
    return make_response(body, STOP_POLLING)


def reswap(response: Response, how: str, target: str | None = None) -> Response:
    """Put the answer elsewhere, or otherwise, than the page asked."""
    response.headers["HX-Reswap"] = how
    if target is not None:
        response.headers["HX-Retarget"] = target
    return response


def tell(response: Response, **events: Any) -> Response:
    """Raise events in the page once the answer is in (`tell(response, saved={"at": "14:32"})`)."""
    names = {name.replace("_", "-"): detail for name, detail in events.items()}
    response.headers["HX-Trigger"] = json.dumps(names)  # ASCII: a header carries nothing else
    return response


def _vary(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.update(("HX-Request", "HX-Request-Type"))
    return response
