"""Every table of the portal, imported in one place: what the migrations compare and what relations look up by name."""

from portal.domain.accounts import models as accounts
from portal.domain.attachments import models as attachments
from portal.domain.batches import models as batches
from portal.domain.catalogue import models as catalogue
from portal.domain.corrections import models as corrections
from portal.domain.deliveries import models as deliveries
from portal.domain.habits import models as habits
from portal.domain.imports import models as imports
from portal.domain.journal import models as journal
from portal.domain.mails import models as mails
from portal.domain.organisations import models as organisations
from portal.domain.reference import models as reference
from portal.domain.sheets import models as sheets
from portal.tenancy import models as tenancy

__all__ = [
    "accounts",
    "attachments",
    "batches",
    "catalogue",
    "corrections",
    "deliveries",
    "habits",
    "imports",
    "journal",
    "mails",
    "organisations",
    "reference",
    "sheets",
    "tenancy",
]
