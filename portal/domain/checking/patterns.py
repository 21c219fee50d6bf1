"""Patterns in which a name says nothing: the titles and numbers of levels, the words of tasks and headers, mails."""

from collections.abc import Iterable, Iterator

from portal.domain.checking.common import Path
from portal.domain.sheets.naming import is_name, names_on, said_in
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import Mail
from portal.tenancy.tenant import Tenant

MAIL_WORDS = ("reason", "link", "target", "problem")
"""What a message says of its cause, beside what it says of the sheet."""


def check_patterns(tenant: Tenant) -> Iterator[Finding]:
    """Every name between braces that nothing in the region answers to."""
    for name, level in tenant.who.levels.items():
        at: Path = ("levels", name)
        yield from _pattern(tenant, "tenant.yaml", (*at, "title"), [name], level.title)
        yield from _pattern(tenant, "tenant.yaml", (*at, "reference"), [name], level.reference)
        yield from _pattern(tenant, "tenant.yaml", (*at, "code", "pattern"), [name], level.code.pattern)
    for name, task in tenant.desk.tasks.items():
        levels = [task.group or task.level]
        yield from _pattern(tenant, "desk.yaml", ("tasks", name, "words"), levels, task.words, ("count",))
    for name, header in tenant.desk.headers.items():
        yield from _pattern(tenant, "desk.yaml", ("headers", name, "title"), [name], header.title)
        for i, line in enumerate(header.lines):
            yield from _pattern(tenant, "desk.yaml", ("headers", name, "lines", i), [name], line)
    for name, mail in tenant.mails.mails.items():
        yield from _mail(tenant, mail, ("mails", name))


def _mail(tenant: Tenant, mail: Mail, at: Path) -> Iterator[Finding]:
    """A message is about a sheet of the axis that causes it, or of the level whose day it counts back from."""
    if (mail.on is None) == (mail.before is None):
        words = "un courriel part d'une action (« on ») ou d'une date (« before » et « days ») : l'une ou l'autre"
        yield Finding("mails.yaml", at, words)
        return
    levels = _levels(tenant, mail)
    if mail.before is not None:
        dated = [name for level in levels for name in (mail.before, mail.before.removeprefix(f"{level}."))]
        if not any(tenant.field(level, name) for level in levels for name in dated):
            known = [name for level in levels for name, f in tenant.fields(level).items() if f.kind in DATED]
            yield Finding("mails.yaml", (*at, "before"), unknown("date inconnue", mail.before, known))
        if not mail.days:
            yield Finding("mails.yaml", at, "« days » manque : combien de jours avant la date ?")
    for i, to in enumerate(mail.to):
        kind, _, name = to.partition(":")
        if kind == "field" and not any(is_name(tenant, level, name) for level in levels):
            known = [field.id for level in levels for field in tenant.fields(level).values() if field.kind == "email"]
            yield Finding("mails.yaml", (*at, "to", i), unknown("champ inconnu", name, known))
    yield from _pattern(tenant, "mails.yaml", (*at, "subject"), levels, mail.subject, MAIL_WORDS)
    yield from _pattern(tenant, "mails.yaml", (*at, "body"), levels, mail.body, MAIL_WORDS)


DATED = ("date", "datetime", "computed")


def _levels(tenant: Tenant, mail: Mail) -> list[str]:
    """The levels of the sheets a message may be about."""
    if mail.on is not None:
        axis = mail.on.partition(".")[0]
        carried = [name for name, level in tenant.who.levels.items() if axis in level.axes]
        return carried or list(tenant.who.levels)  # a delivery may be of any level
    level = (mail.before or "").rpartition(".")[0]
    return [level] if level in tenant.who.levels else list(tenant.who.levels)


def _pattern(
    tenant: Tenant, file: str, at: Path, levels: Iterable[str], pattern: str, also: Iterable[str] = ()
) -> Iterator[Finding]:
    """A name is known when it says something on one of the levels."""
    levels = list(levels)
    for name in said_in(pattern):
        if name not in also and not any(is_name(tenant, level, name) for level in levels):
            known = {*also, *(said for level in levels for said in names_on(tenant, level))}
            yield Finding(file, at, unknown("nom inconnu", name, known))
