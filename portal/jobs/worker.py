"""`python -m portal.jobs.worker`: takes jobs from the queue, and keeps the time.

The application is made once here and each job is a fork of it: no connection to PostgreSQL is ever opened on this side.
"""

import logging
import threading

import redis
from rq import Queue, Worker

from portal import create_app
from portal.jobs.clock import start_ticker
from portal.jobs.queue import QUEUES, JobQueue, KnownJob
from portal.jobs.setup import jobs_of
from portal.settings import SettingsError

log = logging.getLogger(__name__)


class PatientWorker(Worker):
    """Comes back soon after Redis does: the default goes up to a minute."""

    max_connection_wait_time = 5.0


def make_worker(connection: redis.Redis) -> Worker:
    """A worker that a killed neighbour does not stop for long.

    Maintenance, which finds the jobs of dead workers, is looked at only when the wait for a job ends: `worker_ttl` less
    fifteen seconds. With the default of seven minutes a dead worker's job would wait as long.
    """
    queues = [Queue(name, connection=connection, serializer="json", job_class=KnownJob) for name in QUEUES]
    return PatientWorker(
        queues,
        connection=connection,
        serializer="json",
        job_class=KnownJob,
        worker_ttl=25,
        job_monitoring_interval=5,
        maintenance_interval=15,
    )


def main() -> None:
    """Work until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write the address of each delivery
    app = create_app()
    settings = jobs_of(app).settings
    if not settings.redis_url:
        raise SettingsError("REDIS_URL doit être défini pour lancer un worker.")
    stop = threading.Event()
    start_ticker(JobQueue(settings.redis_url), stop)
    with app.app_context():
        make_worker(redis.Redis.from_url(settings.redis_url)).work(with_scheduler=False, logging_level="WARNING")
    stop.set()


if __name__ == "__main__":
    main()
