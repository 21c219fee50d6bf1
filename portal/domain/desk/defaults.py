"""What a list is asked when nobody has asked: the values the region answers for its filters."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from portal.domain.desk.among import Among
from portal.domain.desk.filters import offered_filters
from portal.tenancy.schema import Filter, ListView
from portal.tenancy.tenant import Tenant

Words = Mapping[str, Sequence[str]]
GREATEST = "greatest"


def with_defaults(session: Session, tenant: Tenant, view: ListView, words: Words, among: Among) -> Words:
    """The words asked, with the values of the filters nobody has answered. A filter that is required is always
    answered; another one only while nothing at all is asked. One query for each value to be found in the sheets.
    """
    nothing = not any(value for values in words.values() for value in values)
    found = dict(words)
    for place, one in enumerate(view.filters):
        given = any(words.get(one.id, ()))
        if one.default and not given and (one.required or nothing):
            before = view.model_copy(update={"filters": [*view.filters[:place], one], "search": []})
            found[one.id] = _default(session, tenant, before, one, found, among)
    return found


def _default(
    session: Session, tenant: Tenant, view: ListView, one: Filter, words: Words, among: Among
) -> Sequence[str]:
    if one.default != GREATEST:
        return one.default
    known = [value for value, _ in offered_filters(session, tenant, view, words, among)[-1].choices]
    return [max(known, key=_order)] if known else []


def _order(value: str) -> tuple[int, str]:
    """Numbers as numbers, before which whatever is none."""
    return (int(value) if value.isdecimal() else -1, value)
