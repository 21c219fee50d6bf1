"""What is looked for in the trees of desk.yaml: words and filters that PostgreSQL can say; what their lines say."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from sqlalchemy.orm import Session

from portal.domain.checking.common import Path
from portal.domain.conditions import ConditionError
from portal.domain.desk.among import Among
from portal.domain.desk.filters import sayable
from portal.domain.desk.searching import searched_text
from portal.domain.people import SYSTEM
from portal.domain.sheets.naming import is_name, names_on, said_in
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import TreeSearch
from portal.tenancy.tenant import Tenant
from portal.tenancy.ties import ties_of

FILE = "desk.yaml"


def check_trees(tenant: Tenant) -> Iterator[Finding]:
    """The words, the filters and the titles of each tree."""
    for name, tree in tenant.desk.trees.items():
        for level, patterns in tree.titles.items():
            for i, pattern in enumerate(patterns):
                yield from _title(tenant, level, pattern, ("trees", name, "titles", level, i))
        if tree.search is not None:
            yield from _search(tenant, tree.search, ("trees", name, "search"))


def _title(tenant: Tenant, level: str, pattern: str, at: Path) -> Iterator[Finding]:
    """Names of the sheet or of those above; not across a link, which would be read for each line."""
    for name in said_in(pattern):
        if not is_name(tenant, level, name) or name.partition(".")[0] in ties_of(tenant, level):
            yield Finding(FILE, at, unknown("nom inconnu", name, names_on(tenant, level)))


def _search(tenant: Tenant, search: TreeSearch, at: Path) -> Iterator[Finding]:
    among = _among(tenant, search.level)
    for i, name in enumerate(search.words):
        try:
            found = searched_text(among.speech, name) is not None
        except (ConditionError, LookupError):
            found = False
        if not found:
            yield Finding(FILE, (*at, "words", i), f"recherche impossible dans « {name} »")
    for i, one in enumerate(search.filters):
        if not sayable(_among(tenant, one.of or search.level), one):
            name = one.axis or one.field or one.id
            yield Finding(FILE, (*at, "filters", i), f"filtre impossible sur « {name} »")


def _among(tenant: Tenant, level: str) -> Among:
    """Only to say things with: nothing is read."""
    return Among(cast(Session, None), tenant, SYSTEM, level, date.min)
