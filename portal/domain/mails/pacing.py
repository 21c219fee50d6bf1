"""When a message leaves for each person, as they asked and as the region lets them; and who stands in for whom."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.domain.habits.absences import covers_of
from portal.domain.habits.errors import HabitRefused
from portal.domain.habits.paces import PACES, ask_pace, paces_asked, paces_of
from portal.domain.mails.models import Mail
from portal.domain.organisations.models import Membership, User
from portal.domain.sheets.answering import PATTERN
from portal.tenancy.tenant import Tenant

DIGEST = "digest"
EVERY = "*"  # in a link to stop: every message the region lets one stop
PREFACE = "Vous recevez ce courriel en l'absence de {name}, jusqu'au {until:%d/%m/%Y}.\n\n"


@dataclass(frozen=True)
class Sending:
    """One message to one address: due at once, kept for a digest, or dropped because it is not wanted."""

    address: str
    state: str
    due_at: datetime
    preface: str = ""


def paces_allowed(tenant: Tenant, mail_id: str) -> list[str]:
    """How often one may choose to receive a message, first what is proposed; none for what the region does not send."""
    mail = tenant.mails.mails.get(mail_id)
    return [*(mail.paces or tenant.mails.paces)] if mail is not None else []


def sendings(session: Session, tenant: Tenant, mail_id: str, people: Sequence[str], at: datetime) -> list[Sending]:
    """When a message leaves for each of these addresses, and for those who stand in for them. Two queries.

    Whoever stands in is written to even if they want nothing of this message for themselves.
    """
    known = {address.lower() for address in people}
    covers = covers_of(session, tenant, people, at.astimezone(ZoneInfo(tenant.who.time_zone)).date())
    added = {
        cover: PREFACE.format(name=name, until=until) for cover, name, until in covers.values() if cover not in known
    }
    allowed = paces_allowed(tenant, mail_id) or ["each"]
    asked = paces_asked(session, mail_id, [*people, *added]) if len(allowed) > 1 else {}
    found = []
    for address in [*people, *added]:
        pace = asked.get(address.lower(), allowed[0])
        if pace not in allowed or (pace == "never" and address in added):
            pace = allowed[0]
        found.append(_sending(tenant, address, pace, at, added.get(address, "")))
    return found


def _sending(tenant: Tenant, address: str, pace: str, at: datetime, preface: str) -> Sending:
    if pace in ("daily", "weekly"):
        return Sending(address, "kept", digest_moment(tenant, pace, at), preface)
    return Sending(address, "dropped" if pace == "never" else "due", at, preface)


def digest_moment(tenant: Tenant, pace: str, at: datetime) -> datetime:
    """When the next digest of a pace leaves after a moment: the hour is that of the region, whatever the season."""
    zone = ZoneInfo(tenant.who.time_zone)
    hour = time.fromisoformat(tenant.mails.digests_at)
    day = at.astimezone(zone).date()
    while datetime.combine(day, hour, zone) <= at or (pace == "weekly" and day.weekday() != 0):
        day += timedelta(days=1)
    return datetime.combine(day, hour, zone)


@dataclass(frozen=True)
class Wanted:
    """One message an address may receive: its words, what may be chosen, what is chosen."""

    mail: str
    words: str
    allowed: list[str]
    pace: str


def messages_for(session: Session, tenant: Tenant, address: str) -> list[Wanted]:
    """The messages an address may receive by the parts its person plays, and those it had already. Three queries."""
    roles = select(Membership.role).join(User, User.id == Membership.user_id).where(User.email == address.lower())
    held = set(session.scalars(roles))
    received = select(Mail.mail).where(func.lower(Mail.recipient) == address.lower(), Mail.sheet_id.is_not(None))
    known = set(session.scalars(received.distinct())) | set(_meant_for(tenant, held))
    asked = paces_of(session, address)
    found = []
    for mail_id, mail in tenant.mails.mails.items():
        if mail_id in known:
            allowed = paces_allowed(tenant, mail_id)
            pace = asked.get(mail_id, "")
            words = PATTERN.sub("…", mail.subject)
            found.append(Wanted(mail_id, words, allowed, pace if pace in allowed else allowed[0]))
    return found


def _meant_for(tenant: Tenant, roles: set[str]) -> Iterator[str]:
    """The messages sent to those who play these parts."""
    sides = {role.side for name in roles if (role := tenant.role(name)) is not None}
    for mail_id, mail in tenant.mails.mails.items():
        to_role = any(to == f"role:{name}" for to in mail.to for name in roles)
        if to_role or ("org" in sides and {"organisation", "author"} & set(mail.to)):
            yield mail_id


def choose_pace(session: Session, tenant: Tenant, address: str, mail_id: str, pace: str, *, at: datetime) -> None:
    """Choose how often an address receives a message: what is kept for a digest leaves now, or is dropped, when asked
    so. Raises HabitRefused for what the region does not let one choose.
    """
    if pace not in paces_allowed(tenant, mail_id):
        raise HabitRefused(f"Ce courriel ne se reçoit pas « {PACES.get(pace, pace)} ».")
    ask_pace(session, address, mail_id, pace)
    if pace in ("each", "never"):
        kept = (Mail.mail == mail_id, Mail.state == "kept", func.lower(Mail.recipient) == address.lower())
        values = {"state": "due", "due_at": at} if pace == "each" else {"state": "dropped"}
        session.execute(update(Mail).where(*kept).values(**values).execution_options(synchronize_session=False))


def stop(session: Session, tenant: Tenant, address: str, mail_id: str, *, at: datetime) -> list[str]:
    """Send an address a message no more, or with EVERY all those it may stop; returns which, by id."""
    known = [one.mail for one in messages_for(session, tenant, address)] if mail_id == EVERY else [mail_id]
    stopped = [name for name in known if "never" in paces_allowed(tenant, name)]
    for name in stopped:
        choose_pace(session, tenant, address, name, "never", at=at)
    return stopped


def stoppable(tenant: Tenant, mail_id: str, sheet_id: uuid.UUID | None) -> str | None:
    """What the link of a message stops: the message, EVERY for a digest, nothing for the portal's own letters and for
    what the region does not let one stop.
    """
    if sheet_id is not None:
        return mail_id if "never" in paces_allowed(tenant, mail_id) else None
    anything = any("never" in paces_allowed(tenant, name) for name in tenant.mails.mails)
    return EVERY if mail_id == DIGEST and anything else None
