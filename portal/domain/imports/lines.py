"""Lines → what they say: each cell cleaned, keys made, parents found on the line, the same thing said once."""

from collections.abc import Callable
from typing import Any

from portal.domain.accounts.errors import InvitationRefusedError
from portal.domain.accounts.validators import validate_person
from portal.domain.entry.numbering import code_of
from portal.domain.fields import KINDS, Fault
from portal.domain.imports.beside import TWICE, Beside, Place, Places
from portal.domain.imports.cells import REQUIRED, Cells
from portal.domain.imports.entries import SEPARATOR, Said, SaidOrganisation, SaidPerson, SaidSheet, taken
from portal.domain.imports.table import Line, Table, bare
from portal.tenancy.faults import nearest
from portal.tenancy.schema import FormField, Import, ImportedOrganisation, ImportedPerson, ImportedSheet, ImportedSite
from portal.tenancy.tenant import Tenant

SIRET = FormField(id="siret", kind="siret")
CODE = FormField(id="code", kind="text", max="60")
NAME = FormField(id="name", kind="text", max="120")
ADDRESS = FormField(id="address", kind="address")
BEAT = 1000  # lines between two signs of life

PROGRAMME = "Programme inconnu « {value} »{near}."
OTHERWISE = "La ligne {line} dit « {then} » pour la même fiche."


