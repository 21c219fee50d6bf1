"""The area of those who decide: what waits, one version against the last, every sheet of the region."""

from portal.web.validator import desk, files, review, sheets
from portal.web.validator.blueprint import blueprint

__all__ = ["blueprint", "desk", "files", "review", "sheets"]
