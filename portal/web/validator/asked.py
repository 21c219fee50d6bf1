"""What the address asks of the queue: which tab, narrowed how, in which order. The same words travel to the sheets
opened from it, so that one comes back where one was, and knows what is next.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import g, request

from portal.domain.people import Actor
from portal.domain.sheets.queue import Basket, Wanted, baskets_of, queue_order
from portal.extensions import db
from portal.tenancy.tenant import Tenant

ORDERS = {"echeance": "deadline", "attente": "age"}
LONGEST = 120


@dataclass(frozen=True)
class Asked:
    """The tab and its narrowing, as the address says them; `tab` is None when nothing ever waits for this person."""

    baskets: list[Basket]
    tab: Basket | None
    wanted: Wanted
    params: dict[str, str]

    def params_of(self, **changes: str) -> str:
        """The query string of the same, with other words; empty ones are left out."""
        kept = {name: value for name, value in {**self.params, **changes}.items() if value}
        return "?" + urlencode(kept) if kept else ""


def asked_of_the_queue(tenant: Tenant, actor: Actor) -> Asked:
    """What the present address asks; words that mean nothing are as if absent."""
    args = request.args
    baskets = baskets_of(tenant, actor)
    tab = next((b for b in baskets if b.id == args.get("onglet")), baskets[0] if baskets else None)
    order = args.get("tri", "")
    known = {
        "onglet": tab.id if tab and args.get("onglet") == tab.id else "",
        "q": args.get("q", "").strip()[:LONGEST],
        "programme": args.get("programme", "") if args.get("programme") in tenant.who.programmes else "",
        "organisme": args.get("organisme", "") if _uuid(args.get("organisme", "")) else "",
        "tri": order if order.removeprefix("-") in ORDERS else "",
    }
    wanted = Wanted(
        text=known["q"],
        programme=known["programme"] or None,
        organisation=_uuid(known["organisme"]),
        order=ORDERS[(known["tri"] or "echeance").removeprefix("-")],
        backwards=known["tri"].startswith("-"),
    )
    return Asked(baskets, tab, wanted, {name: value for name, value in known.items() if value})


def _uuid(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None


@dataclass(frozen=True)
class Line:
    """Where a sheet is in the queue it was opened from."""

    place: int  # from 1; 0 when it is there no more
    total: int
    previous: uuid.UUID | None
    following: uuid.UUID | None


def line_of(sheet_id: uuid.UUID, asked: Asked, today: date) -> Line:
    """The place of a sheet in the queue and its neighbours. One query."""
    if asked.tab is None:
        return Line(0, 0, None, None)
    ids = queue_order(db.session(), g.tenant, g.actor, asked.tab, asked.wanted, today=today)
    if sheet_id not in ids:
        return Line(0, len(ids), None, ids[0] if ids else None)
    i = ids.index(sheet_id)
    return Line(i + 1, len(ids), ids[i - 1] if i else None, ids[i + 1] if i + 1 < len(ids) else None)
