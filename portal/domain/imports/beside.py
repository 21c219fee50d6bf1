"""What the lines of a file say beside sheets: contacts of the directory, links to sheets that bear a code."""

from dataclasses import dataclass

from portal.domain.directory.nouns import NOUNS
from portal.domain.imports.cells import Cells
from portal.domain.imports.entries import Said, SaidContact
from portal.domain.imports.table import Line
from portal.tenancy.schema import Import, ImportedContact
from portal.tenancy.tenant import Tenant

CONTACT = NOUNS["contacts"]
TWICE = "Cette ligne répète la ligne {line} : même {key} ({value})."


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation of a line, and the site the line gives it."""

    siret: str
    site: str | None


Places = dict[str, Place | None]


class Beside:
    """Reads, on each line, what is no sheet."""

    def __init__(self, tenant: Tenant, definition: Import, cells: Cells, said: Said) -> None:
        self.definition, self.cells, self.said = definition, cells, said
        self._fields = {field.id: field for field in CONTACT.fields(tenant)}
        self._from = {one.link: tenant.who.links[one.link].origin for one in definition.links}

    def read(self, line: Line, places: Places, keys: dict[str, str]) -> None:
        """What a line says of them; `keys` are those of its sheets."""
        for contact in self.definition.contacts:
            self._contact(line, contact, places.get(contact.organisation))
        for link in self.definition.links:
            key, code = keys.get(self._from[link.link]), self.cells.text(line, link.to)
            if key is not None and code:
                self.said.links.setdefault((link.link, key, code), line.number)

    def _contact(self, line: Line, definition: ImportedContact, place: Place | None) -> None:
        code = self.cells.value(line, definition.key, self._fields["code"], required=True)
        asked = {"name": definition.name, "mail": definition.mail, "phone": definition.phone}
        values = {
            name: self.cells.value(line, column, self._fields[name], required=name == "name")
            for name, column in asked.items()
            if column is not None
        }
        if place is None or code is None:
            return
        said = SaidContact(place.siret, code, line.number, values, tuple(definition.duties))
        first = self.said.contacts.setdefault((place.siret, code), said)
        if (first.values, first.duties) != (values, said.duties):
            self.cells.refuse(line, definition.key, TWICE.format(line=first.line, key=definition.key, value=code))
