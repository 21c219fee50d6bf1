"""A session sent to the region, and remarks on it."""

import uuid
from typing import Any

import pytest

from portal.domain.corrections.models import Correction
from portal.domain.moves.correcting import put, settle
from portal.domain.moves.perform import perform_move
from portal.domain.sheets.revisions import pending_revision
from tests.domain.conftest import Desk
from tests.support.offer import AT


class Sent:
    """A session that waits for the region's decision."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.session, self.tenant, self.sheet = desk, desk.session, desk.tenant, desk.sheet
        self.press("envoyer")

    def press(self, move: str, **options: Any) -> Any:
        """Perform a move, as whoever may."""
        actor = self.desk.of if move == "envoyer" else self.desk.region
        return perform_move(self.session, self.tenant, self.sheet, move, actor=actor, at=AT, **options)

    def remark(
        self, path: str = "contact_nom", text: str = "Précisez.", *, step: str = "", sheet: uuid.UUID | None = None
    ) -> Correction:
        """Put a remark on what waits."""
        pending = pending_revision(self.session, self.sheet)
        where = (sheet or self.sheet.id, path, step)
        return put(self.session, self.tenant, self.sheet.id, pending.id, where, text, actor=self.desk.region, at=AT)

    def settle(self, correction: Correction, how: str, reason: str | None = None) -> None:
        """Close it, waive it, withdraw it, reopen it."""
        settle(self.session, self.desk.view(), correction.id, how, reason=reason, actor=self.desk.region, at=AT)

    def edit(self, **values: Any) -> None:
        """Type in the session."""
        self.sheet.data = {**self.sheet.data, **values}
        self.session.flush()


@pytest.fixture
def sent(desk: Desk) -> Sent:
    return Sent(desk)