class Reader:
    """Reads the lines of one file of an import of a region."""

    def __init__(self, tenant: Tenant, definition: Import, table: Table, cells: Cells) -> None:
        self.tenant, self.definition, self.table, self.cells = tenant, definition, table, cells
        self.said = Said(sheets={sheet.level: {} for sheet in definition.sheets})
        self._beside = Beside(tenant, definition, cells, self.said)
        self._sirets = {organisation.siret for organisation in definition.organisations.values()}
        above = {tenant.level(sheet.level).parent for sheet in definition.sheets if sheet.parent is None}
        linked = {tenant.who.links[link.link].origin for link in definition.links}
        self._shared = {sheet.level for sheet in definition.sheets if sheet.level in above | linked}
        programme = definition.programme
        self._programmes = {bare(text): name for text, name in programme.values.items()} if programme else {}
        self._constants = {
            (sheet.level, column.field): cells.constant(tenant.fields(sheet.level)[column.field], column.value)
            for sheet in definition.sheets
            for column in sheet.columns
            if column.value is not None
        }

    def read(self, beat: Callable[[int, int], None]) -> Said:
        """Everything the file says; its faults are in the table."""
        for done, line in enumerate(self.table.lines):
            if done % BEAT == 0:
                beat(done, len(self.table.lines))
            self._line(line)
        return self.said

    def _line(self, line: Line) -> None:
        if self.definition.series:
            self.said.series.add(self._part(self.table.text(line, self.definition.series)))
            if not self.table.text(line, self.definition.series):
                self.cells.refuse(line, self.definition.series, REQUIRED)
        places = {name: self._organisation(line, one) for name, one in self.definition.organisations.items()}
        programme = self._programme(line)
        keys: dict[str, str] = {}
        for sheet in self.definition.sheets:
            self._sheet(line, sheet, keys, places, programme)
        for person in self.definition.people:
            self._person(line, person, places, keys)
        self._beside.read(line, places, keys)

    # — organisations and people ————————————————————————————————————————————

    def _organisation(self, line: Line, definition: ImportedOrganisation) -> Place | None:
        siret = self.cells.value(line, definition.siret, SIRET, required=definition.required)
        if siret is None:
            return None
        said = self.said.organisations.get(siret)
        if said is None:
            name = self.cells.value(line, definition.name, NAME) or ""
            said = SaidOrganisation(siret, name, self.cells.text(line, definition.code) or None)
            self.said.organisations[siret] = said
            self.said.organisation_lines[siret] = (line.number, definition.name)
        site = self._site(line, definition.site) if definition.site else None
        if site is not None:
            said.sites.setdefault(site["name"], site)
        return Place(siret, site["name"] if site else None)

    def _site(self, line: Line, definition: ImportedSite) -> dict[str, Any] | None:
        name = self.cells.value(line, definition.name, NAME)
        if not name:
            return None
        postal_code = self.cells.text(line, definition.postal_code)
        if postal_code.isdigit() and len(postal_code) == 4:
            postal_code = f"0{postal_code}"  # a spreadsheet takes « 01000 » for a number
        raw = {"code_postal": postal_code, "commune": self.cells.text(line, definition.town)}
        address = None
        try:
            address = KINDS["address"].clean(raw, ADDRESS, self.cells.context)
        except Fault as fault:
            self.cells.refuse(line, definition.postal_code or definition.name, fault.message)
        return {"name": name, "code": self.cells.text(line, definition.code) or None, "address": address or {}}

    def _person(self, line: Line, definition: ImportedPerson, places: Places, keys: dict[str, str]) -> None:
        mail, place = self.cells.text(line, definition.mail), places.get(definition.organisation or "")
        sheet = (definition.sheet, keys[definition.sheet]) if definition.sheet in keys else None
        if not mail or (place is None and sheet is None):
            return
        try:
            mail, name = validate_person(mail, self.cells.text(line, definition.name))
        except InvitationRefusedError as refusal:
            self.cells.refuse(line, definition.mail if refusal.field == "email" else definition.name, refusal.message)
            return
        person = SaidPerson(mail, name, definition.role, place.siret if place else None, sheet)
        self.said.people.setdefault((mail, definition.role, sheet or person.siret), person)

    def _programme(self, line: Line) -> str | None:
        programme = self.definition.programme
        if programme is None or programme.column is None:
            return programme.fixed if programme else None
        text = self.table.text(line, programme.column)
        found = self._programmes.get(bare(text))
        if found is None:
            near = nearest(text, programme.values).removesuffix(" ?")
            message = PROGRAMME.format(value=text, near=near) if text else REQUIRED
            self.cells.refuse(line, programme.column, message)
        return found

    # — sheets ——————————————————————————————————————————————————————————————

    def _sheet(
        self,
        line: Line,
        definition: ImportedSheet,
        keys: dict[str, str],
        places: Places,
        programme: str | None,
    ) -> None:
        key = self._key(line, definition, keys)
        if key is None:
            return
        level = self.tenant.level(definition.level)
        sheet = SaidSheet(definition.level, key, line.number, programme=programme)
        place = places.get(definition.organisation) if definition.organisation else None
        sheet.organisation = place.siret if place else None
        if definition.parent is not None:
            sheet.parent_code = self.table.text(line, definition.parent.column)
            if not sheet.parent_code:
                self.cells.refuse(line, definition.parent.column, REQUIRED)
        elif level.parent is not None:
            sheet.parent = keys.get(level.parent)
        self._fill(line, definition, sheet, places)
        if definition.code is not None:
            sheet.code = self.cells.value(line, definition.code, CODE, required=True)
        else:
            sheet.code = code_of(level, {**sheet.first, **sheet.follows})
        keys[definition.level] = key
        self._once(line, definition, sheet)

    def _key(self, line: Line, definition: ImportedSheet, keys: dict[str, str]) -> str | None:
        """The key of a level on a line; None when the line does not carry this level, or is told as a fault."""
        parent = self.tenant.level(definition.level).parent
        if definition.parent is None and parent is not None and parent not in keys and not definition.update_only:
            return None
        texts = {column: self.table.text(line, column) for column in definition.key}
        above = next((s.key for s in self.definition.sheets if s.level == parent and definition.parent is None), None)
        own = [column for column in definition.key if above is not None and column not in above]
        if own and not any(texts[column] for column in own):
            return None
        empty = [column for column, text in texts.items() if not text]
        for column in empty:
            if column not in self._sirets:  # an empty SIRET is told with its organisation
                self.cells.refuse(line, column, REQUIRED)
        if empty:
            return None
        parts = [self._part(text, column) for column, text in texts.items()]
        if self.definition.series and self.definition.series != definition.key[0]:
            parts.insert(0, self._part(self.table.text(line, self.definition.series)))
        return SEPARATOR.join(parts)

    def _part(self, text: str, column: str = "") -> str:
        if column in self._sirets:
            text = "".join(sign for sign in text if sign.isdigit())
        return text.replace("|", "¦").replace("\n", " ")[:200]

    def _fill(self, line: Line, definition: ImportedSheet, sheet: SaidSheet, places: Places) -> None:
        fields = self.tenant.fields(definition.level)
        for column in definition.columns:
            field = fields[column.field]
            if column.organisation is not None:
                place = places.get(column.organisation)
                value = taken(place.siret, place.site) if place else None
            elif column.column is not None:
                value = self.cells.value(line, column.column, field, required=column.required)
            else:
                value = self._constants[definition.level, column.field]
            followed = column.follow or field.origin == "imported"
            (sheet.follows if followed else sheet.first)[column.field] = value

    def _once(self, line: Line, definition: ImportedSheet, sheet: SaidSheet) -> None:
        """Keep a sheet the first time it is said; another line may name it again only as the parent of others."""
        known = self.said.sheets[definition.level]
        first = known.setdefault(sheet.key, sheet)
        if first is sheet:
            return
        if definition.level not in self._shared:
            words = TWICE.format(line=first.line, key=", ".join(definition.key), value=sheet.key)
            self.cells.refuse(line, definition.key[0], words)
            return
        for column in definition.columns:
            then = (first.follows.get(column.field), first.first.get(column.field))
            if column.column and then != (sheet.follows.get(column.field), sheet.first.get(column.field)):
                shown = next((value for value in then if value is not None), "")
                self.cells.refuse(line, column.column, OTHERWISE.format(line=first.line, then=shown))
        if (first.organisation, first.programme) != (sheet.organisation, sheet.programme):
            words = OTHERWISE.format(line=first.line, then="un autre organisme ou un autre programme")
            self.cells.refuse(line, definition.key[0], words)
