"""The outside world: one client per kind of target, each with a null twin for tests of the domain.

An outlet is an entry of a table: a function that, given where the target is, makes something that sends a Parcel, or a
Lot of them, and says how it went. It never raises for what happens outside: whatever goes wrong is an Answer. A target
whose outlet is in neither table is not sent to by jobs: it is relayed, or it is a desk of this portal.
"""

from collections.abc import Callable
from typing import Protocol

from portal.domain.deliveries.addresses import address_of, folder_of
from portal.domain.deliveries.parcels import Answer, Lot, Parcel
from portal.jobs.outlets.file import FileOutlet
from portal.jobs.outlets.http import HttpOutlet
from portal.jobs.outlets.mail import MailOutlet
from portal.jobs.postmen import postman_of
from portal.settings import Settings
from portal.tenancy.tenant import Tenant


class Outlet(Protocol):
    """One way to one target, open for the time of a job."""

    def send(self, parcel: Parcel) -> Answer:
        """Hand over one parcel; says how it went, whatever happened."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class LotOutlet(Protocol):
    """One way to one target that takes several documents together."""

    def send_lot(self, lot: Lot) -> Answer:
        """Hand over the documents of a lot, all or none; says how it went, whatever happened."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


def _http(settings: Settings, tenant: Tenant, target: str) -> Outlet | None:
    address = address_of(settings, tenant.slug, target)
    return HttpOutlet(address, allow_private=settings.allow_private_targets) if address else None


def _file(settings: Settings, tenant: Tenant, target: str) -> LotOutlet | None:
    folder = folder_of(settings, tenant.slug, target)
    return FileOutlet(folder) if folder else None


def _mail(settings: Settings, tenant: Tenant, target: str) -> LotOutlet | None:
    declared = tenant.flows.targets[target]
    return MailOutlet(postman_of(settings), settings, tenant.name, declared) if declared.mail else None


OUTLETS: dict[str, Callable[[Settings, Tenant, str], Outlet | None]] = {"http": _http}
LOT_OUTLETS: dict[str, Callable[[Settings, Tenant, str], LotOutlet | None]] = {"file": _file, "mail": _mail}
SENT_BY_JOBS = {*OUTLETS, *LOT_OUTLETS}
