"""Sign in, sign out, my account: the area that belongs to no region."""

from portal.web.account import establishment, mine, sign_in
from portal.web.account.blueprint import blueprint

__all__ = ["blueprint", "establishment", "mine", "sign_in"]
