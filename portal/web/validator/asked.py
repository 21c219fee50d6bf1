"""What the address asks of the queue: which tab, narrowed how, in which order. The same words travel to the sheets
opened from it, so that one comes back where one was, and knows what is next.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import g, request

from portal.domain.people import Actor
from portal.domain.sheets.narrowing import AGES, NEAR, Wanted, natures_of, steps_of
from portal.domain.sheets.queue import Basket, baskets_of, queue_order
from portal.extensions import db
from portal.tenancy.tenant import Tenant

ORDERS = {"echeance": "deadline", "attente": "age", "organisme": "organisation", "programme": "programme"}
STARTS = {"passe": "past", **{str(days): str(days) for days in NEAR}, "sans": "none"}
LONGEST = 120
NARROWING = frozenset({"q", "programme", "organisme", "depuis", "debut", "nature"})


@dataclass(frozen=True)
class Asked:
    """The tab and its narrowing, as the address says them; `tab` is None when nothing ever waits for this person."""

    baskets: list[Basket]
    tab: Basket | None
    wanted: Wanted
    params: dict[str, str]

    @property
    def narrowed(self) -> bool:
        """Whether something is left out of the tab."""
        return bool(self.params.keys() & NARROWING)

    def params_of(self, **changes: str) -> str:
        """The query string of the same, with other words; empty ones are left out."""
        kept = {name: value for name, value in {**self.params, **changes}.items() if value}
        return "?" + urlencode(kept) if kept else ""


def asked_of_the_queue(tenant: Tenant, actor: Actor, words: Mapping[str, str] | None = None) -> Asked:
    """What the present address asks, or words kept from another; those that mean nothing are as if absent."""
    args = request.args if words is None else words
    baskets = baskets_of(tenant, actor)
    tab = next((b for b in baskets if b.id == args.get("onglet")), baskets[0] if baskets else None)
    known = {
        "onglet": tab.id if tab and args.get("onglet") == tab.id else "",
        "q": args.get("q", "").strip()[:LONGEST],
        **{name: value for name, means in MEANT.items() if means(tenant, tab, value := args.get(name, ""))},
    }
    kept = {name: value for name, value in known.items() if value}
    return Asked(baskets, tab, _wanted(kept), kept)


def _wanted(known: Mapping[str, str]) -> Wanted:
    order = known.get("tri", "echeance")
    return Wanted(
        text=known.get("q", ""),
        programme=known.get("programme"),
        organisation=_uuid(known.get("organisme", "")),
        older=int(known["depuis"]) if "depuis" in known else None,
        starts=STARTS.get(known.get("debut", "")),
        nature=known.get("nature"),
        order=ORDERS[order.removeprefix("-")],
        backwards=order.startswith("-"),
    )


MEANT: Mapping[str, Callable[[Tenant, Basket | None, str], bool]] = {
    "programme": lambda tenant, tab, value: value in tenant.who.programmes,
    "organisme": lambda tenant, tab, value: _uuid(value) is not None,
    "depuis": lambda tenant, tab, value: value in {str(days) for days in AGES},
    "debut": lambda tenant, tab, value: value in STARTS,
    "nature": lambda tenant, tab, value: tab is not None and value in natures(tenant, tab),
    "tri": lambda tenant, tab, value: value.removeprefix("-") in ORDERS,
}
"""Whether a word of the address means something, in the region and on the tab."""


def natures(tenant: Tenant, tab: Basket) -> dict[str, str]:
    """The kinds of submission that a tab may be narrowed to, then the steps in which one may differ."""
    return dict([*natures_of(tenant, tab.level), *steps_of(tenant, tab.level)])


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
