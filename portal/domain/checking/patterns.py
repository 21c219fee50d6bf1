"""The words in braces that messages, titles, headers and confirmations fill in: names that say something there."""

import re
from collections.abc import Collection, Iterable, Iterator

from portal.domain.catalogue.checking import is_name
from portal.domain.checking.common import Path, check_expression
from portal.domain.mails.actions import OWN_WORDS
from portal.domain.mails.reminders import place_of
from portal.domain.sheets.special import SPECIAL
from portal.domain.sheets.view import PATTERN
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import Mail
from portal.tenancy.tenant import Tenant

BRACES = re.compile(r"\{[^{}]*\}?|\}")
DATES = ("date", "datetime", "computed")


def check_patterns(tenant: Tenant) -> Iterator[Finding]:
    """Names that say nothing where they are written, and braces that are no name at all."""
    for name, mail in tenant.mails.mails.items():
        yield from _mail(tenant, mail, ("mails", name))
    yield from _levels(tenant)
    yield from _desk(tenant)
    yield from _moves(tenant)


def _mail(tenant: Tenant, mail: Mail, at: Path) -> Iterator[Finding]:
    levels = levels_told(tenant, mail)
    for key in ("subject", "body"):
        yield from _words(tenant, levels, getattr(mail, key), "mails.yaml", (*at, key), OWN_WORDS)
    for level in levels:
        yield from check_expression(tenant, level, mail.when, "mails.yaml", (*at, "when"))
    if mail.before is not None:
        level, name = place_of(tenant, mail.before)
        fields = tenant.fields(level) if level in tenant.who.levels else {}
        if name not in fields or fields[name].kind not in DATES:
            known = [field.id for field in fields.values() if field.kind in DATES]
            yield Finding("mails.yaml", (*at, "before"), unknown("date inconnue", mail.before, known))
    yield from _paces(tenant, mail, at)


def _paces(tenant: Tenant, mail: Mail, at: Path) -> Iterator[Finding]:
    for paces, where in ((mail.paces, (*at, "paces")), (tenant.mails.paces, ("paces",))):
        if len(set(paces)) < len(paces):
            yield Finding("mails.yaml", where, "un rythme est écrit deux fois")
        if paces and paces[0] == "never":
            yield Finding("mails.yaml", where, "« never » ne se propose pas en premier : personne ne recevrait rien")


def levels_told(tenant: Tenant, mail: Mail) -> list[str]:
    """The levels of the sheets a message may be about."""
    if mail.before is not None:
        return [level for level in [place_of(tenant, mail.before)[0]] if level in tenant.who.levels]
    axis = (mail.on or "").partition(".")[0]
    if axis == "delivery":
        return list(dict.fromkeys(level for flow in tenant.flows.flows if (level := flow.per or tenant.session_level)))
    if axis == "correction" and axis not in tenant.workflow.axes:
        return [level for level in tenant.who.levels if tenant.unit_axis(level)]
    return [name for name, level in tenant.who.levels.items() if axis in level.axes]


def _levels(tenant: Tenant) -> Iterator[Finding]:
    for name, level in tenant.who.levels.items():
        at: Path = ("levels", name)
        patterns = [("title", level.title), ("reference", level.reference)]
        for key, pattern in patterns:
            yield from _words(tenant, [name], pattern, "tenant.yaml", (*at, key))
        yield from _words(tenant, [name], level.code.pattern, "tenant.yaml", (*at, "code", "pattern"))
        for w, words in enumerate(level.deletable.warnings if level.deletable else ()):
            yield from _words(tenant, [name], words, "tenant.yaml", (*at, "deletable", "warnings", w))


def _desk(tenant: Tenant) -> Iterator[Finding]:
    for level, header in tenant.desk.headers.items():
        at: Path = ("headers", level)
        for key, pattern in (("title", header.title), ("strong", header.strong)):
            yield from _words(tenant, [level], pattern or "", "desk.yaml", (*at, key))
        for n, line in enumerate(header.lines):
            yield from _words(tenant, [level], line, "desk.yaml", (*at, "lines", n))
    for name, task in tenant.desk.tasks.items():
        level, at = task.group or task.level, ("tasks", name, "words")
        yield from _words(tenant, [level], task.words, "desk.yaml", at, ("count",))
    for name, view in tenant.desk.lists.items():
        for c, column in enumerate(view.columns):
            where: Path = ("lists", name, "columns", c, "strong")
            yield from _words(tenant, [view.level], column.strong or "", "desk.yaml", where)


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
            yield from _words(tenant, levels, move.confirm.intro or "", "workflow.yaml", (*at, "confirm", "intro"))
            for n, words in enumerate(move.confirm.warnings):
                yield from _words(tenant, levels, words, "workflow.yaml", (*at, "confirm", "warnings", n))


def _words(
    tenant: Tenant, levels: Iterable[str], text: str, file: str, at: Path, own: Collection[str] = ()
) -> Iterator[Finding]:
    """The faults of one text: each of its names must say something on every level it is read on."""
    names = {match[0]: match[1] for match in PATTERN.finditer(text)}
    for brace in BRACES.findall(text):
        if brace not in names:
            yield Finding(file, at, f"accolades qui ne disent rien : « {brace} » ; un nom s'écrit « {{nom}} »")
    for name in dict.fromkeys(names.values()):
        if name in own:
            continue
        for level in levels:
            if not is_name(tenant, level, name):
                yield Finding(file, at, unknown("nom inconnu", name, {*own, *_names(tenant, level)}))
                break


def _names(tenant: Tenant, level: str) -> Iterator[str]:
    """The names a pattern may say on a level: its own fields, those of the sheets above, what every sheet has."""
    yield from (*SPECIAL, *tenant.fields(level))
    yield from (f"{above}.{name}" for above in tenant.ancestors(level) for name in (*tenant.fields(above), "title"))
