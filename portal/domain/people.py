"""Who acts: a person in one part of one region, or the portal itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

Side = Literal["org", "validator", "admin", "system"]


class Place(Protocol):
    """A sheet among its relatives, as far as rights go."""

    @property
    def id(self) -> UUID:
        """The sheet's id."""
        ...

    @property
    def organisation(self) -> Any:
        """The organisation that holds it, or None."""
        ...

    def up(self) -> Iterator[Any]:
        """The sheet, then those above it."""
        ...


@dataclass(frozen=True)
class Actor:
    """What the domain needs to know of whoever asks, worked out once per request from the memberships in force.

    `roles` are those of the side the person acts on, wherever they are held; `organisations` those the person may enter
    for; `parts` the roles held sheet by sheet, each bearing on its sheet and on all that is below. What may be done on
    one sheet is asked of `roles_on`. `on_behalf_of` names the person replaced, when somebody acts for another.
    """

    user_id: UUID | None
    name: str
    roles: frozenset[str] = frozenset()
    organisations: frozenset[UUID] = frozenset()
    parts: Mapping[UUID, frozenset[str]] = field(default_factory=dict, hash=False)
    side: Side = "org"
    on_behalf_of: UUID | None = None

    def roles_on(self, place: Place | None) -> frozenset[str]:
        """The roles this person has on one sheet; on None, those that come with no sheet.

        Those of an organisation bear on the sheets it holds; those given on a sheet, on it and below. The portal itself
        acts under the role `system`.
        """
        if self.side == "system":
            return self.roles | {"system"}
        wide = self.roles.difference(*self.parts.values())
        if place is None:
            return wide
        here = [self.parts.get(one.id, frozenset()) for one in place.up()]
        return frozenset().union(wide if self._holds(place) else (), *here)

    def _holds(self, place: Place) -> bool:
        """Whether what this person may do by their organisations bears on a sheet."""
        if self.side != "org" or not (self.organisations or self.parts):
            return True
        return place.organisation is not None and place.organisation.id in self.organisations


SYSTEM = Actor(None, "Guichet", side="system")
