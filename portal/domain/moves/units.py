"""The units a sheet is validated with: the one it belongs to, or those that freeze it from below."""

from sqlalchemy.orm import Session

from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queries import locked_sheet
from portal.tenancy.tenant import Tenant


def unit_sheet(session: Session, tenant: Tenant, sheet: Sheet) -> Sheet | None:
    """The sheet that is validated with this one: itself or an ancestor; None when its level is under no unit."""
    wanted, current = tenant.unit_level(sheet.level), sheet
    while wanted is not None and current is not None and current.level != wanted:
        parent = session.get(Sheet, current.parent_id) if current.parent_id else None
        if parent is None:
            return None
        current = parent
    return current if wanted else None


def units_of(session: Session, tenant: Tenant, sheet: Sheet) -> list[Sheet]:
    """The units a sheet is validated with: its own, or those below that freeze it; locked, in order."""
    if (own := unit_sheet(session, tenant, sheet)) is not None:
        return [own]
    levels = {
        axis.unit.level
        for axis in tenant.workflow.axes.values()
        if axis.unit is not None and sheet.level in axis.unit.ancestors
    }
    if not levels:
        return []
    below = load_node(session, sheet).down()
    return [locked_sheet(session, i) for i in sorted(n.id for n in below if n.level in levels)]


def exempt_fields(tenant: Tenant, level: str) -> set[str]:
    """The fields of a level whose change needs no new decision."""
    names = (name.partition(".") for name in tenant.workflow.revalidation.exempt)
    return {field for of, _, field in names if of == level}
