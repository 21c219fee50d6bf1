"""A training not yet typed, of a region whose forms ask codes; somebody to type in it."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from portal.domain.entry.creating import create_sheet
from portal.domain.organisations.models import Organisation
from portal.domain.people import SYSTEM
from portal.domain.reference.models import Certification
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.offer import AT, TODAY
from tests.support.people import Browser, inside, play, signed_in

SLUG, SOMEONE = "revue", "formation@exemple.test"
TITLE = "Titre professionnel assistant ressources humaines"


@pytest.fixture
def formation(app: Flask) -> uuid.UUID:
    """A training not yet typed."""
    play(app, SOMEONE, SLUG, "org")
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        made = create_sheet(
            session, registry.get(SLUG), level="formation", parent=None, actor=SYSTEM, at=AT, today=TODAY,
            imported=True, organisation_id=holder.id, programme="apprentissage",
        )  # fmt: skip
        return made.id


@pytest.fixture
def person(app: Flask, formation: uuid.UUID) -> Browser:
    return signed_in(app, SOMEONE)


@pytest.fixture
def step(formation: uuid.UUID) -> str:
    return f"/{SLUG}/espace/fiches/{formation}/etapes/formation"


@pytest.fixture
def stored(app: Flask, formation: uuid.UUID) -> Callable[[], Sheet]:
    def read() -> Sheet:
        with inside(app, SLUG) as session:
            sheet = session.get(Sheet, formation, populate_existing=True)
            assert sheet is not None
            session.expunge(sheet)
            return sheet

    return read


@pytest.fixture
def replaced(app: Flask) -> Iterator[None]:
    """109049 was archived, and 118000 takes its place; as it was at the end."""
    kept = {"status": None, "valid_until": None, "replaced_by": None}
    names = ("kind", "level", "rncp", "rncp_title", "certifying", "search", "words")
    with inside(app) as session:
        old = session.get(Certification, "109049")
        assert old is not None
        session.add(
            Certification(certif_info="990001", title="Assistant RH nouveau", **{n: getattr(old, n) for n in names})
        )
        own = update(Certification).where(Certification.certif_info == "109049")
        session.execute(own.values(status="archived", valid_until=AT.date(), replaced_by="990001"))
    yield
    with inside(app) as session:
        session.execute(own.values(**kept))
        session.execute(delete(Certification).where(Certification.certif_info == "990001"))


def send(person: Browser, url: str, data: Any, **kwargs: Any) -> Any:
    return person.post(url, data.to_dict(flat=False), **kwargs)


def choose(person: Browser, step: str, code: str = "109049") -> Any:
    return person.post(f"{step}/champs/certification/choisir", {"code": code})
