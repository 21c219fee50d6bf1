"""What a region's public page asks for and may not have: names that lead nowhere, or to what is not public."""

from collections.abc import Iterable, Iterator

from portal.domain.catalogue.public_view import names_in, private_names
from portal.domain.language import condition
from portal.domain.sheets.special import SPECIAL
from portal.domain.vocabulary import TERMS
from portal.tenancy.faults import Finding
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
    for s, section in enumerate(public.sections):
        yield from _condition(tenant, section.when, ("sections", s, "when"))
        for n, item in enumerate(section.items):
            yield from _names(tenant, names_in(item.value), ("sections", s, "items", n, "value"))
            yield from _condition(tenant, item.when, ("sections", s, "items", n, "when"))
    if public.events is not None:
        yield from _names(tenant, [public.events.field], ("events", "field"))
        yield from _cells(tenant, public.events.field, (public.events.what, public.events.where))


def _names(tenant: Tenant, names: Iterable[str], at: Path) -> Iterator[Finding]:
    public = tenant.public
    assert public is not None
    for name in names:
        if not _known(tenant, public.level, name):
            yield Finding(FILE, at, f"nom inconnu : « {name} »")
    for name in private_names(tenant, public.level, names):
        yield Finding(FILE, at, f"« {name} » n'est pas public (public: false) : il ne peut pas figurer sur la page")


def _condition(tenant: Tenant, source: str | None, at: Path) -> Iterator[Finding]:
    """What is shown may not depend on what is not public: its mere presence would tell."""
    public = tenant.public
    if source is None or public is None:
        return
    names = condition(tenant, public.level, source).names
    for name in private_names(tenant, public.level, sorted(n.replace(".*", "") for n in names)):
        words = f"« {name} » n'est pas public (public: false) : ce qui est montré ne peut pas en dépendre"
        yield Finding(FILE, at, words)


def _cells(tenant: Tenant, dotted: str, patterns: Iterable[str]) -> Iterator[Finding]:
    assert tenant.public is not None
    level, _, name = dotted.rpartition(".")
    field = tenant.field(level or tenant.public.level, name)
    cells = {cell.id: cell for cell in field.fields} if field else {}
    for said in (name for pattern in patterns for name in names_in(pattern)):
        cell = cells.get(said.partition(".")[0])
        if cell is None and not _known(tenant, tenant.public.level, said):
            yield Finding(FILE, ("events",), f"nom inconnu dans une ligne : « {said} »")
        elif cell is not None and not cell.public:
            yield Finding(FILE, ("events",), f"« {said} » n'est pas public (public: false)")


def _known(tenant: Tenant, level: str, name: str) -> bool:
    head, _, rest = name.partition(".")
    if name in MOMENTS or name in SPECIAL or name in TERMS or tenant.field(level, head) is not None:
        return True
    if head == "state":
        return rest in tenant.workflow.axes
    return bool(rest) and head in [level, *tenant.ancestors(level)] and _known(tenant, head, rest)
