"""The outside world: one client per kind of target, each with a null twin for tests of the domain.

An outlet is an entry of OUTLETS: a function that, given where the target is, makes something that sends a Parcel and
says how it went. It never raises for what happens outside: whatever goes wrong is an Answer.
"""

from collections.abc import Callable
from typing import Protocol

from portal.domain.deliveries.parcels import Answer, Parcel
from portal.jobs.outlets.addresses import Address
from portal.jobs.outlets.http import HttpOutlet


class Outlet(Protocol):
    """One way to one target, open for the time of a job."""

    def send(self, parcel: Parcel) -> Answer:
        """Hand over one parcel; says how it went, whatever happened."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


OUTLETS: dict[str, Callable[[Address, bool], Outlet]] = {
    "http": lambda address, allow_private: HttpOutlet(address, allow_private=allow_private),
}
