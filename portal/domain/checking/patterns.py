"""The words in braces that titles, headers, tasks and confirmations fill in: names that say something there."""

import re
from collections.abc import Collection, Iterable, Iterator

from portal.domain.checking.common import Path
from portal.domain.sheets.answering import PATTERN
from portal.domain.sheets.naming import is_name, names_on
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.tenant import Tenant

BRACES = re.compile(r"\{[^{}]*\}?|\}")


def check_patterns(tenant: Tenant) -> Iterator[Finding]:
    """Names that say nothing where they are written, and braces that are no name at all."""
    yield from _levels(tenant)
    yield from _desk(tenant)
    yield from _moves(tenant)


def _levels(tenant: Tenant) -> Iterator[Finding]:
    for name, level in tenant.who.levels.items():
        at: Path = ("levels", name)
        patterns = [("title", level.title), ("reference", level.reference)]
        for key, pattern in patterns:
            yield from check_words(tenant, [name], pattern, "tenant.yaml", (*at, key))
        yield from check_words(tenant, [name], level.code.pattern, "tenant.yaml", (*at, "code", "pattern"))
        for w, words in enumerate(level.deletable.warnings if level.deletable else ()):
            yield from check_words(tenant, [name], words, "tenant.yaml", (*at, "deletable", "warnings", w))


def _desk(tenant: Tenant) -> Iterator[Finding]:
    for level, header in tenant.desk.headers.items():
        at: Path = ("headers", level)
        for key, pattern in (("title", header.title), ("strong", header.strong)):
            yield from check_words(tenant, [level], pattern or "", "desk.yaml", (*at, key))
        for n, line in enumerate(header.lines):
            yield from check_words(tenant, [level], line, "desk.yaml", (*at, "lines", n))
    for name, task in tenant.desk.tasks.items():
        level, at = task.group or task.level, ("tasks", name, "words")
        yield from check_words(tenant, [level], task.words, "desk.yaml", at, ("count",))
    for name, view in tenant.desk.lists.items():
        for c, column in enumerate(view.columns):
            where: Path = ("lists", name, "columns", c, "strong")
            yield from check_words(tenant, [view.level], column.strong or "", "desk.yaml", where)


def _moves(tenant: Tenant) -> Iterator[Finding]:
    for axis_id, axis in tenant.workflow.axes.items():
        levels = [name for name, level in tenant.who.levels.items() if axis_id in level.axes]
        for move_id, move in axis.moves.items():
            at: Path = ("axes", axis_id, "moves", move_id)
            for said in PATTERN.finditer(move.announce or ""):
                if said[0] != "{due}":
                    yield Finding("workflow.yaml", (*at, "announce"), unknown("nom inconnu", said[1], ["due"]))
            if move.confirm is None:
                continue
            yield from check_words(tenant, levels, move.confirm.intro or "", "workflow.yaml", (*at, "confirm", "intro"))
            for n, words in enumerate(move.confirm.warnings):
                yield from check_words(tenant, levels, words, "workflow.yaml", (*at, "confirm", "warnings", n))


def check_words(
    tenant: Tenant, levels: Iterable[str], text: str, file: str, at: Path, own: Collection[str] = ()
) -> Iterator[Finding]:
    """The faults of one text: its names must say something on each level it is read on; `own` ones do everywhere."""
    names = {match[0]: match[1] for match in PATTERN.finditer(text)}
    for brace in BRACES.findall(text):
        if brace not in names:
            yield Finding(file, at, f"accolades qui ne disent rien : « {brace} » ; un nom s'écrit « {{nom}} »")
    for name in dict.fromkeys(names.values()):
        if name in own:
            continue
        for level in levels:
            if not is_name(tenant, level, name):
                yield Finding(file, at, unknown("nom inconnu", name, {*own, *names_on(tenant, level)}))
                break
