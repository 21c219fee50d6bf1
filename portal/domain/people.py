"""Who acts: a person in one part of one region, or the portal itself."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Side = Literal["org", "validator", "admin", "system"]


@dataclass(frozen=True)
class Actor:
    """What the domain needs to know of whoever asks, worked out once per request from the memberships in force.

    `roles` are those of the side the person acts on; `organisations` those the person may enter for; `sheets` those on
    which a role was given sheet by sheet. `on_behalf_of` names the person replaced, when somebody acts for another.
    """

    user_id: UUID | None
    name: str
    roles: frozenset[str] = frozenset()
    organisations: frozenset[UUID] = frozenset()
    sheets: frozenset[UUID] = frozenset()
    side: Side = "org"
    on_behalf_of: UUID | None = None


SYSTEM = Actor(None, "Guichet", side="system")
