"""/healthz: the process lives. /readyz: it can serve. /metrics: what is owed, for Prometheus."""

import hmac
import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import redis
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, abort, current_app, jsonify, make_response, request
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from portal.domain.deliveries.models import Delivery
from portal.domain.mails.models import Mail
from portal.extensions import db
from portal.settings import ROOT
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from portal.web.access import public

blueprint = Blueprint("health", __name__)
MEASURES = {
    "guichet_deliveries": "Deliveries by region and state.",
    "guichet_mails": "Messages by region and state.",
    "guichet_oldest_due_seconds": "Age of the oldest delivery due and not made, by region.",
}
TOO_OLD = timedelta(hours=1)  # a delivery due for so long says that nobody delivers


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return make_response("ok", {"Content-Type": "text/plain"})


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """503 as soon as one part is missing, with the name of each part and how it stands."""
    found = {name: _try(check) for name, check in CHECKS.items()}
    fine = all(state.startswith("ok") for state in found.values())
    response = jsonify({"ready": fine, "checks": found})
    response.status_code = 200 if fine else 503
    return response


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Counts read in the database, so that they are the same whichever process answers."""
    _refuse_strangers()
    samples: dict[str, list[str]] = {name: [] for name in MEASURES}
    for slug in registry.slugs():
        with _alone_in(slug):
            for name, model in (("guichet_deliveries", Delivery), ("guichet_mails", Mail)):
                rows = db.session.execute(select(model.state, func.count()).group_by(model.state))
                samples[name] += [f'{name}{{tenant="{slug}",state="{state}"}} {count}' for state, count in rows]
            age = _oldest_due_here().total_seconds()
            samples["guichet_oldest_due_seconds"].append(f'guichet_oldest_due_seconds{{tenant="{slug}"}} {age:.0f}')
    lines = [line for name, told in MEASURES.items() for line in (*_heads(name, told), *samples[name])]
    return make_response("\n".join(lines) + "\n", {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


def _heads(name: str, told: str) -> tuple[str, str]:
    return f"# HELP {name} {told}", f"# TYPE {name} gauge"


def _refuse_strangers() -> None:
    """This machine may read; others show the token of the settings. Everyone else finds no such page."""
    token = current_app.config["GUICHET"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return
    if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104 — an unknown address
        abort(404)


def _try(check: Callable[[], str]) -> str:
    try:
        return check()
    except (SQLAlchemyError, redis.RedisError, OSError) as error:
        db.session.rollback()
        return f"absent : {type(error).__name__}"


def _postgresql() -> str:
    db.session.execute(text("select 1"))
    return "ok"


def _redis() -> str:
    url = current_app.config["GUICHET"].redis_url
    if not url:
        return "ok : aucun Redis demandé"
    with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
        client.ping()
    return "ok"


def _migrations() -> str:
    heads = set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
    applied = set(db.session.scalars(text("select version_num from alembic_version")))
    return "ok" if applied == heads else f"base à {sorted(applied)}, attendue à {sorted(heads)}"


def _deliveries() -> str:
    oldest = timedelta(0)
    for slug in registry.slugs():
        with _alone_in(slug):
            oldest = max(oldest, _oldest_due_here())
    minutes = int(oldest.total_seconds() // 60)
    return f"ok : plus ancien envoi dû, {minutes} min" if oldest < TOO_OLD else f"envoi dû depuis {minutes} min"


def _oldest_due_here() -> timedelta:
    owed = Delivery.state.in_(("due", "sending"))
    due_at = db.session.scalar(select(func.min(Delivery.due_at)).where(owed))
    return max(datetime.now(UTC) - due_at, timedelta(0)) if due_at else timedelta(0)


@contextmanager
def _alone_in(slug: str) -> Iterator[None]:
    """The scope of one region, in a transaction of its own: PostgreSQL reads the scope when a transaction begins."""
    db.session.rollback()
    with tenant_scope(slug):
        try:
            yield
        finally:
            db.session.rollback()


CHECKS: dict[str, Callable[[], str]] = {
    "postgresql": _postgresql,
    "redis": _redis,
    "migrations": _migrations,
    "deliveries": _deliveries,
}
