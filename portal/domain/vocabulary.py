"""The terms: what a field means, whatever a region calls it. `vocabulary.csv` holds them, `docs/terms.md` lists them.

A field tied to a term (`as: session.start`) feeds lists and deadlines, the public page, the LHÉO document, and the
passage of an offer from one region to another. A new term is a line of the file.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from portal.domain.fields import KINDS

_FILE = Path(__file__).with_suffix(".csv")
_UNLIKE = frozenset({"rows", "address", "file", "boolean"})


@dataclass(frozen=True)
class Term:
    """One meaning.

    `kind` is the kind of its value, `others` the kinds that may say it too; `lheo` its path in LHÉO 2.3, None where
    LHÉO has no place for it; `table` its official codes; `multiple` whether it holds several values; `within` the term
    of the rows in which it is read; `private` whether only the targets said to be private may receive it.
    """

    name: str
    kind: str
    french: str
    lheo: str | None = None
    multiple: bool = False
    within: str | None = None
    others: tuple[str, ...] = ()
    table: str | None = None
    private: bool = False

    def fits(self, kind: str) -> bool:
        """Whether a field of this kind may say it: its kind, another one named, one alike, or a derived value."""
        if kind in (self.kind, *self.others, "computed", "inherited"):
            return True
        if kind in _UNLIKE or self.kind in _UNLIKE or kind not in KINDS:
            return False
        return KINDS[kind].condition_type is KINDS[self.kind].condition_type


def _term(row: Mapping[str, str]) -> Term:
    return Term(
        name=row["term"],
        kind=row["kind"],
        french=row["french"],
        lheo=row["lheo"] or None,
        multiple=bool(row["multiple"]),
        within=row["within"] or None,
        others=tuple(row["also"].split()),
        table=row["table"] or None,
        private=bool(row["private"]),
    )


def _load() -> Mapping[str, Term]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return MappingProxyType({term.name: term for term in map(_term, csv.DictReader(lines))})


TERMS: Mapping[str, Term] = _load()
"""The terms, by name."""

TYPED_COLUMNS: Mapping[str, str] = MappingProxyType(
    {"session.start": "starts_on", "session.end": "ends_on", "session.seats": "seats", "session.venue": "insee"}
)
"""Terms mirrored on the sheet's own columns, for lists and deadlines."""
