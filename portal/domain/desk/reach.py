"""The rows of a level and of the levels above it, joined once each, under the names a tenant's words give them."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet, SheetState
from portal.tenancy.tenant import Tenant


class Reach:
    """What a query on the sheets of a level may name; `joined` adds the joins that were asked for."""

    def __init__(self, tenant: Tenant, level: str) -> None:
        self.tenant = tenant
        self.level = level
        self._above: dict[str, Any] = {}
        self._holder: Any = None

    def sheet(self, level: str) -> Any:
        """The row of a sheet's own level, or of an ancestor; LookupError when the level is neither."""
        if level == self.level:
            return Sheet
        ancestors = self.tenant.ancestors(self.level)
        for name in ancestors[: ancestors.index(level) + 1] if level in ancestors else []:
            self._above.setdefault(name, aliased(Sheet, name=f"above_{name}"))
        if level not in self._above:
            raise LookupError(level)
        return self._above[level]

    def organisation(self) -> Any:
        """The row of the organisation that holds the sheet."""
        self._holder = self._holder or aliased(Organisation, name="holder")
        return self._holder

    def state(self, level: str, axis: str) -> ColumnElement[Any]:
        """The state of a sheet, or of an ancestor, on a stored axis."""
        row = self.sheet(level)
        stands = aliased(SheetState)
        return select(stands.state).where(stands.sheet_id == row.id, stands.axis == axis).scalar_subquery()

    def since(self, level: str, axis: str) -> ColumnElement[Any]:
        """When a sheet, or an ancestor, came to the state where it stands on an axis."""
        row = self.sheet(level)
        stands = aliased(SheetState)
        return select(stands.since).where(stands.sheet_id == row.id, stands.axis == axis).scalar_subquery()

    def joined(self, query: Select[Any]) -> Select[Any]:
        """The query with its joins, nearest ancestor first. To be called once everything has been named."""
        below: Any = Sheet
        for row in self._above.values():
            query = query.outerjoin(row, row.id == below.parent_id)
            below = row
        if self._holder is not None:
            query = query.outerjoin(self._holder, self._holder.id == Sheet.organisation_id)
        return query
