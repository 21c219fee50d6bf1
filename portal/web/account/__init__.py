"""Sign in, sign out, activation, lost password, my account: the area that belongs to no region."""

from portal.web.account import activation, asking, establishment, lost, mails, mine, sign_in
from portal.web.account.blueprint import blueprint

__all__ = ["activation", "asking", "blueprint", "establishment", "lost", "mails", "mine", "sign_in"]
