"""The region's administration: what leaves and what fails, the messages, the members, the configuration in force."""

from portal.web.admin import answering, configuration, deliveries, home, inviting, mails, members, refusals, taking
from portal.web.admin.blueprint import blueprint

__all__ = [
    "answering",
    "blueprint",
    "configuration",
    "deliveries",
    "home",
    "inviting",
    "mails",
    "members",
    "refusals",
    "taking",
]
