"""What machines call: the receipts that targets send back."""

from portal.web.api import receipts
from portal.web.api.blueprint import blueprint

__all__ = ["blueprint", "receipts"]
