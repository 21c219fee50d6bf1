"""The area of those who decide: what waits, one version against the last, every sheet of the region."""

from portal.web.validator import absences, batches, changes, corrections, desk, files, filters, review, sheets
from portal.web.validator.blueprint import blueprint

__all__ = ["absences", "batches", "blueprint", "changes", "corrections", "desk", "files", "filters", "review", "sheets"]
