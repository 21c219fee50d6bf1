"""The offer: sheets at every level, where they stand, and their frozen revisions."""
