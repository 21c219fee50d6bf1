"""The region's files: brought, checked, read over, accepted, followed until they are sheets."""

from portal.web.imports import bringing, deciding, home, runs
from portal.web.imports.blueprint import blueprint

__all__ = ["blueprint", "bringing", "deciding", "home", "runs"]
