"""Entry point of imports: take a file, check it or apply it chunk by chunk, leave it where the next worker finds it.

A worker killed at any line leaves what it committed: a chunk is done whole or not at all, and a run whose worker gives
no sign of life is taken by another.
"""

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.domain.imports.actions import apply_chunk, check, fail, keep_alive, pending, release, take
from portal.extensions import db
from portal.jobs.deliver import now
from portal.jobs.queue import IMPORTS
from portal.jobs.setup import jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)

BUDGET = 25.0  # seconds a job may go on before it lets others pass
STUMBLED = "Un incident est survenu de notre côté ; il est noté et sera examiné. Vous pouvez relancer l’import."


def run_due(tenant: str, budget: float = BUDGET) -> int:
    """Work on the files of a region that wait; how many came to their next stop. Loads, or logs and leaves."""
    jobs, owed = jobs_of(current_app), (IMPORTS, tenant, "")
    jobs.queue.started(owed)
    if tenant not in registry.slugs():
        log.warning("imports of an unknown region: %s", tenant)
        return 0
    with tenant_scope(tenant):
        try:
            shift = Shift(db.session(), registry.adopt(db.session(), tenant), budget=budget)
            settled = shift.run()
        finally:
            db.session.remove()
    if shift.unfinished:
        jobs.queue.wake(owed, str(time.time_ns()))
    return settled


@dataclass
class Shift:
    """The time a job gives to the files of a region, within its scope. Commits by itself: each chunk is kept."""

    session: Session
    tenant: Tenant
    clock: Callable[[], datetime] = now
    budget: float = BUDGET
    unfinished: bool = False
    _since: float = field(default_factory=time.monotonic)

    def run(self) -> int:
        """Work on each file that waits or was left, until none is or the time is up; how many came to a stop."""
        settled = 0
        for place, run_id in enumerate(pending(self.session, self.clock())):
            if place and self._is_over():  # a job does something, however late it is
                self.unfinished = True
                break
            settled += self._work_on(run_id)
        return settled

    def _is_over(self) -> bool:
        return time.monotonic() - self._since > self.budget

    def _work_on(self, run_id: uuid.UUID) -> bool:
        """Take it and do what is to be done; False when it is in other hands, or not at a stop yet.

        A database that goes away says nothing of the file: the run keeps its state, and the sweep finds it again.
        """
        work = take(self.session, run_id, at=self.clock())
        self.session.commit()  # taken: nobody else works on it from here on
        if work is None:
            return False
        try:
            return WORKS[work](self, run_id)
        except OperationalError:
            raise
        except Exception:
            log.exception("%s: import %s stumbled", self.tenant.slug, run_id)
            self.session.rollback()
            fail(self.session, run_id, problem=STUMBLED)
            self.session.commit()
            return True

    def check(self, run_id: uuid.UUID) -> bool:
        """Check the file whole; how far it is, is said as it goes."""
        check(
            self.session, self.tenant, run_id, at=self.clock(), beat=lambda done, total: self._beat(run_id, done, total)
        )
        self.session.commit()
        return True

    def _beat(self, run_id: uuid.UUID, done: int, total: int) -> None:
        keep_alive(self.session, run_id, at=self.clock(), done=done, total=total)
        self.session.commit()

    def apply(self, run_id: uuid.UUID) -> bool:
        """Apply chunk after chunk, each in a transaction of its own, as long as there is time."""
        while apply_chunk(self.session, self.tenant, run_id, at=self.clock()):
            self.session.commit()
            if self._is_over():
                release(self.session, run_id)
                self.session.commit()
                self.unfinished = True
                return False
        self.session.commit()
        return True


WORKS: Mapping[str, Callable[[Shift, uuid.UUID], bool]] = {"check": Shift.check, "apply": Shift.apply}
