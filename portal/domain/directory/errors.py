"""Why an entry of the directory is refused."""

from collections.abc import Mapping

from portal.domain.fields import Fault


class EntryError(Exception):
    """What is missing or wrong, by field."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(", ".join(f"{name}: {fault.message}" for name, fault in faults.items()))
        self.faults = faults
