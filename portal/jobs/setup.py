"""What jobs need of the application, made once in `create_app` and found again anywhere the application is."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from flask import Flask

from portal.jobs import queue
from portal.jobs.breaker import Breaker
from portal.settings import Settings


@dataclass
class Jobs:
    """The settings, the queue and the breaker of one application."""

    settings: Settings

    @cached_property
    def queue(self) -> queue.JobQueue:
        """The queue, on a connection of its own."""
        return queue.JobQueue(self.settings.redis_url)

    @cached_property
    def breaker(self) -> Breaker:
        """The breaker of the targets."""
        return Breaker(self.queue.connection)


def init_app(app: Flask, settings: Settings) -> None:
    """Give an application its queue: from now on, what its commits owe is enqueued. Connects to nothing yet."""
    app.extensions["jobs"] = Jobs(settings)


def jobs_of(app: Flask) -> Jobs:
    """The jobs' part of an application."""
    return cast(Jobs, app.extensions["jobs"])
