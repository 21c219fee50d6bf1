"""What ends the entry of a new sheet: left as it stands, or gone on with, under the words the region gives."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, abort, flash

from portal.domain.entry.completeness import blocking
from portal.domain.journal.actions import append
from portal.domain.journal.queries import has_entry
from portal.domain.sheets.queries import has_below
from portal.web.access import member
from portal.web.answers import redirect_to
from portal.web.org.blueprint import SHEET, blueprint
from portal.web.org.following import Offer, creation_offer
from portal.web.org.heads import Pressable, pressables
from portal.web.org.opened import Opened, open_sheet

KEPT = "sheet.kept"
LEFT = (KEPT, "state.changed")
KEEP = "garder"
"""What the button that leaves the sheet as it stands sends as `_action`, with the last step."""


@dataclass(frozen=True)
class Ending:
    """One button: a move, a sheet to create below, or neither: the sheet stays as it is."""

    label: str
    move: Pressable | None = None
    offer: Offer | None = None


@dataclass(frozen=True)
class Endings:
    """Those of one sheet. `words` are said above them."""

    sheet_id: uuid.UUID
    words: str
    buttons: list[Ending]

    def others(self, moves: Iterable[Pressable]) -> list[Pressable]:
        """The moves that are not among them."""
        mine = {(b.move.axis, b.move.id) for b in self.buttons if b.move}
        return [m for m in moves if (m.axis, m.id) not in mine]

    def beside(self, offers: Iterable[Offer]) -> list[Offer]:
        """What may be created below and is not among them."""
        mine = {b.offer.level_id for b in self.buttons if b.offer}
        return [o for o in offers if o.level_id not in mine]


def endings(opened: Opened) -> Endings:
    """The buttons that end the entry of a sheet; none once it has been left, moved or gone on with, nor for whoever may
    not create one.
    """
    creatable = opened.level.creatable
    if creatable is None or not (creatable.keep or creatable.then) or not _under_way(opened):
        return Endings(opened.sheet.id, "", [])
    complete = not blocking(p for p in opened.problems if p.sheet_id == opened.sheet.id)
    buttons = [Ending(creatable.keep)] if creatable.keep else []
    possible = {m.id: m for m in pressables(opened) if not m.blocked}
    for then in creatable.then:
        if then.move in possible:
            buttons.append(Ending(then.label, move=possible[then.move]))
        elif then.create and (offer := creation_offer(opened, then.create)) is not None:
            buttons.append(Ending(then.label, offer=offer))
    return Endings(opened.sheet.id, (creatable.closing or "") if complete else "", buttons)


def _under_way(opened: Opened) -> bool:
    creatable = opened.level.creatable
    mine = creatable is not None and bool(opened.roles & set(creatable.by)) and opened.closed is None
    return (
        mine and not has_below(opened.session, opened.sheet.id) and not has_entry(opened.session, opened.sheet.id, LEFT)
    )


def leave(opened: Opened) -> str:
    """Note that the entry of a sheet is over, which the caller commits; the address of its page."""
    if endings(opened).buttons:
        append(
            opened.session, at=opened.now, actor=opened.actor, sheet_id=opened.sheet.id, kind=KEPT,
            config_version=opened.tenant.version,
        )  # fmt: skip
    flash(f"{opened.view.node.title} : fiche enregistrée.", "success")
    return opened.sheet_href


@blueprint.post(f"{SHEET}/fin-de-saisie")
@member()
def keep_sheet(sheet_id: uuid.UUID) -> Response:
    """Leave a new sheet as it stands, from its summary."""
    opened = open_sheet(sheet_id, lock=True)
    if opened.level.creatable is None or opened.closed is not None:
        abort(404)
    where = leave(opened)
    opened.session.commit()
    return redirect_to(where)
