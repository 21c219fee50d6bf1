"""Sessions made in a running product by its own use-cases, as if people had typed, sent and decided before."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import create_app
from portal.domain.moves.perform import perform_move
from portal.domain.organisations.models import Membership, Organisation, User
from portal.domain.sheets.models import Sheet
from portal.settings import Settings
from portal.tenancy.registry import registry
from tests.support import services
from tests.support.live import Live
from tests.support.offer import make_sheet, member
from tests.support.people import inside

SLUG, OF = "eos", "of@eos.test"
PLACES = [{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}]


def day(n: int) -> str:
    """The day in n days, as it is stored."""
    return (date.today() + timedelta(days=n)).isoformat()


@dataclass
class Played:
    """The region of a running product, and the dossier where sessions are made."""

    session: Session
    holder: Organisation
    action: Sheet

    def made(self, **values: Any) -> Sheet:
        """A session whose every field that is asked is filled."""
        days = {"debut_prescription": day(20), "fin_prescription": day(50), "date_debut": day(60), "date_fin": day(200)}
        given = {"financeurs": PLACES, "effectif_vise": 10, "effectif_min": 8, **days, **values}
        tenant = registry.get(SLUG)
        return make_sheet(self.session, tenant, "session", self.action, self.holder, at=datetime.now(UTC), **given)

    def press(self, sheet: Sheet, *moves: str) -> None:
        """Perform moves as whoever may, one after the other."""
        tenant, at = registry.get(SLUG), datetime.now(UTC)
        of, region = member(tenant, "org", organisations={self.holder.id}), member(tenant, "validator")
        for move in moves:
            actor, reason = (of, None) if move == "envoyer" else (region, "À revoir.")
            perform_move(self.session, tenant, sheet, move, actor=actor, at=at, reason=reason)

    def change(self, sheet: Sheet, **values: Any) -> None:
        """Give a session other values, as if typed."""
        sheet.data = {**sheet.data, **values}
        self.session.flush()

    def of(self, sheet_id: uuid.UUID) -> Sheet:
        """A session, by its id."""
        return self.session.get_one(Sheet, sheet_id)


@contextmanager
def played(live: Live, action_id: uuid.UUID | None = None) -> Iterator[Played]:
    """The product's own database, in the region's scope, committed at the end; the sweep finds what is then owed."""
    app = create_app(Settings(live.product.env["DATABASE_URL"], "", services.SECRET_KEY, testing=True))
    try:
        with inside(app, SLUG) as session:
            mine = select(Membership.organisation_id).join(User, User.id == Membership.user_id)
            own = select(Organisation).where(Organisation.id.in_(mine.where(User.email == OF)))
            holder = session.scalars(own.order_by(Organisation.name)).first()
            assert holder is not None
            action = session.get(Sheet, action_id) if action_id else _action(session, holder)
            assert action is not None
            yield Played(session, holder, action)
    finally:
        services.close_connections(app)


def _action(session: Session, holder: Organisation) -> Sheet:
    tenant, made = registry.get(SLUG), {"programme": "fpe_21_25", "at": datetime.now(UTC)}
    days = {"debut": day(-100), "fin": day(400), "fin_exec": day(500)}
    dossier = make_sheet(session, tenant, "dossier", None, holder, mode="marche", **days, **made)
    return make_sheet(session, tenant, "action", dossier, holder, **made)
