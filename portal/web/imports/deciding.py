"""/imports/fichiers/<run>/…: accepting what a file changes, leaving it aside, trying it again."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Response, g, url_for

from portal.domain.imports import actions
from portal.domain.imports.errors import ImportRefused
from portal.domain.imports.models import ImportRun
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.imports.blueprint import BRINGERS, RUN, blueprint, opened
from portal.web.imports.runs import page_of
from portal.web.imports.told import promise, told


@blueprint.get(f"{RUN}/accepter")
@member(side=BRINGERS)
def ask_accept(run_id: uuid.UUID) -> Response:
    """What accepting will do: a page, or a dialog over the present one."""
    run = opened(run_id)
    if run.state != "checked":
        return redirect_to(url_for("imports.show", run_id=run_id))
    words = promise(run.report or {})
    return answer("imports/accept.html", "imports/_accept.html", run=told(run), promise=words)


@blueprint.post(f"{RUN}/accepter")
@member(side=BRINGERS)
def accept(run_id: uuid.UUID) -> Response:
    """Let it be written; a job does it."""
    return _do(actions.accept, run_id)


@blueprint.post(f"{RUN}/abandonner")
@member(side=BRINGERS)
def drop(run_id: uuid.UUID) -> Response:
    """Leave it aside: nothing of it is written."""
    return _do(actions.drop, run_id)


@blueprint.post(f"{RUN}/relancer")
@member(side=BRINGERS)
def retry(run_id: uuid.UUID) -> Response:
    """Go on with one that was interrupted, from where it was."""
    return _do(actions.retry, run_id)


def _do(act: Callable[..., ImportRun], run_id: uuid.UUID) -> Response:
    """Do it, or show the page as it is now and say why not."""
    run = opened(run_id)
    try:
        act(db.session(), g.tenant, run.id, actor=g.actor, at=datetime.now(UTC))
        db.session.commit()
    except ImportRefused as refusal:
        db.session.rollback()
        return page_of(opened(run_id), status=409, refusal=refusal.message)
    return redirect_to(url_for("imports.show", run_id=run_id))
