"""The sandbox's own web application: `POST /<tenant>/<target>` for documents, `/` for people, `/_control` for tests."""

import hashlib
import hmac
import json
import socket
import threading
import time
import zlib
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, jsonify, render_template, request

from portal.jobs.sandbox.manners import MODES, Manner, Manners, UnknownModeError, read_manner
from portal.jobs.sandbox.store import Arrival, Store

FRESH = 300  # seconds a timestamp may be away from our clock
LARGEST = 5_000_000
VERDICTS = {
    "received": "enregistré",
    "repeated": "déjà reçu : même accusé",
    "lost": "enregistré, réponse perdue",
    "later": "accepté, accusé à venir",
    "refused": "refusé",
    "failed": "en panne",
    "down": "connexion coupée",
    "unsigned": "signature fausse ou absente",
    "stale": "horodatage trop ancien",
    "unreadable": "document illisible",
}
_pause = threading.Event()
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_sandbox(store: Store, secret: str) -> Flask:
    """The application, on a store and the secret shared with the portal."""
    app = Flask("portal.jobs.sandbox", template_folder="templates", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    manners = Manners()

    @app.after_request
    def _secure(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    @app.get("/")
    def show_requests() -> str:
        lines = [{**r, "verdict": VERDICTS[r["verdict"]], "shown": json.loads(r["receipt"])} for r in store.requests()]
        return render_template("sandbox.html", requests=lines, counts=store.counts(), manners=manners.shown())

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
        manners.tell(str(asked.get("target", "*")), manner)
        if asked.get("forget"):
            store.forget()
        return jsonify(mode=manner.mode, target=asked.get("target", "*")), 200

    @app.post("/<tenant>/<target>")
    def receive(tenant: str, target: str) -> tuple[Response, int]:
        return Reception(store, secret, tenant, target).answer(manners.next(target))

    return app


class Reception:
    """One document coming in."""

    def __init__(self, store: Store, secret: str, tenant: str, target: str) -> None:
        self.store, self.secret = store, secret
        self.body = request.get_data()
        self.document = _document(self.body)
        about = self.document.get("session")
        session = about if isinstance(about, dict) else {}
        self.session = session
        self.arrival = Arrival(
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            tenant=tenant,
            target=target,
            key=request.headers.get("Idempotency-Key", ""),
            session=str(session.get("reference") or session.get("code") or session.get("id") or "?"),
            verb=str(self.document.get("verb", "?")),
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
            said = {"code": manner.code, "message": manner.message, "field": manner.field}
            return self._say("refused", 422, {k: v for k, v in said.items() if v is not None})
        return self._keep(manner)

    def _keep(self, manner: Manner) -> tuple[Response, int]:
        receipt, first = self.store.take(self.arrival, self._receipt())
        if manner.mode == "lose_answer":
            self.store.note(self.arrival, "lost", 0, receipt)
            return _hang_up()
        if manner.mode == "later":
            return self._say("later", 202, {"status": "accepted"})
        said = self._say("received" if first else "repeated", 200, receipt)
        if manner.mode == "late_answer":
            _pause.wait(manner.seconds)
        return said

    def _fault(self) -> tuple[Response, int] | None:
        verdict = judge_signature(self.secret, self.body, dict(request.headers.items()), time.time())
        if verdict is not None:
            return self._say(verdict, 401, {"error": VERDICTS[verdict]})
        if not self.arrival.key or "delivery" not in self.document:
            return self._say("unreadable", 400, {"code": "DOCUMENT", "message": "Document illisible ou sans clé."})
        return None

    def _receipt(self) -> dict[str, Any]:
        code = str(self.session.get("reference") or self.session.get("code") or "")
        name = f"{self.arrival.tenant}/{self.session.get('id', '')}"
        number = code if code.isascii() and code.isdigit() else str(40_000 + zlib.crc32(name.encode()) % 50_000)
        return {
            "id": number,
            "code_offre_info": f"{zlib.crc32(name.encode()) % 90 + 10}_{number}S",
            "at": self.arrival.at,
        }

    def _say(self, verdict: str, status: int, words: dict[str, Any]) -> tuple[Response, int]:
        self.store.note(self.arrival, verdict, status, words)
        return jsonify(words), status


def judge_signature(secret: str, body: bytes, headers: dict[str, str], now: float) -> str | None:
    """What is wrong with the signature: `unsigned`, `stale`, or None. As any target would judge it."""
    timestamp = headers.get("X-Guichet-Timestamp", "")
    expected = "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), headers.get("X-Guichet-Signature", "").encode()):
        return "unsigned"
    return "stale" if not timestamp.isdigit() or abs(now - int(timestamp)) > FRESH else None


def _document(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _hang_up() -> tuple[Response, int]:
    """Cut the wire under the answer."""
    wire = request.environ.get("werkzeug.socket")
    if wire is not None:
        wire.shutdown(socket.SHUT_RDWR)
    return Response(status=503), 503
