"""Entry point of decisions on many sheets: take one, decide of one sheet after the other, each in its transaction.

A worker killed at any line leaves what it committed: a sheet is decided whole with its outcome, or not at all, and a
batch whose worker gives no sign of life is taken by another.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.domain.batches.actions import decide_item, fail_item, finish, next_item, release, take
from portal.domain.batches.models import Batch
from portal.domain.batches.queries import batches_due
from portal.extensions import db
from portal.jobs.deliver import now
from portal.jobs.queue import BATCHES
from portal.jobs.setup import jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant

log = logging.getLogger(__name__)
BUDGET = 25.0  # seconds a job may go on before it lets others pass


def run_due(tenant: str, budget: float = BUDGET) -> int:
    """Work on the decisions of a region that wait; how many sheets were decided of. Loads, or logs and leaves."""
    jobs, owed = jobs_of(current_app), (BATCHES, tenant, "")
    jobs.queue.started(owed)
    if tenant not in registry.slugs():
        log.warning("batches of an unknown region: %s", tenant)
        return 0
    with tenant_scope(tenant):
        try:
            shift = Shift(db.session(), registry.adopt(db.session(), tenant), budget=budget)
            decided = shift.run()
        finally:
            db.session.remove()
    if shift.unfinished:
        jobs.queue.wake(owed, str(time.time_ns()))
    return decided


@dataclass
class Shift:
    """The time a job gives to the decisions of a region, within its scope. Commits by itself: each sheet is kept."""

    session: Session
    tenant: Tenant
    clock: Callable[[], datetime] = now
    budget: float = BUDGET
    unfinished: bool = False
    decided: int = 0
    _since: float = field(default_factory=time.monotonic)

    def run(self) -> int:
        """Work on each batch until none waits or the time is up; how many sheets were decided of."""
        for batch_id in batches_due(self.session, self.clock()):
            if self.decided and self._is_over():
                self.unfinished = True
                break
            self._work_on(batch_id)
        return self.decided

    def _is_over(self) -> bool:
        return time.monotonic() - self._since > self.budget

    def _work_on(self, batch_id: uuid.UUID) -> None:
        batch = take(self.session, batch_id, at=self.clock())
        self.session.commit()  # taken: nobody else works on it from here on
        while batch is not None:
            if self.decided and self._is_over():
                release(self.session, batch)
                self.session.commit()
                self.unfinished = True
                return
            if not self._one(batch):
                finish(self.session, batch, at=self.clock())
                self.session.commit()
                return

    def _one(self, batch: Batch) -> bool:
        """Decide of the next sheet; False when there is none. A database that goes away says nothing of the sheet."""
        item = next_item(self.session, batch)
        if item is None:
            return False
        item_id = item.id
        try:
            decide_item(self.session, self.tenant, batch, item, at=self.clock())
            self.session.commit()
        except OperationalError:
            raise
        except Exception:
            log.exception("%s: sheet %s of batch %s stumbled", self.tenant.slug, item_id, batch.id)
            self.session.rollback()
            fail_item(self.session, item_id, at=self.clock())
            self.session.commit()
        self.decided += 1
        return True
