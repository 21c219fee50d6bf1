"""Use-cases of imports: bring a file, check it whole, accept or drop it, apply it chunk by chunk. Callers commit."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.domain.imports.applying import apply_some
from portal.domain.imports.checking import check_file
from portal.domain.imports.errors import ImportRefused, NotATable, OneOpen, TooHeavy, UnknownRun
from portal.domain.imports.models import OPEN, ImportRun, ImportTask
from portal.domain.imports.queries import LEASE, Page, declared, followed_by_another, pending, run_of, runs, vanished
from portal.domain.imports.recognise import form_of
from portal.domain.people import Actor
from portal.tenancy.tenant import Tenant

__all__ = [
    "CHUNK", "LEASE", "LONGEST", "ImportRefused", "Page", "UnknownRun", "accept", "apply_chunk", "check", "declared",
    "drop", "fail", "keep_alive", "pending", "release", "retry", "run_of", "runs", "submit", "take", "vanished",
]  # fmt: skip

LONGEST = 20 * 1024 * 1024
CHUNK = 200
DROPPABLE = ("waiting", "checking", "checked", "refused", "accepted", "failed")
Work = Literal["check", "apply"]
Beat = Callable[[int, int], None]

NOT_YOURS = "Vous ne pouvez pas déposer ce fichier."
TOO_BIG = "Ce fichier dépasse 20 Mo : partagez-le en plusieurs."
EMPTY = "Ce fichier est vide."
OTHER_FORM = "Ce fichier n'est pas {forms} : enregistrez-le sous cette forme depuis votre tableur."
ONE_OPEN = "Un fichier de cet import est déjà en cours : terminez-le ou abandonnez-le d'abord."
WORDS = {"csv": "un fichier CSV", "xlsx": "un classeur Excel (.xlsx)"}


def submit(
    session: Session, tenant: Tenant, import_id: str, *, file_name: str, content: bytes, actor: Actor, at: datetime
) -> ImportRun:
    """Receive a file; it waits to be checked. Flushes; the caller commits, then wakes a worker.

    Raises ImportRefused: not this person's, too big, neither CSV nor XLSX by its content, or another run still open.
    """
    definition = declared(tenant, actor).get(import_id)
    if definition is None:
        raise ImportRefused(NOT_YOURS)
    if len(content) > LONGEST:
        raise TooHeavy(TOO_BIG)
    if not content.strip():
        raise ImportRefused(EMPTY)
    form = form_of(content)
    if form is None or form not in definition.formats:
        raise NotATable(OTHER_FORM.format(forms=" ni ".join(WORDS[f] for f in definition.formats)))
    run = ImportRun(
        import_id=import_id, file_name=_shown(file_name), form=form, content=content,
        digest=hashlib.sha256(content).hexdigest(), size=len(content), state="waiting", report={},
        made_by=actor.user_id, made_by_name=actor.name, at=at,
    )  # fmt: skip
    _only_one(session, run)
    return run


def _shown(file_name: str) -> str:
    name = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable())[-120:] or "fichier"


def _only_one(session: Session, run: ImportRun) -> None:
    """Write a run that opens; the index refuses a second one, whoever brings it at the same moment."""
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:
        raise OneOpen(ONE_OPEN) from None


def take(session: Session, run_id: uuid.UUID, *, at: datetime) -> Work | None:
    """Take a run to work on it: what is to be done, or None when it is over or in somebody's hands.

    The caller commits before it works: the lease is `beat_at`, which `keep_alive` and each chunk renew.
    """
    run = session.get(ImportRun, run_id, with_for_update={"skip_locked": True}, populate_existing=True)
    if run is None:
        return None
    left = run.beat_at is None or run.beat_at < at - LEASE
    begins = {"waiting": "checking", "accepted": "applying"}
    if run.state not in begins and not (run.state in begins.values() and left):
        return None
    run.state, run.beat_at, run.problem = begins.get(run.state, run.state), at, None
    session.flush()
    return "check" if run.state == "checking" else "apply"


def keep_alive(session: Session, run_id: uuid.UUID, *, at: datetime, done: int = 0, total: int = 0) -> None:
    """Say that a run is still worked on, and how far it is. The caller commits."""
    session.execute(
        update(ImportRun).where(ImportRun.id == run_id).values(beat_at=at, done=done, total=total),
        execution_options={"synchronize_session": False},
    )


def release(session: Session, run_id: uuid.UUID) -> None:
    """Leave a run to whoever takes it next, without waiting for the end of the lease. The caller commits."""
    session.execute(
        update(ImportRun).where(ImportRun.id == run_id).values(beat_at=None),
        execution_options={"synchronize_session": False},
    )


def check(session: Session, tenant: Tenant, run_id: uuid.UUID, *, at: datetime, beat: Beat | None = None) -> ImportRun:
    """Check a file whole, and write what it would do: the run becomes `checked`, or `refused` with every fault.

    `beat(done, total)` is called as lines are read: it may call `keep_alive` and commit.
    Raises UnknownRun; a run dropped meanwhile stays dropped.
    """
    run = run_of(session, run_id)
    if run.state == "waiting":
        run.state, run.beat_at = "checking", at
        session.flush()
    if run.state != "checking":
        return run
    checked = check_file(session, tenant, run, beat or _silent)
    run = _locked(session, run_id)
    if run.state != "checking":
        return run
    session.execute(delete(ImportTask).where(ImportTask.run_id == run_id))
    checked.write(session, run)
    run.state = "refused" if checked.report["fault_count"] else "checked"
    run.checked_at, run.beat_at = at, None
    session.flush()
    return run


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


def accept(session: Session, tenant: Tenant, run_id: uuid.UUID, *, actor: Actor, at: datetime) -> ImportRun:
    """Accept what a checked file would do. Raises ImportRefused when it is not waiting for that."""
    run = _asked(session, tenant, run_id, actor)
    if run.state != "checked":
        raise ImportRefused("Ce fichier n'attend pas d'être accepté.")
    run.state, run.accepted_at, run.accepted_by, run.accepted_by_name = "accepted", at, actor.user_id, actor.name
    session.flush()
    return run


def drop(session: Session, tenant: Tenant, run_id: uuid.UUID, *, actor: Actor, at: datetime) -> ImportRun:
    """Abandon a file that was not applied. Raises ImportRefused once it is."""
    run = _asked(session, tenant, run_id, actor)
    if run.state not in DROPPABLE:
        raise ImportRefused("Cet import a déjà commencé : il va jusqu'au bout.")
    run.state, run.finished_at, run.beat_at = "dropped", at, None
    session.execute(delete(ImportTask).where(ImportTask.run_id == run_id))
    session.flush()
    return run


def retry(session: Session, tenant: Tenant, run_id: uuid.UUID, *, actor: Actor, at: datetime) -> ImportRun:
    """Try a failed run again where it stopped. Raises ImportRefused."""
    run = _asked(session, tenant, run_id, actor)
    if run.state != "failed":
        raise ImportRefused("Cet import n'a pas échoué.")
    if run.accepted_at is not None and followed_by_another(session, run):
        raise ImportRefused("Un fichier plus récent a été appliqué : déposez celui-ci de nouveau.")
    try:
        with session.begin_nested():
            run.state, run.problem, run.beat_at = "accepted" if run.accepted_at else "waiting", None, None
    except IntegrityError:
        raise OneOpen(ONE_OPEN) from None
    return run


def fail(session: Session, run_id: uuid.UUID, *, problem: str) -> None:
    """Note that a run stopped on something nobody expected; what was applied stays, `retry` goes on. Commit after."""
    run = _locked(session, run_id)
    if run.state in OPEN:
        run.state, run.problem, run.beat_at = "failed", problem[:500], None
        session.flush()


def apply_chunk(session: Session, tenant: Tenant, run_id: uuid.UUID, *, at: datetime) -> bool:
    """Apply the next lines of an accepted file; True while something remains. The caller commits after each call.

    What is done is forgotten in the same transaction: a worker killed at any moment leaves what it finished, and the
    next goes on. Raises UnknownRun.
    """
    run = _locked(session, run_id)
    if run.state == "accepted":
        run.state = "applying"
    if run.state != "applying":
        return False
    run.beat_at = at
    remains = apply_some(session, tenant, run, at=at, most=CHUNK)
    if not remains:
        run.state, run.finished_at, run.beat_at = "done", at, None
    session.flush()
    return remains


def _locked(session: Session, run_id: uuid.UUID) -> ImportRun:
    run = session.get(ImportRun, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise UnknownRun
    return run


def _asked(session: Session, tenant: Tenant, run_id: uuid.UUID, actor: Actor) -> ImportRun:
    run = _locked(session, run_id)
    if run.import_id not in declared(tenant, actor):
        raise UnknownRun
    return run
