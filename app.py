"""Entry point of the web server and of `flask`: makes the app, or says in plain words why it does not."""

import sys

from portal import create_app
from portal.settings import SettingsError
from portal.tenancy.faults import TenantFaults

try:
    app = create_app()
except (SettingsError, TenantFaults) as refusal:
    sys.exit(f"Guichet ne démarre pas :\n{refusal}")
