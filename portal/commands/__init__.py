"""`flask …`: every group of commands, one file each."""

from portal.commands.accounts import accounts_commands
from portal.commands.attachments import attachments_commands
from portal.commands.catalogue import catalogue_commands
from portal.commands.deliveries import deliveries_commands
from portal.commands.demo import demo_commands
from portal.commands.docs import docs_commands
from portal.commands.imports import imports_commands
from portal.commands.lheo import lheo_commands
from portal.commands.reference import reference_commands
from portal.commands.sandbox import sandbox_commands
from portal.commands.tenants import tenants_commands

GROUPS = (
    accounts_commands,
    attachments_commands,
    catalogue_commands,
    deliveries_commands,
    demo_commands,
    docs_commands,
    imports_commands,
    lheo_commands,
    reference_commands,
    sandbox_commands,
    tenants_commands,
)
