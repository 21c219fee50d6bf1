"""What a region's forms must say before any LHÉO document can be made of its sheets. For the check of its folder."""

from collections.abc import Iterator, Mapping

from portal.domain import lheo_tables
from portal.domain.lheo.composing import FILLED, UNKNOWN
from portal.domain.lheo.delivering import FORMAT
from portal.domain.lheo.gathering import BOOLEANS
from portal.domain.lheo.offers import ALIASES, RESPONSIBLE
from portal.domain.lheo.structure import ELEMENTS
from portal.domain.vocabulary import TERMS, Term
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema.flows import Said, Target
from portal.tenancy.tenant import Tenant

FILE = "flows.yaml"
LACKS = (
    "le document LHÉO demande « {label} » : liez-y un champ (as: {terms}), ou dites-le pour toutes les fiches (says)"
)
DERIVED: Mapping[str, str] = {"formation.certifying": "formation.certification"}
"""Terms that follow from another."""


def lheo_findings(tenant: Tenant) -> Iterator[Finding]:
    """Terms that LHÉO wants, that no field gives and nobody may make up; constants that are none."""
    for name, target in tenant.flows.targets.items():
        for term, value in target.says.items():
            if (wrong := _wrong(term, value)) is not None:
                yield Finding(FILE, ("targets", name, "says", term), wrong)
        if target.format == FORMAT:
            yield from _lacking(tenant, name, target)


def _lacking(tenant: Tenant, name: str, target: Target) -> Iterator[Finding]:
    level = next((f.per for f in tenant.flows.flows if f.target == name and f.per), None) or tenant.session_level
    if level not in tenant.who.levels:
        return
    levels = [level, *tenant.ancestors(level), *tenant.descendants(level)]
    for path in wanted():
        terms = ALIASES[path]
        known = [*terms, *(DERIVED[term] for term in terms if term in DERIVED)]
        said = any(term in target.says or any(tenant.term_field(lv, term) for lv in levels) for term in known)
        if not said:
            label = ELEMENTS[path.rpartition("/")[2]].label
            yield Finding(FILE, ("targets", name, "format"), LACKS.format(label=label, terms=", ".join(terms)))


def wanted(path: str = "formation") -> Iterator[str]:
    """The places that must be said and that nothing stands for; who answers for an offer is always known."""
    for rule in ELEMENTS[path.rpartition("/")[2]].children:
        place = f"{path}/{rule.name}"
        if not rule.least or rule.name in UNKNOWN or rule.name in FILLED or place == RESPONSIBLE:
            continue
        if place in ALIASES:
            yield place
        elif ELEMENTS[rule.name].children:
            yield from wanted(place)


def _wrong(name: str, value: Said) -> str | None:
    term = TERMS.get(name)
    if term is None:
        return unknown("terme inconnu", name, TERMS)
    if term.lheo is None:
        return f"« {name} » n'a pas de place en LHÉO"
    if not _of_kind(term, value):
        return f"« {name} » attend {'oui ou non' if term.kind == 'boolean' else 'une valeur de son type'}"
    codes = lheo_tables.find(term.table) if term.table else None
    given = value if isinstance(value, list) else [value]
    strange = [str(one) for one in given if codes is not None and one not in codes.labels]
    return f"« {strange[0]} » n'est pas un code de {term.table}" if strange else None


def _of_kind(term: Term, value: Said) -> bool:
    if term.kind == "boolean":
        return value in BOOLEANS
    if term.kind in ("rows", "address", "site", "organisation", "contact"):
        return False
    return term.multiple or isinstance(value, str)
