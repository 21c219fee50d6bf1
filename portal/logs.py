"""Logs: one JSON object a line, each with the id of its request, without what people typed or who they are."""

import json
import logging
import re
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from portal.ids import uuid7

access = logging.getLogger("portal.access")
GIVEN_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
QUIET = frozenset({"static", "health.alive", "health.ready", "health.metrics", "theme.stylesheet"})
SECRET_PARTS = ("<key>", "<token>")
# What may slip into a message: addresses of people, numbers as long as a SIRET or a social security number, keys.
PERSONAL = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "‹adresse›"),
    (re.compile(r"(?<![\w-])\d(?:[ .]?\d){12,14}(?![\w-])"), "‹numéro›"),
    (re.compile(r"(/(?:activation|mot-de-passe)/)[\w.%-]+"), r"\1‹clé›"),
    (re.compile(r"(?m)^(DETAIL:|\[parameters:).*$"), r"\1 ‹tu›"),
)


class JsonFormatter(logging.Formatter):
    """A record as one line; fields given by `extra={"facts": {…}}` stand beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_people(record.getMessage()),
        }
        if has_request_context():
            line["request_id"] = g.get("request_id")
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = exception_text(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def without_people(text: str) -> str:
    """The text without the addresses and the long numbers it may hold."""
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text


def exception_text(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
) -> str:
    """The traceback, cleaned: PostgreSQL repeats in its errors the values it refuses."""
    return without_people("".join(traceback.format_exception(*exc_info)))


def configure(level: int = logging.INFO) -> None:
    """Send every logger of the process to standard error, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("flask_wtf.csrf", "flask-limiter", "httpx", "alembic.runtime.plugins", "alembic.ddl"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def init_app(app: Flask) -> None:
    """Give each request an id, said in its answer and in every line it causes; one line per request."""
    if not app.testing:
        configure()
    app.before_request(_open)
    app.after_request(_close)


def _open() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if GIVEN_ID.fullmatch(given) else uuid7().hex
    g.began = time.perf_counter()


def _close(response: Response) -> Response:
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
        if request.endpoint not in QUIET:
            access.info("request", extra={"facts": _facts(response)})
    return response


def _facts(response: Response) -> dict[str, Any]:
    """What one may know of a request: never its query (words searched, addresses), its form or its person."""
    rule = request.url_rule.rule if request.url_rule else None
    tenant = g.get("tenant")
    return {
        "method": request.method,
        "path": rule if rule and any(part in rule for part in SECRET_PARTS) else request.path,
        "endpoint": request.endpoint,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "tenant": tenant.slug if tenant else None,
        "htmx": bool(request.headers.get("HX-Request")),
    }
