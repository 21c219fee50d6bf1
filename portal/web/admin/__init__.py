"""The region's administration: what leaves and what fails, the messages, the members, the configuration in force."""

from portal.web.admin import configuration, deliveries, home, mails, members
from portal.web.admin.blueprint import blueprint

__all__ = ["blueprint", "configuration", "deliveries", "home", "mails", "members"]
