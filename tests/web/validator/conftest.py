"""A region at work: sessions sent by an organisation, and somebody of the region who decides."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from flask import Flask

from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.moves.perform import perform_move
from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.tenancy.registry import registry
from tests.support.offer import AT, TODAY, make_sheet, member, organisation
from tests.support.people import Browser, inside, play, signed_in

SLUG = "eos"
END = "2027-09-30"
VALUES = {
    "financeurs": [{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}],
    "debut_prescription": "2026-03-10",
    "fin_prescription": "2026-03-27",
    "date_debut": "2026-04-01",
    "date_fin": "2026-12-18",
}
REGION, OF, ADMIN = "region@exemple.test", "of@exemple.test", "admin@exemple.test"


@dataclass
class Region:
    """What a test of the desk works with: the offer by ids, and browsers where people have signed in."""

    app: Flask
    holder: uuid.UUID
    dossier: uuid.UUID
    action: uuid.UUID
    region: Browser
    sessions: list[uuid.UUID] = field(default_factory=list)

    def session(self, *, send: bool = True, **values: object) -> uuid.UUID:
        """One more session of the action, sent to the region unless told otherwise."""
        with inside(self.app, SLUG) as session:
            tenant = registry.get(SLUG)
            parent, holder = session.get(Sheet, self.action), session.get(Organisation, self.holder)
            sheet = make_sheet(session, tenant, "session", parent, holder, **{**VALUES, **values})
            if send:
                self._press(session, sheet, "envoyer", "org")
            self.sessions.append(sheet.id)
            return sheet.id

    def press(self, sheet_id: uuid.UUID, move: str, side: str = "org", reason: str | None = None) -> None:
        """Perform a move as somebody of a side, without a page."""
        with inside(self.app, SLUG) as session:
            self._press(session, session.get(Sheet, sheet_id), move, side, reason)

    def _press(self, session, sheet, move: str, side: str, reason: str | None = None) -> None:
        tenant = registry.get(SLUG)
        actor = member(tenant, side, organisations={self.holder} if side == "org" else None)
        perform_move(session, tenant, sheet, move, actor=actor, at=AT, reason=reason)

    def change(self, sheet_id: uuid.UUID, **values: object) -> None:
        """Give a sheet other values, as if typed."""
        with inside(self.app, SLUG) as session:
            sheet = session.get(Sheet, sheet_id)
            sheet.data = {**sheet.data, **values}
            tenant = registry.get(SLUG)
            refresh_mirrors(sheet, View(tenant, load_node(session, sheet), TODAY))

    def sheet(self, sheet_id: uuid.UUID, read: Callable[[Sheet], object]) -> object:
        """What a function reads of a sheet."""
        with inside(self.app, SLUG) as session:
            return read(session.get(Sheet, sheet_id))

    def sign_in(self, email: str, side: str, number: int = 1) -> Browser:
        """A browser where somebody of a side has signed in."""
        play(self.app, email, SLUG, side, number=number)
        return signed_in(self.app, email)


@pytest.fixture
def region(app: Flask) -> Region:
    with inside(app, SLUG) as session:
        tenant = registry.get(SLUG)
        holder = organisation(session)
        dossier = make_sheet(
            session, tenant, "dossier", None, holder, debut="2026-01-05", fin="2027-06-30", fin_exec=END
        )
        ids = holder.id, dossier.id, make_sheet(session, tenant, "action", dossier, holder).id
    play(app, REGION, SLUG, "validator")
    return Region(app, *ids, signed_in(app, REGION))
