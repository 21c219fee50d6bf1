"""The remarks of a unit as those who decide read them: what was asked, what stood there, what stands there now."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flask import url_for
from sqlalchemy import select

from portal.domain.corrections.models import CLOSED, OPEN, WAIVED, WITHDRAWN, Correction
from portal.domain.corrections.places import shown_at
from portal.domain.corrections.queries import corrections_of
from portal.domain.corrections.rights import carriers, may_put, may_settle
from portal.domain.sheets.models import Revision
from portal.domain.sheets.view import View
from portal.web.validator.opened import Opened

WORDS: Mapping[str, tuple[str, str]] = {
    OPEN: ("Ouverte", "todo"),
    CLOSED: ("Corrigée", "done"),
    WAIVED: ("Levée", "off"),
    WITHDRAWN: ("Retirée", "off"),
}
UNSENT = ("Pas encore envoyée", "info")


@dataclass(frozen=True)
class Act:
    """One way to settle a remark, as a button; `screen` when a reason is asked."""

    label: str
    href: str
    screen: bool
    tone: str = "secondary"


@dataclass(frozen=True)
class Remark:
    """One remark. `old` and `new` are None where it bears on no value."""

    correction: Correction
    word: str
    tone: str
    old: str | None = None
    new: str | None = None
    acts: list[Act] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether what stands there is no longer what the remark was about."""
        return self.old != self.new


@dataclass(frozen=True)
class Remarks:
    """Those of one unit, for one person."""

    open: list[Remark] = field(default_factory=list)
    settled: list[Remark] = field(default_factory=list)
    put_href: str = ""
    at: Mapping[tuple[uuid.UUID, str], list[Correction]] = field(default_factory=dict)


@dataclass
class Reading:
    """What is needed to read the remarks of an opened sheet."""

    opened: Opened
    params: str = ""

    @cached_property
    def found(self) -> list[Correction]:
        """The remarks, oldest first; none is looked for where no move carries any."""
        unit = any(carriers(self.opened.tenant, self.opened.sheet.level))
        return corrections_of(self.opened.session, self.opened.sheet.id) if unit else []

    @cached_property
    def versions(self) -> Mapping[uuid.UUID, View]:
        """The versions on which they were put, as they were read. One query."""
        ids = {one.revision_id for one in self.found}
        rows = self.opened.session.scalars(select(Revision).where(Revision.id.in_(ids))).all() if ids else ()
        return {row.id: self.opened.frozen(row) for row in rows}

    def all(self, now: View) -> Remarks:
        """The remarks, compared with what is read now."""
        opened = self.opened
        roles = opened.actor.roles_on(opened.live.node)
        settles = may_settle(opened.tenant, opened.sheet.level, roles)
        puts = opened.pending is not None and may_put(opened.tenant, opened.sheet.level, opened.states, roles)
        read = [self._remark(one, now, settles) for one in self.found]
        return Remarks(
            [one for one in read if one.correction.is_open],
            [one for one in read if not one.correction.is_open],
            self._put_href() if puts else "",
            _by_place(self.found),
        )

    def of_version(self, revision: Revision, then: View) -> Remarks:
        """Those that were put on one version, to be read only."""
        mine = [one for one in self.found if one.revision_id == revision.id]
        read = [self._remark(one, then, settles=False) for one in mine]
        return Remarks(settled=read, at=_by_place(mine))

    def _remark(self, one: Correction, now: View, settles: bool) -> Remark:
        word, tone = WORDS[one.state] if one.sent_at or not one.is_open else UNSENT
        old = shown_at(self.versions[one.revision_id], one.sheet_id, one.path)
        new = shown_at(now, one.sheet_id, one.path) if old is not None else None
        return Remark(one, word, tone, old, new, self._acts(one) if settles else [])

    def _acts(self, one: Correction) -> list[Act]:
        if not one.is_open:
            return [Act("Rouvrir", self._href(one, "rouvrir"), screen=False)]
        if one.sent_at is None:
            return [Act("Retirer", self._href(one, "retirer"), screen=False)]
        return [
            Act("C’est corrigé", self._href(one, "fermer"), screen=False),
            Act("Lever…", self._href(one, "lever"), screen=True),
            Act("Retirer…", self._href(one, "retirer"), screen=True, tone="plain"),
        ]

    def _href(self, one: Correction, how: str) -> str:
        address = url_for("validator.ask_settling", sheet_id=self.opened.sheet.id, correction_id=one.id, how=how)
        return address + self.params

    def _put_href(self) -> str:
        """Where a remark is written, but for the place it bears on."""
        assert self.opened.pending is not None
        href = url_for("validator.write_remark", sheet_id=self.opened.sheet.id) + self.params
        return f"{href}{'&' if '?' in href else '?'}revision={self.opened.pending.id}"


def _by_place(corrections: Sequence[Correction]) -> dict[tuple[uuid.UUID, str], list[Correction]]:
    """The open ones, by sheet and path: shown where they bear too."""
    found: dict[tuple[uuid.UUID, str], list[Correction]] = {}
    for one in corrections:
        if one.is_open:
            found.setdefault((one.sheet_id, one.path), []).append(one)
    return found
