"""The sandbox as a target that fetches files: takes each batch of a folder, checks it, leaves its receipts."""

import hashlib
import json
import logging
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.jobs.sandbox.documents import read_document
from portal.jobs.sandbox.manners import Manner, Manners
from portal.jobs.sandbox.store import Arrival, Store
from portal.jobs.sandbox.taking import Taker

log = logging.getLogger(__name__)

EVERY = 2.0  # seconds
ABSENT = ("down", "fail", "silent")  # manners of a target that does not come for its files


class Depot:
    """The folders `<root>/<region>/<target>/`, as their targets see them."""

    def __init__(self, root: Path, store: Store, manners: Manners, taker: Taker) -> None:
        self.root, self.store, self.manners, self.taker = root, store, manners, taker

    def collect(self) -> int:
        """Take the batches that wait; how many were taken."""
        taken = 0
        for path in sorted(self.root.glob("*/*/envois/*.zip")) if self.root.is_dir() else []:
            target = path.parent.parent
            manner = self.manners.next(target.name)
            if manner.mode in ABSENT:
                continue
            self._take(path, target.parent.name, target.name, manner)
            taken += 1
        return taken

    def watch(self, stop: threading.Event) -> threading.Thread:
        """Collect every so often, in a thread that dies with the process."""

        def run() -> None:
            while not stop.wait(EVERY):
                try:
                    self.collect()
                except (OSError, ValueError, KeyError, zipfile.BadZipFile):
                    log.exception("a batch cannot be taken")

        thread = threading.Thread(target=run, name="depot", daemon=True)
        thread.start()
        return thread

    def _take(self, path: Path, tenant: str, target: str, manner: Manner) -> None:
        said = [self._answer(tenant, target, manner, *one) for one in _documents(path)]
        place = path.parent.parent / "accuses"
        place.mkdir(exist_ok=True)
        unfinished = place / f".{path.stem}.part"
        unfinished.write_text(json.dumps({"lot": path.stem, "accuses": said}, ensure_ascii=False))
        unfinished.replace(place / f"{path.stem}.json")
        fetched = path.parent / "pris"
        fetched.mkdir(exist_ok=True)
        path.replace(fetched / path.name)

    def _answer(self, tenant: str, target: str, manner: Manner, line: dict[str, Any], body: bytes) -> dict[str, Any]:
        key, kind = str(line["delivery"]), "application/xml" if line["file"].endswith("xml") else "application/json"
        document = read_document(body, kind, key, str(line["verb"]))
        arrival = Arrival(
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            tenant=tenant,
            target=target,
            key=key,
            session=document.shown,
            verb=document.verb,
            document=body.decode("utf-8", "replace"),
        )
        altered = hashlib.sha256(body).hexdigest() != line["sha256"]
        if altered or document.problem or manner.mode in ("refuse", "refuse_later"):
            said = manner.refusal() if not altered and not document.problem else _unreadable(document.problem)
            self.store.note(arrival, "refused", 0, said)
            return {"delivery": key, "status": "refused", **said}
        receipt, first = self.taker.take(arrival, document.session)
        self.store.note(arrival, "received" if first else "repeated", 0, receipt)
        return {"delivery": key, "status": "acknowledged", "receipt": receipt}


def _unreadable(problem: str | None) -> dict[str, str]:
    return {"code": "DOCUMENT", "message": problem or "Le document a été altéré."}


def _documents(path: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifeste.json"))
        for line in manifest["documents"]:
            yield line, archive.read(line["file"])
