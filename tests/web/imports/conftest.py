"""A region whose files are brought by somebody of the region, and whose jobs are done here and now."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.domain.imports.models import ImportRun
from portal.domain.sheets.models import Sheet
from portal.jobs.imports import run_due
from tests.support.imported import IMPORT, SLUG, as_csv
from tests.support.people import Browser, inside, play, signed_in

HOME = f"/{SLUG}/imports/"


def form_of(content: bytes, name: str, token: str = "") -> dict[str, Any]:
    """A form with a file, encoded here: the test client would leave a heavy one open behind it."""
    parts = [
        f'--limite\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'.encode(),
        f'--limite\r\nContent-Disposition: form-data; name="fichier"; filename="{name}"\r\n'.encode(),
        b"Content-Type: application/octet-stream\r\n\r\n",
        content,
        b"\r\n--limite--\r\n",
    ]
    return {"data": b"".join(parts), "content_type": "multipart/form-data; boundary=limite", "buffered": True}


@dataclass
class Office:
    """Somebody who may bring files, and the state of what they brought."""

    app: Flask
    region: Browser

    def bring(self, content: bytes, name: str = "programme.csv", import_id: str = IMPORT) -> TestResponse:
        """Bring a file, as the page's form does."""
        return self.region.client.post(f"{HOME}{import_id}", **form_of(content, name, self.region.token()))

    def bring_lines(self, said: Sequence[Mapping[str, str]], *, work: bool = True) -> str:
        """Bring these lines as a file, checked unless told otherwise; the address of its page."""
        answer = self.bring(as_csv(said))
        assert answer.status_code == 303, answer.text
        if work:
            self.work()
        return answer.headers["Location"]

    def ask_again(self, page: str) -> TestResponse:
        """What the page of a file asks by itself."""
        return self.region.get(page, htmx=True, headers={"HX-Source": "div#run"})

    def work(self) -> None:
        """Do what is asked of the workers."""
        with self.app.app_context():
            run_due(SLUG)

    def put(self, page: str, **changed: object) -> None:
        """Set some columns of a run, whatever its life was."""
        with inside(self.app, SLUG) as session:
            run = session.get(ImportRun, uuid.UUID(page.rpartition("/")[2]))
            for name, value in changed.items():
                setattr(run, name, value)

    def sheets(self) -> dict[str, int]:
        """How many sheets there are at each level."""
        with inside(self.app, SLUG) as session:
            query = select(Sheet.level, func.count()).group_by(Sheet.level)
            return dict(session.execute(query).all())

    def runs(self) -> list[str]:
        """The states of the files, the first brought first."""
        with inside(self.app, SLUG) as session:
            return list(session.scalars(select(ImportRun.state).order_by(ImportRun.at)))


@pytest.fixture
def office(app: Flask) -> Office:
    play(app, "region@exemple.test", SLUG, "validator")
    return Office(app, signed_in(app, "region@exemple.test"))
