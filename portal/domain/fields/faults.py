"""Why a value is refused."""

from collections.abc import Mapping


class Fault(ValueError):
    """A value cannot be stored: `message` says why in French and how to write it.

    `parts` tells the faults of an address by part, `cells` those of rows by row `_id`, then by field id.
    """

    def __init__(
        self,
        message: str,
        *,
        parts: Mapping[str, str] | None = None,
        cells: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.parts = dict(parts or {})
        self.cells = {row: dict(faults) for row, faults in (cells or {}).items()}
