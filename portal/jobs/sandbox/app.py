"""The sandbox's own web application: `POST /<tenant>/<target>` for documents, `/` for people, `/_control` for tests."""

import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request

from portal.jobs.sandbox.callbacks import call_back, promise
from portal.jobs.sandbox.depot import Depot
from portal.jobs.sandbox.documents import read_document
from portal.jobs.sandbox.manners import MODES, Manner, Manners, UnknownModeError, read_manner
from portal.jobs.sandbox.store import Arrival, Store
from portal.jobs.sandbox.taking import Relays, Taker

FRESH = 300  # seconds a timestamp may be away from our clock
LARGEST = 5_000_000
VERDICTS = {
    "received": "enregistré",
    "repeated": "déjà reçu : même accusé",
    "lost": "enregistré, réponse perdue",
    "later": "accepté, accusé à venir",
    "called": "accusé rendu au portail",
    "unheard": "accusé que le portail n'a pas pris",
    "relayed": "reçu d'un relais",
    "refused": "refusé",
    "failed": "en panne",
    "down": "connexion coupée",
    "unsigned": "signature fausse ou absente",
    "stale": "horodatage trop ancien",
    "unreadable": "document illisible",
}
TAKEN = ("received", "repeated", "lost", "later", "called", "relayed")
_pause = threading.Event()
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Sandbox(Flask):
    """The application, with what its command and tests reach."""

    manners: Manners
    depot: Depot | None


def create_sandbox(store: Store, secret: str, relays: Relays | None = None, depots: Path | None = None) -> Sandbox:
    """The application, on a store and the secret shared with the portal.

    `relays` says which targets pass on what they take; `depots` is the folder where files are left for them.
    """
    app = Sandbox("portal.jobs.sandbox", template_folder="templates", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.manners, taker = Manners(), Taker(store, relays or {})
    app.depot = Depot(depots, store, app.manners, taker) if depots else None

    @app.after_request
    def _secure(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    @app.get("/")
    def show_requests() -> str:
        wanted = request.args.get("destinataire", "")
        lines = [_line(row) for row in store.requests(wanted)]
        told = {"counts": store.counts(), "targets": store.targets(), "manners": app.manners.shown()}
        return render_template("sandbox.html", requests=lines, wanted=wanted, **told)

    @app.get("/document/<tenant>/<target>/<key>")
    def show_document(tenant: str, target: str, key: str) -> Response:
        found = store.document(tenant, target, key)
        if found is None:
            abort(404)
        return Response(found, mimetype="text/plain")

    @app.get("/_received")
    def list_received() -> Response:
        return jsonify(requests=store.requests(), effects=store.effects(), counts=store.counts())

    @app.post("/_control")
    def take_orders() -> tuple[Response, int]:
        asked = request.get_json(silent=True) or {}
        try:
            manner = read_manner(asked)
        except (UnknownModeError, ValueError) as error:
            return jsonify(error=str(error), modes=MODES), 422
        app.manners.tell(str(asked.get("target", "*")), manner)
        if asked.get("forget"):
            store.forget()
        return jsonify(mode=manner.mode, target=asked.get("target", "*")), 200

    @app.post("/_collect")
    def collect() -> Response:
        return jsonify(taken=app.depot.collect() if app.depot else 0)

    @app.post("/<tenant>/<target>")
    def receive(tenant: str, target: str) -> tuple[Response, int]:
        return Reception(taker, secret, tenant, target).answer(app.manners.next(target))

    return app


class Reception:
    """One document coming in."""

    def __init__(self, taker: Taker, secret: str, tenant: str, target: str) -> None:
        self.taker, self.store, self.secret = taker, taker.store, secret
        self.body, given = request.get_data(), request.headers
        self.callback, key = given.get("X-Guichet-Callback", ""), given.get("Idempotency-Key", "")
        self.document = read_document(self.body, request.content_type or "", key, given.get("X-Guichet-Verb", ""))
        self.arrival = Arrival(
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            tenant=tenant,
            target=target,
            key=key,
            session=self.document.shown,
            verb=self.document.verb or "?",
            document=self.body.decode("utf-8", "replace"),
        )

    def answer(self, manner: Manner) -> tuple[Response, int]:
        """Behave as told; whatever happens leaves a trace."""
        if manner.mode == "slow":
            _pause.wait(manner.seconds)
        if manner.mode == "down":
            self.store.note(self.arrival, "down", 0)
            return _hang_up()
        if manner.mode == "fail":
            return self._say("failed", manner.status, {"error": "service indisponible"})
        if (fault := self._fault()) is not None:
            return fault
        if manner.mode == "refuse":
            return self._say("refused", 422, manner.refusal())
        if manner.mode == "refuse_later":
            self._promise(manner, {"status": "refused", **manner.refusal()})
            return self._say("later", 202, {"status": "accepted"})
        return self._keep(manner)

    def _keep(self, manner: Manner) -> tuple[Response, int]:
        receipt, first = self.taker.take(self.arrival, self.document.session)
        if manner.mode == "lose_answer":
            self.store.note(self.arrival, "lost", 0, receipt)
            return _hang_up()
        if manner.mode in ("later", "silent"):
            if manner.mode == "later":
                self._promise(manner, {"status": "acknowledged", "receipt": receipt})
            return self._say("later", 202, {"status": "accepted"})
        said = self._say("received" if first else "repeated", 200, receipt)
        if manner.mode == "late_answer":
            _pause.wait(manner.seconds)
        return said

    def _fault(self) -> tuple[Response, int] | None:
        verdict = judge_signature(self.secret, self.body, dict(request.headers.items()), time.time())
        if verdict is not None:
            return self._say(verdict, 401, {"error": VERDICTS[verdict]})
        if self.document.problem:
            return self._say("unreadable", 400, {"code": "DOCUMENT", "message": self.document.problem})
        return None

    def _promise(self, manner: Manner, said: dict[str, Any]) -> None:
        """Call the portal back in a while; the page will say how it answered."""
        if not self.callback:
            return

        def call() -> None:
            status = call_back(self.secret, self.callback, self.arrival.key, said)
            self.store.note(self.arrival, "called" if status == 200 else "unheard", status, said.get("receipt") or said)

        promise(manner.seconds, call)

    def _say(self, verdict: str, status: int, words: dict[str, Any]) -> tuple[Response, int]:
        self.store.note(self.arrival, verdict, status, words)
        return jsonify(words), status


def _line(row: dict[str, Any]) -> dict[str, Any]:
    taken = row["verdict"] in TAKEN
    return {**row, "verdict": VERDICTS[row["verdict"]], "taken": taken, "shown": json.loads(row["receipt"])}


def judge_signature(secret: str, body: bytes, headers: dict[str, str], now: float) -> str | None:
    """What is wrong with the signature: `unsigned`, `stale`, or None. As any target would judge it."""
    timestamp = headers.get("X-Guichet-Timestamp", "")
    expected = "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), headers.get("X-Guichet-Signature", "").encode()):
        return "unsigned"
    return "stale" if not timestamp.isdigit() or abs(now - int(timestamp)) > FRESH else None


def _hang_up() -> tuple[Response, int]:
    """Cut the wire under the answer."""
    wire = request.environ.get("werkzeug.socket")
    if wire is not None:
        wire.shutdown(socket.SHUT_RDWR)
    return Response(status=503), 503
