"""Links between sheets as the lines make them: what is new, what the source says no more, and writing both."""

import uuid

from sqlalchemy import delete, select

from portal.domain.imports.known import among, batches, links_of, owners_of
from portal.domain.imports.models import ImportTask
from portal.domain.imports.plan import NO_SHEET, SEVERAL
from portal.domain.imports.planning import MARKED, Planner
from portal.domain.imports.work import Work
from portal.domain.sheets.models import Sheet, SheetLink
from portal.tenancy.schema import ImportedLink

ONE = "Une fiche « {level} » n'en relie qu'une : la ligne {line} en dit une autre."


def plan_links(planner: Planner) -> None:
    """Add to a plan the links of its file; what does not hold is told in its table."""
    for definition in planner.definition.links:
        link = planner.tenant.who.links[definition.link]
        said: dict[str, dict[str, int]] = {key: {} for key in planner.said.sheets[link.origin]}
        for (name, key, code), line in planner.said.links.items():
            if name == definition.link and (link.origin, key) not in planner.left:
                said[key][code] = line
        _check_codes(planner, definition, link.to, said)
        if not link.many:
            _check_one(planner, definition, link.origin, said)
        _owe(planner, definition.link, link.origin, said)


def _check_codes(planner: Planner, definition: ImportedLink, level: str, said: dict[str, dict[str, int]]) -> None:
    lines = {code: line for codes in said.values() for code, line in reversed(codes.items())}
    owners = owners_of(planner.session, level, lines)
    made = {sheet.code for sheet in planner.said.sheets.get(level, {}).values()}
    label = planner.tenant.level(level).label
    for code, line in lines.items():
        found = [owner for owner in owners.get(code, []) if not owner.deleted]
        if len(found) > 1 or (not found and code not in made):
            planner.tell((SEVERAL if found else NO_SHEET).format(level=label), line, definition.to, code)


def _check_one(planner: Planner, definition: ImportedLink, level: str, said: dict[str, dict[str, int]]) -> None:
    label = planner.tenant.level(level).label
    for codes in said.values():
        (_, first), *others = codes.items() if codes else [("", 0)]
        for code, line in others:
            planner.tell(ONE.format(level=label, line=first), line, definition.to, code)


def _owe(planner: Planner, link: str, level: str, said: dict[str, dict[str, int]]) -> None:
    there = {key: planner.sheet_of(level, key) for key in said}
    known = links_of(planner.session, link, [sheet_id for sheet_id in there.values() if sheet_id])
    gone: list[uuid.UUID] = []
    count = 0
    for key, codes in said.items():
        held = known.get(there[key], {}) if there[key] else {}  # type: ignore[arg-type]
        count += len(held)
        gone += [row_id for code, row_id in held.items() if code not in codes]
        if new := [code for code in codes if code not in held]:
            planner.plan.links["create"] += len(new)
            planner.plan.owe("link", {"link": link, "key": key, "codes": new}, level=level, line=codes[new[0]])
    planner.bound("liens entre fiches", len(gone), count)
    if gone:
        planner.plan.links["remove"] += len(gone)
        for some in batches(gone, MARKED):
            planner.plan.owe("unlink", {"rows": [str(one) for one in some]})


def make_links(work: Work, tasks: list[ImportTask]) -> None:
    """Make the links of these tasks, of sheets of one level; those that are there meanwhile stay as they are."""
    rows = work.rows(tasks[0].level or "", {task.said["key"] for task in tasks})
    for link in {task.said["link"] for task in tasks}:
        some = [task for task in tasks if task.said["link"] == link and task.said["key"] in rows]
        owners = owners_of(work.session, work.tenant.who.links[link].to, {c for t in some for c in t.said["codes"]})
        ends = {
            (rows[task.said["key"]].sheet_id, owner.id)
            for task in some
            for code in task.said["codes"]
            for owner in owners.get(code, [])
            if not owner.deleted
        }
        there = select(SheetLink.from_id, SheetLink.to_id).where(SheetLink.link == link)
        held = {
            (source, to)
            for some_ids in batches({source for source, _ in ends})
            for source, to in work.session.execute(there.where(among(SheetLink.from_id, some_ids)))
        }
        alive = select(Sheet.id).where(Sheet.id.in_({source for source, _ in ends}), Sheet.deleted_at.is_(None))
        kept = set(work.session.scalars(alive))
        work.session.add_all(
            SheetLink(link=link, from_id=source, to_id=to) for source, to in ends - held if source in kept
        )
    work.session.flush()


def undo_links(work: Work, tasks: list[ImportTask]) -> None:
    """Undo the links that the source says no more."""
    ids = [uuid.UUID(one) for task in tasks for one in task.said["rows"]]
    gone = delete(SheetLink).where(SheetLink.id.in_(ids))
    work.session.execute(gone, execution_options={"synchronize_session": False})
