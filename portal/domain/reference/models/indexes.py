"""How the words of a reference table are indexed."""

from typing import Any

# Entries waiting to be sorted into the index slow every search down: keep few, for the table is hardly ever written.
GIN: dict[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"gin_pending_list_limit": "256"}}
