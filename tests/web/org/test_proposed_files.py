"""Files that a change request proposes: judged by what they hold, shown to those who decide, to nobody else."""

import hashlib
import io
import re
import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.files import EXE, PDF
from tests.support.offer import make_sheet
from tests.support.people import Browser, inside, play, signed_in
from tests.web.org.test_files import hidden_of

SLUG = "declare"
DIGEST = hashlib.sha256(PDF).hexdigest()


@dataclass
class Place:
    """A contract that comes from elsewhere, a request about it, and who works on them."""

    app: Flask
    contract: uuid.UUID
    request: uuid.UUID
    of: Browser
    other: Browser
    region: Browser

    @property
    def step(self) -> str:
        return f"/{SLUG}/espace/fiches/{self.request}/propositions/{self.contract}/etapes/contrat"

    def send(self, content: bytes, name: str, who: Browser | None = None):
        """Choose a file in the step that is proposed, as the page does with its script."""
        given = {**hidden_of(self.of.get(self.step)), "avenant": (io.BytesIO(content), name)}
        return (who or self.of).post(f"{self.step}/champs/avenant/fichier", given, htmx=True)

    def proposed(self) -> dict | None:
        with inside(self.app, SLUG) as session:
            held = session.get_one(Sheet, self.request).data.get("_proposals", {})
            return held.get(str(self.contract), {}).get("values", {}).get("avenant")

    def read(self, who: Browser, sheet: uuid.UUID, area: str = "espace"):
        return who.get(f"/{SLUG}/{area}/fiches/{sheet}/fichiers/{DIGEST}")


@pytest.fixture
def place(app: Flask) -> Place:
    people = {"of@exemple.test": ("org", 1), "autre@exemple.test": ("org", 2), "region@exemple.test": ("validator", 1)}
    for email, (side, number) in people.items():
        play(app, email, SLUG, side, number=number)
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        contract = make_sheet(session, registry.get(SLUG), "contrat", None, holder).id
    of, other, region = (signed_in(app, email) for email in people)
    made = of.post(f"/{SLUG}/espace/correction/nouveau?parent={contract}")
    found = uuid.UUID(re.search(r"/fiches/([0-9a-f-]{36})/", made.location)[1])
    step = next(s.id for s in registry.get(SLUG).steps("correction"))
    assert of.post(f"/{SLUG}/espace/fiches/{found}/etapes/{step}", {"dates": "1"}).status_code == 303
    return Place(app, contract, found, of, other, region)


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [(EXE, "avenant.pdf", 415), (EXE, "devis.exe.pdf", 415), (b"", "avenant.pdf", 422), (EXE, "devis.pdf.exe", 415)],
    ids=["a renamed program", "a program under two names", "nothing", "a program that says so"],
)
def test_what_is_not_the_document_asked_is_refused_and_said(place, content, name, status):
    answer = place.send(content, name)
    assert answer.status_code == status
    assert 'id="field-avenant"' in answer.text and "fault" in answer.text
    assert place.proposed() is None


def test_a_document_is_kept_with_the_request_and_not_with_the_sheet(place):
    assert place.send(PDF, "avenant.pdf").status_code == 200
    assert place.proposed() == {"digest": DIGEST, "name": "avenant.pdf", "size": len(PDF), "type": "pdf"}
    with inside(place.app, SLUG) as session:
        assert "avenant" not in session.get_one(Sheet, place.contract).data
    assert place.read(place.of, place.request).data == PDF
    assert place.read(place.of, place.contract).status_code == 404


def test_another_organisation_neither_sends_nor_reads(place):
    place.send(PDF, "avenant.pdf")
    assert place.send(PDF, "autre.pdf", who=place.other).status_code == 404
    assert place.read(place.other, place.request).status_code == 404
    assert place.proposed()["name"] == "avenant.pdf"


def test_those_who_decide_read_what_is_proposed(place):
    place.send(PDF, "avenant.pdf")
    answer = place.read(place.region, place.request, "validation")
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"].startswith("attachment")
