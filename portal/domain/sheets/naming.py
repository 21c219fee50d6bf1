"""The names that a pattern may say of a sheet of a level: `{dossier.numero} - {code}`. The same everywhere."""

import re
from collections.abc import Iterator

from portal.domain.sheets.special import SPECIAL
from portal.domain.vocabulary import TERMS
from portal.tenancy.tenant import Tenant
from portal.tenancy.ties import ties_of

_SAID = re.compile(r"\{([^{}:]*)(?::[^{}]*)?\}")


def said_in(pattern: str) -> list[str]:
    """Whatever stands between braces in a pattern, words that could be no name included."""
    return [match[1] for match in _SAID.finditer(pattern)]


def is_name(tenant: Tenant, level: str, name: str) -> bool:
    """Whether a name says something of the sheets of a level: a field, a term, a state, a sheet above, a link."""
    head, _, rest = name.partition(".")
    if name in SPECIAL or name in TERMS or tenant.field(level, head) is not None:
        return True
    if head == "state":
        return rest in tenant.workflow.axes
    if rest and head in (level, *tenant.ancestors(level)):
        return is_name(tenant, head, rest)
    tie = ties_of(tenant, level).get(head)
    return tie is not None and bool(rest) and is_name(tenant, tie.level, rest)


def names_on(tenant: Tenant, level: str) -> Iterator[str]:
    """Names that could be meant on a level, to propose the nearest: its own, and those of the sheets above."""
    yield from SPECIAL
    yield from tenant.fields(level)
    yield from (f"state.{axis}" for axis in tenant.level(level).axes)
    for above in tenant.ancestors(level):
        yield from (f"{above}.{name}" for name in (*tenant.fields(above), "code", "title"))
