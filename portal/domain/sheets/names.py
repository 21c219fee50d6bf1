"""Names that conditions read beside the fields of a sheet: the cells of a row, a state that shares its level's name,
what an entry of the directory says.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from portal.domain.organisations.directory import Entry

if TYPE_CHECKING:
    from portal.domain.sheets.view import View


class OwnState(str):
    """A state under a name that is also the sheet's level: `dossier` says the state, `dossier.mode` a field of the
    sheet.
    """

    view: "View"

    def __new__(cls, state: str, view: "View") -> "OwnState":
        """The state, and the view it belongs to."""
        self = super().__new__(cls, state)
        self.view = view
        return self

    def get(self, name: str, default: Any = None) -> Any:
        """A name of the sheet."""
        return self.view.get(name, default)


class Chosen(str):
    """An entry of the directory that a field has chosen: its id, and its parts by name: `lieu.organisation`."""

    entry: Entry

    def __new__(cls, key: str, entry: Entry) -> "Chosen":
        """The id, and the entry it names."""
        self = super().__new__(cls, key)
        self.entry = entry
        return self

    def get(self, name: str, default: Any = None) -> Any:
        """A part of the entry."""
        value = self.entry.part(name)
        return default if value is None else value


Mapping.register(OwnState)
Mapping.register(Chosen)


class Cells(Mapping[str, Any]):
    """The names of a row, then those of its sheet."""

    def __init__(self, cells: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        self._cells, self._view = cells, view

    def __getitem__(self, name: str) -> Any:
        return self._cells[name] if name in self._cells else self._view[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)
