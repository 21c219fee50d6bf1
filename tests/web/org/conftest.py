"""A region's offer as an organisation finds it, and people to type in it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.entry.creating import create_sheet
from portal.domain.organisations.models import Organisation
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.offer import AT, TODAY, fill, make_sheet, put_in_state
from tests.support.people import Browser, inside, play, signed_in

SLUG = "eos"
OF, COLLEAGUE, OTHER, REGION = "of@exemple.test", "collegue@exemple.test", "autre@exemple.test", "region@exemple.test"
COUPLE = {
    "_id": "champeix", "organisme": "HECATE FORMATION", "code_postal": "63320", "ville": "Champeix",
    "adresse": {"numero": "4", "voie": "du Commerce", "code_postal": "63320", "commune": "Champeix", "pays": "FRANCE"},
}  # fmt: skip
DESCRIPTION = ("objectif", "contenu", "certifiante", "type_formation", "duree_centre", "duree_entreprise")


@dataclass(frozen=True)
class Offer:
    """A dossier under way, its action described, a session not yet typed and one with everything in it."""

    dossier: uuid.UUID
    action: uuid.UUID
    session: uuid.UUID
    whole: uuid.UUID

    def href(self, sheet_id: uuid.UUID | None = None, rest: str = "") -> str:
        """The address of a sheet, and of what is below it."""
        return f"/{SLUG}/espace/fiches/{sheet_id or self.session}{rest}"

    def step(self, step: str, sheet_id: uuid.UUID | None = None) -> str:
        """The address of a step, of the session not yet typed unless another is named."""
        return self.href(sheet_id, f"/etapes/{step}")


@pytest.fixture
def offer(app: Flask) -> Offer:
    """The offer of organisation 1, where OF and COLLEAGUE are; OTHER is of organisation 2, REGION decides."""
    play(app, OF, SLUG, "org")
    play(app, COLLEAGUE, SLUG, "org")
    play(app, OTHER, SLUG, "org", number=2)
    play(app, REGION, SLUG, "validator")
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        made = {"holder": holder, "programme": "fpe_21_25"}
        days = {"debut": "2026-01-01", "fin": "2027-12-31", "fin_exec": "2028-12-31"}
        dossier = make_sheet(session, tenant, "dossier", None, mode="marche", **days, **made)
        action = make_sheet(session, tenant, "action", dossier, couples_proposes=[COUPLE], **made)
        empty = create_sheet(
            session, tenant, level="session", parent=action, actor=SYSTEM, at=AT, today=TODAY, imported=True
        )
        whole = make_sheet(session, tenant, "session", action, **made)
        fill(session, tenant, whole, **WHOLE)
        return Offer(dossier.id, action.id, empty.id, whole.id)


WHOLE: dict[str, Any] = {
    "organisme_formateur": "champeix",
    "debut_prescription": "2026-03-10", "fin_prescription": "2026-04-20", "date_debut": "2026-05-04",
    "date_fin": "2026-11-27", "effectif_vise": 10, "effectif_min": 8, "type_entree": "0",
    "financeurs": [{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}],
    "evenements": [],
}  # fmt: skip


@pytest.fixture
def of(app: Flask, offer: Offer) -> Browser:
    """Somebody of the organisation."""
    return signed_in(app, OF)


@pytest.fixture
def colleague(app: Flask, offer: Offer) -> Browser:
    """Somebody else of the same organisation."""
    return signed_in(app, COLLEAGUE)


@pytest.fixture
def other(app: Flask, offer: Offer) -> Browser:
    """Somebody of another organisation."""
    return signed_in(app, OTHER)


@pytest.fixture
def region(app: Flask, offer: Offer) -> Browser:
    """Somebody who decides."""
    return signed_in(app, REGION)


@pytest.fixture
def stored(app: Flask) -> Callable[[uuid.UUID], Sheet]:
    """A sheet as the database holds it."""

    def read(sheet_id: uuid.UUID) -> Sheet:
        with inside(app, SLUG) as session:
            sheet = session.get(Sheet, sheet_id)
            assert sheet is not None
            session.refresh(sheet)
            len(sheet.states)
            session.expunge_all()
            return sheet

    return read


@pytest.fixture
def change(app: Flask) -> Callable[..., None]:
    """Give a sheet other values, or a state: `change(id, contact_nom=None)`, `change(id, session="validee_of")`."""

    def write(sheet_id: uuid.UUID, **values: Any) -> None:
        with inside(app, SLUG) as session:
            sheet = session.get(Sheet, sheet_id)
            assert sheet is not None
            axes = {s.axis for s in sheet.states}
            for axis in axes & set(values):
                put_in_state(session, sheet, axis, values[axis])
            data = {**sheet.data, **{n: v for n, v in values.items() if n not in axes}}
            sheet.data = {n: v for n, v in data.items() if v is not None}

    return write
