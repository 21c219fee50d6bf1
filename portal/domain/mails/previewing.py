"""What a move would write to people, before it is done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.domain.mails.actions import fill, link_to
from portal.domain.mails.recipients import addresses
from portal.domain.people import Actor
from portal.domain.sheets.view import View


@dataclass(frozen=True)
class Letter:
    """One message as it would leave: to how many people, in which words."""

    subject: str
    body: str
    people: int


def letters(
    session: Session, view: View, event: str, *, actor: Actor, reason: str, words: Mapping[str, str]
) -> Iterator[Letter]:
    """The messages declared for an event, filled as they would be now; nothing is written."""
    said = {"reason": reason, "link": link_to(view.tenant, view), **words}
    for template in view.tenant.mails.mails.values():
        if template.on == event and view.holds(template.when):
            subject = " ".join(fill(view, template.subject, said).split())
            people = addresses(session, view, template.to, actor)
            yield Letter(subject, fill(view, template.body, said), len(people))
