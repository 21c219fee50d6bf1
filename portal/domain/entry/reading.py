"""Which sheets repeat something of which others: worked out once from the region's files, field by field.

A session says how many places its dispositifs have, its title repeats the training's, an override forces a value where
the training says no. When one of these is written, what reads it is written again (`relatives.py`).
"""

from collections.abc import Iterable, Iterator

from portal.domain.conditions import ConditionError, Type
from portal.domain.language import condition
from portal.domain.sheets.answering import PATTERN
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

Read = tuple[str, str]
"""A level, and the field read there; `*` for its sheets themselves: how many there are."""

MIRRORED = ("session.start", "session.end", "session.seats", "session.venue")


def readers(tenant: Tenant, level: str, changed: Iterable[str] | None) -> list[str]:
    """The levels above and below whose sheets read these fields of a level; `None`: whatever they read of it."""
    names = None if changed is None else set(changed)
    return [
        other
        for other in [*tenant.ancestors(level), *tenant.descendants(level)]
        if any(lv == level and (names is None or name in names) for lv, name in reads(tenant, other))
    ]


def reads(tenant: Tenant, level: str) -> frozenset[Read]:
    """What the sheets of a level repeat, or are made to hold, from the fields of others."""
    key = ("reads", level)
    if key not in tenant.compiled:
        found: set[Read] = set()
        for source in (*_mirrors(tenant, level), *_values(tenant, level)):
            _resolve(tenant, level, source, found, set())
        tenant.compiled[key] = frozenset(read for read in found if read[0] != level)
    known: frozenset[Read] = tenant.compiled[key]
    return known


def _mirrors(tenant: Tenant, level: str) -> Iterator[str]:
    """The names that the row of a sheet repeats: of its title, its address, its dates, places and town."""
    own = tenant.level(level)
    yield from _said(own.title)
    yield from _said(own.reference) if own.session else ()
    for term in MIRRORED:
        if (field := tenant.term_field(level, term)) is not None:
            yield field.id


def _values(tenant: Tenant, level: str) -> Iterator[str]:
    """The names that decide of a value written without being typed: forced, offered, or taken from elsewhere."""
    for field in tenant.fields(level).values():
        if field.fill is not None and not field.fill.locked:
            yield from _fill(tenant, level, field)
    for override in tenant.overrides:
        own = [change for key, change in override.fields.items() if key.partition(".")[0] == level]
        if any(change.value is not None or change.default is not None for change in own):
            yield from _names(tenant, level, override.when)


def _fill(tenant: Tenant, level: str, field: FormField) -> Iterator[str]:
    fill = field.fill
    if fill is None:
        return
    yield fill.origin
    if fill.otherwise:
        yield fill.otherwise
    if fill.when:
        yield from _names(tenant, level, fill.when)


def _said(pattern: str) -> Iterator[str]:
    yield from (match[1] for match in PATTERN.finditer(pattern))


def _names(tenant: Tenant, level: str, expression: str) -> frozenset[str]:
    try:
        return condition(tenant, level, expression, want=Type.ANY).names
    except ConditionError:  # an override may speak of names that only other levels have
        return frozenset()


def _resolve(tenant: Tenant, level: str, dotted: str, found: set[Read], seen: set[tuple[str, str]]) -> None:
    """Add to `found` the fields that a name leads to, through what is computed, taken or titled on the way."""
    if (level, dotted) in seen:
        return
    seen.add((level, dotted))
    head, _, rest = dotted.partition(".")
    own = tenant.level(level)
    if (field := tenant.field(level, head)) is not None:
        found.add((level, head))
        onward = [*(_names(tenant, level, field.value) if field.value else ()), *_fill(tenant, level, field)]
    elif dotted in ("title", "reference"):
        onward = list(_said(own.title if dotted == "title" else own.reference))
    elif head in own.axes and (derived := tenant.axis(head).derived) is not None:
        onward = list(_names(tenant, level, derived))
    elif head in tenant.who.levels:
        rest = rest.removeprefix("*.")
        found.add((head, "*"))
        if rest:
            _resolve(tenant, head, rest, found, seen)
        return
    else:
        return
    for name in onward:
        _resolve(tenant, level, name, found, seen)
