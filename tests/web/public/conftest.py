"""A region's catalogue, committed, as visitors find it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.domain.catalogue.actions import publish, withdraw
from portal.domain.catalogue.writing import write
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.revisions import amend
from portal.tenancy.registry import registry
from tests.support.catalogue import Shelf, approve_now, later, row_copy, shelf
from tests.support.offer import AT
from tests.support.people import inside

LYON = {
    "numero": "12",
    "voie": "rue des Lilas",
    "code_postal": "69008",
    "commune": "Lyon",
    "insee": "69388",
    "pays": "FRANCE",
}
EVENT = {
    "_id": "e1", "type": "infocoll", "date_debut": "2022-02-15", "heure_debut": "09:00", "date_fin": "2022-02-15",
    "heure_fin": "12:30", "adresse": LYON, "description": "information collective en distanciel.",
}  # fmt: skip
ASKED: dict[str, Any] = {
    "libelle_public": "Gestionnaire comptable", "debut_prescription": later(-5), "fin_prescription": later(20),
    "date_debut": later(10), "date_fin": later(100), "evenements": [EVENT], "contact_nom": "Claire Martin",
    "contact_tel": "0472000000", "contact_mail": "claire@hecate.test", "effectif_vise": 14, "code_offre_info": "OI-77",
}  # fmt: skip

Publisher = Callable[..., str]


@pytest.fixture
def published(app: Flask) -> Publisher:
    """Publish a session and return its address; `then` is what happens to it afterwards."""

    def put(then: Callable[[Shelf, Sheet], None] | None = None, **values: Any) -> str:
        with inside(app, "eos") as session:
            own = shelf(session, registry.get("eos"))
            sheet = own.put(**{**ASKED, **values})
            if then is not None:
                then(own, sheet)
            return f"/eos/sessions/{sheet.reference}"

    return put


def cancelled(own: Shelf, sheet: Sheet) -> None:
    """The session is cancelled, in force at once."""
    at = AT + timedelta(days=1)
    revision = amend(own.session, sheet, {}, states={sheet.id: {"annulation": "annulee"}}, at=at, actor=SYSTEM)
    publish(own.session, own.tenant, sheet, revision, at)


def withdrawn(own: Shelf, sheet: Sheet) -> None:
    """The session is taken away."""
    withdraw(own.session, own.tenant, sheet, AT + timedelta(days=1))


def changed(own: Shelf, sheet: Sheet) -> None:
    """The session is changed and approved again."""
    own.edit(sheet, effectif_vise=99)
    approve_now(own.session, own.tenant, sheet, at=AT + timedelta(days=1))


@pytest.fixture
def rows(app: Flask) -> Callable[..., None]:
    """Put public rows on a region's list: `rows(30, town="Lyon")`."""

    def put(number: int, slug: str = "eos", **values: Any) -> None:
        with inside(app, slug) as session:
            write(session, [row_copy(slug, **values) for _ in range(number)])

    return put


@pytest.fixture(scope="session", autouse=True)
def _warm(app: Flask) -> None:
    """Under which number a region's files were published is asked once per process: not during a count."""
    client = app.test_client()
    for slug in registry.slugs():
        client.get(f"/{slug}/sessions")
