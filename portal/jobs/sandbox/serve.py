"""Runs the sandbox on a port of this machine, and of no other."""

import threading
from pathlib import Path

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from portal.jobs.sandbox.app import create_sandbox
from portal.jobs.sandbox.store import Store
from portal.jobs.sandbox.taking import Relays


class _Handler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of each request: the page shows them."""


def make_sandbox_server(
    port: int, store: Path, secret: str, relays: Relays | None = None, depots: Path | None = None
) -> BaseWSGIServer:
    """A server ready to serve; port 0 takes a free one, told by `server_port`. Files left for it are fetched too."""
    app = create_sandbox(Store(store), secret, relays, depots)
    if app.depot is not None:
        app.depot.watch(threading.Event())
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
