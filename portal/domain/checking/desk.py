"""What desk.yaml says: expressions that compile, and names by which PostgreSQL can sort, search and date."""

from collections.abc import Iterable, Iterator
from datetime import date

from portal.domain.catalogue.checking import is_name
from portal.domain.checking.common import Path, check_expression
from portal.domain.conditions import ConditionError, Type
from portal.domain.desk.lists import ALWAYS_SORT, sortable
from portal.domain.desk.reach import Reach
from portal.domain.desk.searching import searched_text
from portal.domain.desk.sql import Speech, Unsayable
from portal.domain.fields import KINDS
from portal.domain.reference.queries import ENDING
from portal.domain.sheets.answering import PATTERN
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import Export, ListView, MessageTemplate, Task
from portal.tenancy.tenant import Tenant

FILE = "desk.yaml"


def check_desk(tenant: Tenant) -> Iterator[Finding]:
    """The expressions of tasks, counters, lists and tabs, then what lists and tasks ask of PostgreSQL."""
    desk = tenant.desk
    sound = True
    for finding in _expressions(tenant):
        sound = False
        yield finding
    if not sound:  # what sorts and is searched is read through expressions
        return
    for name, view in desk.lists.items():
        yield from _list_findings(tenant, view, ("lists", name))
    for name, task in desk.tasks.items():
        yield from _task_findings(tenant, task, ("tasks", name))
    for place, template in enumerate(desk.templates):
        yield from _template_findings(tenant, template, ("templates", place))


def _expressions(tenant: Tenant) -> Iterator[Finding]:
    desk = tenant.desk
    for name, view in desk.lists.items():
        yield from check_expression(tenant, view.level, view.where, FILE, ("lists", name, "where"))
        for c, column in enumerate(view.columns):
            if column.state or column.since or column.deliveries or column.link:
                continue
            yield from check_expression(
                tenant, view.level, column.value or column.id, FILE, ("lists", name, "columns", c), want=Type.ANY
            )
        for e, export in enumerate(view.exports):
            yield from _extra(tenant, view, export, ("lists", name, "exports", e))
    for name, task in desk.tasks.items():
        yield from check_expression(tenant, task.level, task.where, FILE, ("tasks", name, "where"))
    for name, counter in desk.counters.items():
        yield from check_expression(tenant, counter.level, counter.where, FILE, ("counters", name, "where"))
    for level, tabs in desk.tabs.items():
        for t, tab in enumerate(tabs):
            yield from check_expression(tenant, level, tab.when, FILE, ("tabs", level, t, "when"))


def _list_findings(tenant: Tenant, view: ListView, at: Path) -> Iterator[Finding]:
    """What a list sorts by and searches in must be something that PostgreSQL can say."""
    sort, known = view.sort.removeprefix("-"), {*sortable(tenant, view), *ALWAYS_SORT}
    if sort and sort not in known:
        yield Finding(FILE, (*at, "sort"), unknown("tri impossible", sort, known))
    speech = Speech(Reach(tenant, view.level), date.min)
    for place, name in enumerate(view.search):
        if not _searched(speech, name):
            names = _said(tenant, view.level, tenant.fields(view.level))
            yield Finding(FILE, (*at, "search", place), unknown("recherche impossible dans", name, names))


def _task_findings(tenant: Tenant, task: Task, at: Path) -> Iterator[Finding]:
    """A deadline is a field that PostgreSQL reads; codes that end are of a table where they do."""
    if task.deadline:
        known = _said(tenant, task.level, tenant.fields(task.level))
        if task.deadline not in known:
            what = "échéance impossible" if task.deadline in tenant.fields(task.level) else "champ inconnu"
            yield Finding(FILE, (*at, "deadline"), unknown(what, task.deadline, known))
    expired = tenant.field(task.level, task.expired) if task.expired else None
    if task.expired and (expired is None or KINDS[expired.kind].lookup not in ENDING):
        codes = [f.id for f in tenant.fields(task.level).values() if KINDS[f.kind].lookup in ENDING]
        yield Finding(FILE, (*at, "expired"), unknown("champ de codes inconnu", task.expired, codes))


def _template_findings(tenant: Tenant, template: MessageTemplate, at: Path) -> Iterator[Finding]:
    """A message kept ready is for a level there is, and names what its sheets have."""
    if template.level not in tenant.who.levels:
        yield Finding(FILE, (*at, "level"), unknown("niveau inconnu", template.level, tenant.who.levels))
        return
    for name in (match[1] for match in PATTERN.finditer(template.text)):
        if not is_name(tenant, template.level, name):
            yield Finding(FILE, (*at, "text"), unknown("nom inconnu", name, tenant.fields(template.level)))


def _searched(speech: Speech, name: str) -> bool:
    try:
        return searched_text(speech, name) is not None
    except (ConditionError, LookupError):
        return False


def _said(tenant: Tenant, level: str, names: Iterable[str]) -> list[str]:
    """Those of some names that PostgreSQL can say on a level."""
    speech, found = Speech(Reach(tenant, level), date.min), []
    for name in names:
        try:
            speech.said(name)
        except (Unsayable, ConditionError, LookupError):
            continue
        found.append(name)
    return found


def _extra(tenant: Tenant, view: ListView, export: Export, at: Path) -> Iterator[Finding]:
    """The columns of an export alone: cells of the rows it writes one by one, or what a sheet of their level says."""
    rows = tenant.field(view.level, export.rows) if export.rows else None
    if export.rows and (rows is None or rows.kind != "rows"):
        known = [f.id for f in tenant.fields(view.level).values() if f.kind == "rows"]
        yield Finding(FILE, (*at, "rows"), unknown("lignes inconnues", export.rows, known))
        return
    for c, column in enumerate(export.extra):
        if export.below and column.link:
            words = f"« {column.id} » passe par un lien, qu'un export « below » ne lit pas : dites-la dans la liste"
            yield Finding(FILE, (*at, "extra", c, "link"), words)
        level, said = (export.below and column.of) or view.level, column.value or column.id
        if level not in tenant.who.levels or column.state or column.since or column.deliveries or column.link:
            continue
        if rows is None or all(cell.id != said.partition(".")[0] for cell in rows.fields):
            yield from check_expression(tenant, level, said, FILE, (*at, "extra", c), row=rows, want=Type.ANY)
