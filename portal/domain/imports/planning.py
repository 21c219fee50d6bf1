"""What a file would do: what it says against what the region knows, without a query for a line."""

import uuid
from collections import Counter
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.imports.entries import ORGANISATION, SEPARATOR, Said, SaidSheet
from portal.domain.imports.known import (
    Owner,
    batches,
    known_rows,
    organisations_of,
    owners_of,
    parts_held,
    parts_on_sheets,
    sites_of,
)
from portal.domain.imports.plan import NO_SHEET, SEVERAL, SHRUNK, Plan
from portal.domain.imports.table import Table, bare
from portal.tenancy.schema import Import, ImportedSheet
from portal.tenancy.tenant import Tenant

MARKED = 500  # rows marked by one task

NO_NAME = "La Région ne connaît pas encore cet organisme : indiquez son nom."
CODE_TWICE = "Ce code est déjà celui de la ligne {line}."
CODE_TAKEN = "Ce code est déjà celui d'une autre fiche."
DELETED = "La fiche « {key} », ou celle qui la porte, a été supprimée dans le portail : elle n'est pas refaite."
MOVED = "La fiche « {key} » reste à son organisme : un import ne change pas une fiche d'organisme."


class Planner:
    """Works out the plan of one file."""

    def __init__(
        self, session: Session, tenant: Tenant, import_id: str, definition: Import, said: Said, table: Table
    ) -> None:
        self.session, self.tenant, self.definition, self.said, self.table = session, tenant, definition, said, table
        self.plan = Plan()
        self.left: set[tuple[str, str]] = set()  # sheets deleted by people, and what is under them
        self.rows = known_rows(session, import_id)
        self.organisations = organisations_of(session, said.organisations)

    def make(self) -> Plan:
        """The plan; what does not hold is told in the table."""
        self._organisations()
        for definition in self.definition.sheets:
            self._sheets(definition)
        self._people()
        self._vanished()
        return self.plan

    def tell(self, message: str, line: int, column: str, value: object = "") -> None:
        """Tell a fault of a cell."""
        self.table.faults.add(message, line, column, self.table.cell(line, column), value)

    # — organisations and people ————————————————————————————————————————————

    def _organisations(self) -> None:
        sites = sites_of(self.session, list(self.organisations.values()))
        for siret, said in self.said.organisations.items():
            line, column = self.said.organisation_lines[siret]
            known = self.organisations.get(siret)
            if known is None:
                self.plan.organisations += 1
                if not said.name:
                    self.tell(NO_NAME, line, column)
            named = {bare(site.name) for site in sites.get(known, [])} if known else set()
            new = [dict(site) for name, site in said.sites.items() if bare(name) not in named]
            if known is None or new:
                self.plan.owe(
                    "organisation", {"siret": siret, "name": said.name, "code": said.code, "sites": new}, line=line
                )

    def _people(self) -> None:
        if not self.said.people:
            return
        roles = {person.role for person in self.definition.people}
        held, on_sheets = parts_held(self.session, roles), parts_on_sheets(self.session, roles)
        for person in self.said.people.values():
            task = {"mail": person.mail, "name": person.name, "role": person.role}
            if person.sheet is not None:
                there = (person.mail, person.role, self.sheet_of(*person.sheet)) in on_sheets
                if not there and person.sheet not in self.left:
                    self.plan.parts += 1
                    self.plan.owe("part", {**task, "key": person.sheet[1]}, level=person.sheet[0])
                continue
            known = self.organisations.get(person.siret or "")
            if known is None or (person.mail, person.role, known) not in held:
                self.plan.invitations += 1
                self.plan.owe("person", {**task, "siret": person.siret})

    def sheet_of(self, level: str, key: str) -> uuid.UUID | None:
        """The sheet that a key names, when it is there."""
        row, said = self.rows.get((level, key)), self.said.sheets[level].get(key)
        if row is not None:
            return row.sheet_id
        return uuid.UUID(said.sheet_id) if said is not None and said.sheet_id else None

    # — sheets ——————————————————————————————————————————————————————————————

    def _sheets(self, definition: ImportedSheet) -> None:
        sheets = self.said.sheets[definition.level]
        if definition.parent is not None:
            self._find_parents(definition, sheets)
        if definition.update_only:
            self._find_known(definition, sheets)
        else:
            self._find_owners(definition, sheets)
        for sheet in sheets.values():
            self._sheet(definition, sheet)

    def _find_parents(self, definition: ImportedSheet, sheets: dict[str, SaidSheet]) -> None:
        """The parents named by their code."""
        assert definition.parent is not None
        parent = self.tenant.level(definition.level).parent or ""
        label, column = self.tenant.level(parent).label, definition.parent.column
        owners = owners_of(self.session, parent, {s.parent_code for s in sheets.values() if s.parent_code})
        for sheet in sheets.values():
            found = [owner for owner in owners.get(sheet.parent_code or "", []) if not owner.deleted]
            if len(found) == 1:
                sheet.parent_id = str(found[0].id)
            elif sheet.parent_code:
                words = SEVERAL if found else NO_SHEET
                self.tell(words.format(level=label), sheet.line, column, sheet.parent_code)

    def _find_owners(self, definition: ImportedSheet, sheets: dict[str, SaidSheet]) -> None:
        """The sheets that bear already the codes of those to be made: the same, when the same organisation holds it."""
        new = [s for s in sheets.values() if s.code and (s.level, s.key) not in self.rows]
        owners = owners_of(self.session, definition.level, {s.code for s in new if s.code})
        taken = {row.sheet_id for row in self.rows.values() if row.level == definition.level}
        column = definition.code or definition.key[0]
        seen: dict[tuple[str | None, str], int] = {}
        restarts = self.tenant.level(definition.level).code.restart == "parent"
        for sheet in new:
            scope = self._scope(sheet) if restarts else None
            first = seen.setdefault((scope, sheet.code or ""), sheet.line)
            if first != sheet.line:
                self.tell(CODE_TWICE.format(line=first), sheet.line, column, sheet.code)
                continue
            owner = next((o for o in owners.get(sheet.code or "", []) if str(o.scope_id or None) == str(scope)), None)
            if owner is not None and (owner.id in taken or not self._same_holder(owner, sheet)):
                self.tell(CODE_TAKEN, sheet.line, column, sheet.code)
            elif owner is not None:
                sheet.sheet_id = str(owner.id)

    def _find_known(self, definition: ImportedSheet, sheets: dict[str, SaidSheet]) -> None:
        """The sheets that are there already, whoever made them; a code that none bears is a fault."""
        wanted = [sheet for sheet in sheets.values() if (sheet.level, sheet.key) not in self.rows]
        owners = owners_of(self.session, definition.level, {sheet.code for sheet in wanted if sheet.code})
        label, column = self.tenant.level(definition.level).label, definition.code or definition.key[0]
        for sheet in wanted:
            found = [owner for owner in owners.get(sheet.code or "", []) if not owner.deleted]
            if len(found) == 1:
                sheet.sheet_id = str(found[0].id)
            elif sheet.code:
                words = SEVERAL if found else NO_SHEET
                self.tell(words.format(level=label), sheet.line, column, sheet.code)

    def _scope(self, sheet: SaidSheet) -> str | None:
        parent = self.tenant.level(sheet.level).parent or ""
        row = self.rows.get((parent, sheet.parent or ""))
        return str(row.sheet_id) if row else sheet.parent_id or sheet.parent

    def _same_holder(self, owner: Owner, sheet: SaidSheet) -> bool:
        own = self.organisations.get(sheet.organisation) if sheet.organisation else None
        return not owner.deleted and owner.organisation_id == own

    def _sheet(self, definition: ImportedSheet, sheet: SaidSheet) -> None:
        row = self.rows.get((sheet.level, sheet.key))
        above = (self.tenant.level(sheet.level).parent or "", sheet.parent or "")
        if (row is not None and row.deleted) or (row is None and above in self.left):
            self.left.add((sheet.level, sheet.key))
            self._warn(DELETED, definition, sheet)
            return
        if row is not None and row.values.get(ORGANISATION) != sheet.organisation:
            self._warn(MOVED, definition, sheet)
        if row is not None and not changes(row.values, sheet.kept):
            self.plan.unchanged[sheet.level] += 1
            return
        known = row is not None or sheet.sheet_id is not None
        (self.plan.update if known else self.plan.create)[sheet.level] += 1
        self.plan.owe("sheet", as_task(sheet), level=sheet.level, line=sheet.line)

    def _warn(self, message: str, definition: ImportedSheet, sheet: SaidSheet) -> None:
        column = definition.key[0]
        cell = self.table.cell(sheet.line, column)
        self.table.warnings.add(message.format(key=sheet.key), sheet.line, column, cell, sheet.key)

    # — what is no longer named —————————————————————————————————————————————

    def _vanished(self) -> None:
        back: list[uuid.UUID] = []
        known: Counter[str] = Counter()
        lost: Counter[str] = Counter()
        for (level, key), row in self.rows.items():
            if level not in self.said.sheets or row.deleted or not self._of_these_series(key):
                continue
            named = key in self.said.sheets[level]
            if not row.vanished:
                known[level] += 1
                lost[level] += not named
                if not named:
                    self.plan.vanished.append(row)
            elif named:
                back.append(row.id)
        for level, count in lost.items():
            self.bound(f"fiches « {self.tenant.level(level).label} » connues", count, known[level])
        self.plan.vanished.sort(key=lambda row: (row.level, row.key))
        for kind, ids in (("vanished", [row.id for row in self.plan.vanished]), ("back", back)):
            for some in batches(ids, MARKED):
                self.plan.owe(kind, {"rows": [str(one) for one in some]})

    def _of_these_series(self, key: str) -> bool:
        return self.definition.series is None or key.partition(SEPARATOR)[0] in self.said.series

    def bound(self, what: str, lost: int, known: int) -> None:
        """Refuse a file that loses too many of what was known: it may well be cut short."""
        if lost * 100 > self.definition.shrink * known:
            words = {"part": round(lost * 100 / known), "limit": self.definition.shrink}
            self.table.faults.add(SHRUNK.format(what=what, lost=lost, known=known, **words))


def changes(then: Any, now: dict[str, Any]) -> dict[str, Any]:
    """What the source says otherwise than the last time; who holds the sheet is not changed by an import."""
    return {name: value for name, value in now.items() if name != ORGANISATION and then.get(name) != value}


def as_task(sheet: SaidSheet) -> dict[str, Any]:
    """What is needed to make or change a sheet, as JSON."""
    names = ("key", "parent", "parent_id", "code", "organisation", "programme", "follows", "first", "sheet_id")
    return {name: getattr(sheet, name) for name in names}
