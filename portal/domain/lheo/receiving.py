"""Offers read elsewhere become sheets of a region, as far as its terms go; what they do not say is told.

Each offer makes one sheet of each level: those whose fields speak of the formation are made once for the offer, those
of the action once for each action, and one for each session. What was read once is not made again.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as Database
from stdnum.fr import siret as sirets

from portal.domain.entry.creating import create_sheet
from portal.domain.fields import Context, Fault
from portal.domain.journal.models import JournalEntry
from portal.domain.lheo.fitting import fit
from portal.domain.lheo.offers import ACTION, ALIASES, FORMATION, SESSION, Action, Offer, Session
from portal.domain.organisations.models import Organisation, Site
from portal.domain.organisations.queries import organisation_by_siret
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.models import Sheet
from portal.domain.vocabulary import TERMS
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

READ = "LHÉO, {level} {number}"
NO_HOLDER = "L'offre {number} ne dit pas de SIRET valable : aucune fiche n'en est faite."
NOT_TAKEN = "{number} : « {label} », {why}"
HOLDERS = ("organisation.",)


@dataclass
class Report:
    """What reading did, or would do."""

    offers: int = 0
    made: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    organisations: int = 0
    untold: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)


@dataclass
class Receiving:
    """One reading, in the scope of a region. Flushes; the caller commits, or rolls back to have seen only."""

    session: Database
    tenant: Tenant
    actor: Actor
    at: datetime
    today: date
    programme: str | None = None
    report: Report = field(default_factory=Report)
    _sheets: dict[str, Sheet] = field(default_factory=dict)  # what this reading made or found, by its reason

    def receive(self, offer: Offer) -> None:
        """Make the sheets of an offer that are not there yet."""
        self.report.offers += 1
        holder = self._holder(offer)
        if holder is None:
            self.report.remarks.append(NO_HOLDER.format(number=offer.number or offer.terms.get("formation.title")))
            return
        told: set[str] = set()
        for rank, action in enumerate(offer.actions, 1):
            for place, one in enumerate(action.sessions, 1):
                numbers = _numbers(offer, action, one, rank, place)
                terms = {**offer.terms, **action.terms, **one.terms}
                told |= set(terms)
                self._one(terms, numbers, holder)
        self._tell_untold(told)

    # — who ——————————————————————————————————————————————————————————————————

    def _holder(self, offer: Offer) -> Organisation | None:
        number = offer.terms.get("organisation.siret") or ""
        if not sirets.is_valid(number):
            return None
        found = organisation_by_siret(self.session, number)
        if found is None:
            name = offer.terms.get("organisation.legal_name") or offer.terms.get("organisation.name") or number
            found = Organisation(
                siret=number, name=name, activity_number=offer.terms.get("organisation.activity_number")
            )
            self.session.add(found)
            self.session.flush()
            self.report.organisations += 1
        return found

    # — what —————————————————————————————————————————————————————————————————

    def _one(self, terms: Mapping[str, Any], numbers: Mapping[str, str], holder: Organisation) -> None:
        parent: Sheet | None = None
        for level in self._levels():
            number = numbers[self._told_by(level)]
            reason = READ.format(level=self.tenant.level(level).label, number=number)
            if reason not in self._sheets:
                known = self._known(level, reason)
                self._sheets[reason] = known or self._made(level, parent, terms, number, reason, holder)
            parent = self._sheets[reason]

    def _levels(self) -> list[str]:
        last = self.tenant.session_level
        assert last is not None  # the command asks for a region that has sessions
        return [*reversed(self.tenant.ancestors(last)), last]

    def _told_by(self, level: str) -> str:
        """Which part of an offer the sheets of a level are made for."""
        if level == self.tenant.session_level:
            return SESSION
        terms = {field.term for field in self.tenant.fields(level).values() if field.term}
        return ACTION if any(term.startswith(("action.", "session.")) for term in terms) else FORMATION

    def _known(self, level: str, reason: str) -> Sheet | None:
        """The sheet that an earlier reading made of the same part."""
        query = select(Sheet).join(JournalEntry, JournalEntry.sheet_id == Sheet.id)
        query = query.where(JournalEntry.kind == "sheet.created", JournalEntry.reason == reason)
        found = self.session.scalar(query.where(Sheet.level == level, Sheet.deleted_at.is_(None)).limit(1))
        if found is not None:
            self.report.known[level] += 1
        return found

    def _made(
        self, level: str, parent: Sheet | None, terms: Mapping[str, Any], number: str, reason: str, holder: Organisation
    ) -> Sheet:
        values = dict(self._values(level, terms, number, holder))
        self.report.made[level] += 1
        return create_sheet(
            self.session, self.tenant, level=level, parent=parent, actor=self.actor, at=self.at, today=self.today,
            values=values, organisation_id=holder.id, programme=self.programme, imported=True, reason=reason,
            code=self._code(level, number, values),
        )  # fmt: skip

    def _code(self, level: str, number: str, values: Mapping[str, Any]) -> str | None:
        """The number of the offer, where codes are said by a field that the offer does not know."""
        pattern = self.tenant.level(level).code.pattern
        said = pattern.replace("{n", "").replace("{", "").partition("}")[0]
        return number[:60] if "{n" not in pattern and said not in values else None

    def _values(
        self, level: str, terms: Mapping[str, Any], number: str, holder: Organisation
    ) -> Iterator[tuple[str, Any]]:
        context = Context(self.today, self.tenant.slug, lookups=ReferenceLookups(), trusted=True)
        for one in self.tenant.fields(level).values():
            value = terms.get(_main(one.term)) if one.term else None
            if value is None or _comes_from_elsewhere(one):
                continue
            try:
                site = one.kind == "site" and not one.among
                stored = self._site(holder, value, terms.get("session.venue")) if site else fit(one, value, context)
            except Fault as fault:
                self._remark(number, one, fault.message)
                continue
            if stored is not None:
                yield one.id, stored

    def _site(self, holder: Organisation, place: Mapping[str, Any], address: Mapping[str, str] | None) -> str:
        """The site of a provider at an address, made where the organisation has none."""
        siret, address = place.get("siret"), dict(address or {})
        found = next((s for s in holder.sites if s.siret == siret and (s.address or {}) == address), None)
        if found is None:
            name = place.get("name") or holder.name
            found = Site(organisation_id=holder.id, name=name, siret=siret, uai=place.get("uai"), address=address)
            holder.sites.append(found)
            self.session.flush()
        return str(found.id)

    def _remark(self, number: str, one: FormField, why: str) -> None:
        self.report.remarks.append(NOT_TAKEN.format(number=number, label=one.words, why=why))

    def _tell_untold(self, told: set[str]) -> None:
        """Terms that no field of the region says."""
        asked = {field.term for level in self._levels() for field in self.tenant.fields(level).values()}
        for term in told:
            if not term.startswith(HOLDERS) and not asked & set(_aliases(term)):
                self.report.untold[term] += 1


def _numbers(offer: Offer, action: Action, one: Session, rank: int, place: int) -> dict[str, str]:
    """What each part is known by: its number, or its place under what has one."""
    formation = offer.number or f"{offer.terms['organisation.siret']} {offer.terms.get('formation.title', '')}"
    own = action.number or f"{formation}.{rank}"
    return {FORMATION: formation, ACTION: own, SESSION: one.number or f"{own}.{place}"}


def _comes_from_elsewhere(one: FormField) -> bool:
    """Whether nobody ever types the field: computed, or always taken from another."""
    always = one.fill is not None and one.fill.locked and one.fill.when is None
    return always or one.value is not None or one.function is not None


def _main(term: str) -> str:
    return _aliases(term)[0]


def _aliases(term: str) -> tuple[str, ...]:
    path = TERMS[term].lheo
    return ALIASES[path] if path else (term,)
