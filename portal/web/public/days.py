"""Which day it is for a visitor."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from portal.tenancy.tenant import Tenant

PARIS = "Europe/Paris"


def today_in(tenant: Tenant | None) -> date:
    """The day it is in a region; in Paris where there is none."""
    zone = ZoneInfo(tenant.who.time_zone if tenant else PARIS)
    return datetime.now(UTC).astimezone(zone).date()
