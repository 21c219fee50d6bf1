"""Names that trees and ☰ menus use: levels that hang together, links, what is looked for, what is shown."""

from collections.abc import Iterable, Iterator

from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import Crossing, Tree
from portal.tenancy.tenant import Tenant

FILE = "desk.yaml"
Path = tuple[str | int, ...]


def tree_findings(tenant: Tenant) -> Iterator[Finding]:
    """Every name of trees, menus and pictograms that the folder does not define."""
    for name, tree in tenant.desk.trees.items():
        at = ("trees", name)
        yield from _unknown((*at, "roles"), "rôle inconnu", tree.roles, tenant.who.roles)
        shown: list[str] = []
        yield from _levels(tenant, tree, (*at, "levels"), shown)
        yield from _search(tenant, tree, (*at, "search"), shown)
        for key in ("titles", "signs"):
            yield from _unknown((*at, key), "niveau inconnu", getattr(tree, key), shown)
        for level, fields in tree.signs.items():
            yield from _signs(tenant, level, fields, (*at, "signs", level))
    for level, header in tenant.desk.headers.items():
        yield from _signs(tenant, level, header.signs, ("headers", level, "signs"))
    yield from _menus(tenant)


def _levels(tenant: Tenant, tree: Tree, at: Path, shown: list[str]) -> Iterator[Finding]:
    """Each level hangs under one of those before it, and comes once; `shown` takes them in."""
    for i, step in enumerate(tree.levels):
        level = _crossed(tenant, step, shown) if isinstance(step, Crossing) else step
        if level is None or (isinstance(step, Crossing) and not shown):
            yield _untied(tenant, step, (*at, i), shown)
            continue
        if level not in tenant.who.levels:
            yield Finding(FILE, (*at, i), unknown("niveau inconnu", level, tenant.who.levels))
            continue
        if level in shown:
            yield Finding(FILE, (*at, i), f"« {level} » est déjà dans cette arborescence")
        elif shown and step == level and tenant.level(level).parent not in shown:
            yield Finding(FILE, (*at, i), f"« {level} » n'est sous aucun des niveaux qui précèdent")
        shown.append(level)


def _crossed(tenant: Tenant, step: Crossing, shown: list[str]) -> str | None:
    """The level at the other end of a link; None when the level before is none of its ends."""
    link = tenant.who.links.get(step.link)
    ends = (link.origin, link.to) if link and shown else ()
    return next((b for a, b in (ends, ends[::-1]) if a == shown[-1]), None) if ends else None


def _untied(tenant: Tenant, step: str | Crossing, at: Path, shown: list[str]) -> Finding:
    assert isinstance(step, Crossing)
    if not shown:
        return Finding(FILE, at, "une arborescence commence par un niveau, non par un lien")
    known = [name for name, link in tenant.who.links.items() if shown[-1] in (link.origin, link.to)]
    return Finding(FILE, (*at, "link"), unknown("lien inconnu", step.link, known))


def _search(tenant: Tenant, tree: Tree, at: Path, shown: list[str]) -> Iterator[Finding]:
    if tree.search is None:
        return
    yield from _unknown(at, "niveau inconnu", [tree.search.level], shown, "level")
    lower = shown[shown.index(tree.search.level) + 1 :] if tree.search.level in shown else []
    for i, one in enumerate(tree.search.filters):
        if one.of is not None:
            yield from _unknown((*at, "filters", i), "niveau inconnu", [one.of], lower, "of")


def _signs(tenant: Tenant, level: str, names: list[str], at: Path) -> Iterator[Finding]:
    if level in tenant.who.levels:
        fields = tenant.fields(level)
        yield from _unknown(at, "champ inconnu", names, [n for n, f in fields.items() if f.icons])


def _menus(tenant: Tenant) -> Iterator[Finding]:
    desk = tenant.desk
    yield from _unknown(("menus",), "niveau inconnu", desk.menus, tenant.who.levels)
    for level, entries in desk.menus.items():
        if level not in tenant.who.levels:
            continue
        known = {
            "step": ("étape inconnue", [step.id for step in tenant.steps(level)]),
            "tab": ("onglet inconnu", [tab.id for tab in desk.tabs.get(level, ())]),
            "list": ("liste inconnue", list(desk.lists)),
        }
        for i, entry in enumerate(entries):
            for key, (what, names) in known.items():
                if name := getattr(entry, key):
                    yield from _unknown(("menus", level, i), what, [name], names, key)


def _unknown(
    at: Path, what: str, names: Iterable[str], known: Iterable[str], key: str | None = None
) -> Iterator[Finding]:
    """A finding for each name that is not known, at its place or at its own key."""
    options = list(known)
    for i, name in enumerate(names):
        if name not in options:
            yield Finding(FILE, (*at, key if key is not None else i), unknown(what, name, options))
