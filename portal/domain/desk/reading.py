"""Filters that PostgreSQL cannot say: the sheets kept so far are read one by one."""

import uuid
from collections.abc import Callable, Mapping, Sequence

from portal.domain.desk.among import Among
from portal.domain.reference.names import plain_form
from portal.domain.sheets.view import View
from portal.tenancy.schema import Filter

Holds = Callable[[View], bool]


def read_one_by_one(among: Among, one: Filter, name: str, values: Sequence[str]) -> list[uuid.UUID] | None:
    """The ids a filter on a name, or on an axis, keeps; None when its kind is not read so, or nothing makes sense."""
    derived = among.tenant.axis(one.axis).derived if one.axis else None
    make = _READ.get(one.kind)
    holds = make(name, derived, values) if make else None
    return None if holds is None else among.read(holds, derived or name)


def _choice(name: str, derived: str | None, values: Sequence[str]) -> Holds | None:
    if derived is None:
        return lambda view: view.stored(name) in values
    return lambda view: ("oui" if view.holds(derived) else "non") in values


def _text(name: str, derived: str | None, values: Sequence[str]) -> Holds | None:
    words = plain_form(values[0]).split()
    return (lambda view: all(word in plain_form(view.show(name)) for word in words)) if words else None


_READ: Mapping[str, Callable[[str, str | None, Sequence[str]], Holds | None]] = {
    "choice": _choice, "choices": _choice, "text": _text,
}  # fmt: skip
