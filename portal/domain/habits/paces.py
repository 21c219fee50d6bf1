"""How often an address wants each message: at once, in a digest once a day or once a week, never."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.domain.habits.models import MailPace
from portal.ids import uuid7

PACES: Mapping[str, str] = {
    "each": "à chaque fois",
    "daily": "une fois par jour",
    "weekly": "une fois par semaine",
    "never": "jamais",
}


def paces_of(session: Session, address: str) -> dict[str, str]:
    """What an address asked, message by message; nothing for those it never spoke of. One query."""
    query = select(MailPace.mail, MailPace.pace).where(MailPace.address == address.lower())
    return {row[0]: row[1] for row in session.execute(query)}


def paces_asked(session: Session, mail_id: str, addresses: Collection[str]) -> dict[str, str]:
    """What each of these addresses asked for one message, by address in small letters. One query."""
    wanted = [address.lower() for address in addresses]
    query = select(MailPace.address, MailPace.pace).where(MailPace.mail == mail_id, MailPace.address.in_(wanted))
    return {row[0]: row[1] for row in session.execute(query)}


def ask_pace(session: Session, address: str, mail_id: str, pace: str) -> None:
    """Remember how often an address wants a message; what it asked before is replaced."""
    row = insert(MailPace).values(id=uuid7(), address=address.lower(), mail=mail_id, pace=pace)
    said = {"pace": pace, "changed_at": func.now()}
    session.execute(row.on_conflict_do_update(index_elements=["tenant", "address", "mail"], set_=said))
