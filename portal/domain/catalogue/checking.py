"""What a region's public page asks for and may not have: names that lead nowhere, or to what is not public."""

from collections.abc import Iterable, Iterator

from portal.domain.catalogue.cells import SOURCES
from portal.domain.catalogue.public_view import names_in, private_names
from portal.domain.language import condition
from portal.domain.sheets.certified import KIND
from portal.domain.sheets.special import SPECIAL
from portal.domain.vocabulary import TERMS
from portal.tenancy.faults import Finding
from portal.tenancy.schema import PublicCatalogue, PublicFile, PublicSection
from portal.tenancy.tenant import Tenant

FILE = "public.yaml"
MOMENTS = ("published_at", "approved_at")
Path = tuple[str | int, ...]


def check_public(tenant: Tenant) -> Iterator[Finding]:
    """The faults of `public.yaml` that its shape does not show. Publishing is safe without: such names say nothing."""
    public = tenant.public
    if public is None:
        return
    for at, pattern in (("title",), public.title), (("visible_until",), f"{{{public.visible_until or 'code'}}}"):
        yield from _names(tenant, names_in(pattern), at)
    if public.valid_code is not None:
        yield from _certification(tenant, public.level, public.valid_code, ("valid_code",))
    for s, section in enumerate(public.sections):
        yield from _section(tenant, section, ("sections", s))
    if public.events is not None:
        yield from _names(tenant, [public.events.field], ("events", "field"))
        patterns = (public.events.what, public.events.where)
        yield from _cells(tenant, public.level, public.events.field, patterns, ("events",))
    for name, catalogue in public.catalogues.items():
        yield from _catalogue(tenant, public, catalogue, ("catalogues", name))


def _certification(tenant: Tenant, level: str, dotted: str, at: Path) -> Iterator[Finding]:
    head, _, rest = dotted.partition(".")
    field = tenant.field(head, rest) if rest and head in tenant.ancestors(level) else tenant.field(level, dotted)
    if field is None or field.kind != KIND:
        yield Finding(FILE, at, f"« {dotted} » n'est pas une certification de la fiche, ni d'une fiche au-dessus")


def _section(tenant: Tenant, section: PublicSection, at: Path) -> Iterator[Finding]:
    assert tenant.public is not None
    level = tenant.public.level
    yield from _condition(tenant, level, section.when, (*at, "when"))
    if section.each is not None:
        if section.each not in tenant.descendants(level):
            yield Finding(FILE, (*at, "each"), f"« {section.each} » n'est pas un niveau au-dessous de « {level} »")
            return
        level = section.each
    for n, item in enumerate(section.items):
        where = (*at, "items", n)
        if item.each is not None:
            yield from _names(tenant, [item.each], (*where, "each"), level)
            yield from _cells(tenant, level, item.each, (item.value,), (*where, "value"))
        else:
            yield from _names(tenant, names_in(item.value), (*where, "value"), level)
        yield from _names(tenant, names_in(item.strong or ""), (*where, "strong"), level)
        yield from _condition(tenant, level, item.when, (*where, "when"))


def _catalogue(tenant: Tenant, public: PublicFile, catalogue: PublicCatalogue, at: Path) -> Iterator[Finding]:
    """Its columns say what the public page says, and nothing else: what is not public cannot be reached from here."""
    for programme in catalogue.programmes:
        if programme not in tenant.who.programmes:
            yield Finding(FILE, (*at, "programmes"), f"programme inconnu : « {programme} »")
    items = {f"{section.id}.{item.id}" for section in public.sections for item in section.items}
    seen: set[str] = set()
    for n, column in enumerate(catalogue.columns):
        if column.value not in SOURCES and column.value not in items:
            words = f"« {column.value} » n'est ni un fait de la session, ni une ligne de la page publique"
            yield Finding(FILE, (*at, "columns", n, "value"), words)
        if column.id in seen:
            yield Finding(FILE, (*at, "columns", n, "id"), f"colonne en double : « {column.id} »")
        seen.add(column.id)


def _names(tenant: Tenant, names: Iterable[str], at: Path, level: str | None = None) -> Iterator[Finding]:
    public = tenant.public
    assert public is not None
    for name in names:
        if not is_name(tenant, level or public.level, name):
            yield Finding(FILE, at, f"nom inconnu : « {name} »")
    for name in private_names(tenant, level or public.level, names):
        yield Finding(FILE, at, f"« {name} » n'est pas public (public: false) : il ne peut pas figurer sur la page")


def _condition(tenant: Tenant, level: str, source: str | None, at: Path) -> Iterator[Finding]:
    """What is shown may not depend on what is not public: its mere presence would tell."""
    if source is None:
        return
    names = condition(tenant, level, source).names
    for name in private_names(tenant, level, sorted(n.replace(".*", "") for n in names)):
        words = f"« {name} » n'est pas public (public: false) : ce qui est montré ne peut pas en dépendre"
        yield Finding(FILE, at, words)


def _cells(tenant: Tenant, level: str, dotted: str, patterns: Iterable[str], at: Path) -> Iterator[Finding]:
    above, _, name = dotted.rpartition(".")
    field = tenant.field(above or level, name)
    cells = {cell.id: cell for cell in field.fields} if field else {}
    for said in (name for pattern in patterns for name in names_in(pattern)):
        cell = cells.get(said.partition(".")[0])
        if cell is None and not is_name(tenant, level, said):
            yield Finding(FILE, at, f"nom inconnu dans une ligne : « {said} »")
        elif cell is not None and not cell.public:
            yield Finding(FILE, at, f"« {said} » n'est pas public (public: false)")


def is_name(tenant: Tenant, level: str, name: str) -> bool:
    """Whether a pattern may say this name on sheets of a level."""
    head, _, rest = name.partition(".")
    if name in MOMENTS or name in SPECIAL or name in TERMS or tenant.field(level, head) is not None:
        return True
    if head == "state":
        return rest in tenant.workflow.axes
    return bool(rest) and head in [level, *tenant.ancestors(level)] and is_name(tenant, head, rest)
