"""The expressions of desk.yaml."""

from collections.abc import Iterator

from portal.domain.checking.common import check_expression
from portal.domain.conditions import Type
from portal.domain.fields import KINDS
from portal.domain.reference.queries import ENDING
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.tenant import Tenant


def check_desk(tenant: Tenant) -> Iterator[Finding]:
    """The expressions of tasks, counters, lists and tabs."""
    desk, file = tenant.desk, "desk.yaml"
    for name, view in desk.lists.items():
        yield from check_expression(tenant, view.level, view.where, file, ("lists", name, "where"))
        for c, column in enumerate(view.columns):
            if column.state or column.since or column.deliveries:
                continue
            yield from check_expression(
                tenant, view.level, column.value or column.id, file, ("lists", name, "columns", c), want=Type.ANY
            )
    for name, task in desk.tasks.items():
        yield from check_expression(tenant, task.level, task.where, file, ("tasks", name, "where"))
        if task.deadline and task.deadline not in tenant.fields(task.level):
            yield Finding(
                file, ("tasks", name, "deadline"), unknown("champ inconnu", task.deadline, tenant.fields(task.level))
            )
        expired = tenant.field(task.level, task.expired) if task.expired else None
        if task.expired and (expired is None or KINDS[expired.kind].lookup not in ENDING):
            known = [f.id for f in tenant.fields(task.level).values() if KINDS[f.kind].lookup in ENDING]
            yield Finding(file, ("tasks", name, "expired"), unknown("champ de codes inconnu", task.expired, known))
    for name, counter in desk.counters.items():
        yield from check_expression(tenant, counter.level, counter.where, file, ("counters", name, "where"))
    for level, tabs in desk.tabs.items():
        for t, tab in enumerate(tabs):
            yield from check_expression(tenant, level, tab.when, file, ("tabs", level, t, "when"))
