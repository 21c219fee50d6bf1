"""What answers the conditions of a tenant: names, read on a day, at a moment of it where the hour matters."""

import re
from abc import abstractmethod
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from portal.domain.conditions import Closures, Type
from portal.domain.language import condition
from portal.domain.reference.queries import closures_of
from portal.domain.sheets.names import Cells
from portal.domain.sheets.nodes import Node
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

PATTERN = re.compile(r"\{([a-z][\w.]*)(:[^{}]*)?\}")
HOLE = re.compile(r" -(?: +-)+ ")  # what an empty name leaves between its two dashes


class Answering(Mapping[str, Any]):
    """The names of a sheet, with what is said of them; two readings are the same only when they are one."""

    tenant: Tenant
    node: Node
    today: date
    at: datetime | None

    @property
    def now(self) -> datetime:
        """What time it is in the region, as moments are stored; midnight where only the day is known."""
        if self.at is None:
            return datetime.combine(self.today, time.min)
        return self.at.astimezone(ZoneInfo(self.tenant.who.time_zone)).replace(tzinfo=None)

    def closures(self) -> Closures:
        """The days off of the region."""
        return closures_of(self.tenant.who.holidays, self.tenant.who.school_zone)

    def holds(
        self, expression: str | None, *, row: FormField | None = None, cells: Mapping[str, Any] | None = None
    ) -> bool:
        """Whether a condition of the tenant holds here; no condition always does."""
        if expression is None:
            return True
        compiled = condition(self.tenant, self.node.level, expression, row=row)
        names = Cells(cells, self) if cells is not None else self
        return compiled(names, today=self.today, closures=self.closures) is True

    def evaluate(self, expression: str, *, row: FormField | None = None, cells: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression of the tenant here."""
        compiled = condition(self.tenant, self.node.level, expression, row=row, want=Type.ANY)
        names = Cells(cells, self) if cells is not None else self
        return compiled(names, today=self.today, closures=self.closures)

    @abstractmethod
    def show(self, dotted: str) -> str:
        """A name in French words; empty when there is nothing."""

    def fill(self, pattern: str) -> str:
        """A pattern of the tenant with its names replaced by their French words: `Lot {numero_lot} : {intitule}`."""
        said = HOLE.sub(" - ", PATTERN.sub(lambda m: self.show(m[1]), pattern)).strip()
        return said.removesuffix(" -").removeprefix("- ")

    def fill_line(self, pattern: str) -> str | None:
        """The same, or None when the pattern names things and all of them are empty."""
        names = [m[1] for m in PATTERN.finditer(pattern)]
        return None if names and not any(self.show(name) for name in names) else self.fill(pattern)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other
