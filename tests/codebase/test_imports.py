"""The arrows of the architecture, read in the syntax trees: who imports whom, and from where."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "portal").rglob("*.py"))

LEAVES = ("settings", "extensions", "ids")
# What puts the parts together, and may know them all; a worker is a process, with an entry point of its own.
COMPOSITION = ("portal.__main__", "portal.models", "portal.commands", "portal.local", "portal.jobs.worker")
# The rooms of the domain: each may import those of its line and of the lines above.
RANKS: tuple[tuple[str, ...], ...] = (
    ("vocabulary", "lheo_tables", "conditions", "fields", "rules", "workflow", "columns", "people"),
    ("journal",),
    ("organisations", "reference"),
    ("habits",),
    ("language",),
    ("sheets",),
    ("enrolments", "corrections"),
    ("facts",),
    ("entry", "attachments"),
    ("directory",),
    ("lheo", "catalogue", "deliveries", "mails"),
    ("desk", "accounts"),
    ("moves", "checking"),
    ("imports", "batches"),
)
RANK_OF = {room: rank for rank, rooms in enumerate(RANKS) for room in rooms}
AREAS = ("org", "validator", "admin", "imports", "public", "api", "account")


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of each import of ours, the name imported included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def room_of(dotted: str) -> tuple[str, str]:
    """(house, room) of a module: ('domain', 'sheets'), ('web', 'org'), ('tenancy', ''), ('leaf', 'settings')…"""
    parts = dotted.split(".")
    if any(dotted == name or dotted.startswith(name + ".") for name in COMPOSITION):
        return "composition", parts[1]
    house = parts[1] if len(parts) > 1 else ""
    if house in LEAVES:
        return "leaf", house
    if house in ("domain", "web"):
        return house, parts[2] if len(parts) > 2 else ""
    if house in ("tenancy", "jobs", "logs"):
        return house, ""
    return "composition", house


def fault(importer: str, imported: str) -> str | None:
    """Why an import is not an arrow of the architecture; None when it is one."""
    (house, room), (to_house, to_room) = room_of(importer), room_of(imported)
    allowed = {
        "leaf": {"leaf"},
        "tenancy": {"leaf", "tenancy"},
        "domain": {"leaf", "tenancy", "domain"},
        "logs": {"leaf"},
        "web": {"leaf", "tenancy", "domain", "web", "logs"},
        "jobs": {"leaf", "tenancy", "domain", "jobs", "logs"},
    }
    if house == "composition":
        return None
    if to_house not in allowed[house]:
        return f"{house} does not import {to_house}"
    if house == to_house == "web" and room != to_room and to_room in AREAS:
        return f"web's {room} does not import the area {to_room}"
    if house == to_house == "domain" and room and to_room and room != to_room:
        return _fault_in_domain(room, to_room)
    return None


def _fault_in_domain(room: str, to_room: str) -> str | None:
    unknown = {room, to_room} - RANK_OF.keys()
    if unknown:
        return f"the domain has no room {unknown} in {__file__}"
    return None if RANK_OF[to_room] <= RANK_OF[room] else f"{room} does not import {to_room}, which comes later"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))

    faults = [
        f"{path.relative_to(ROOT)}:{line}: {problem}"
        for line, imported in imports_of(tree)
        if imported.startswith("portal.") and (problem := fault(name_of(path), imported))
    ]

    assert faults == []


def test_no_two_rooms_of_the_domain_need_each_other():
    needs: dict[str, set[str]] = {room: set() for room in RANK_OF}
    for path in MODULES:
        house, room = room_of(name_of(path))
        if house == "domain" and room:
            found = (room_of(name) for _, name in imports_of(ast.parse(path.read_text(encoding="utf-8"))))
            needs[room] |= {
                to_room for to_house, to_room in found if to_house == "domain" and to_room not in ("", room)
            }

    assert [name for name in needs if name in _reached_from(name, needs)] == []


def _reached_from(room: str, needs: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    todo = list(needs[room])
    while todo:
        following = todo.pop()
        if following not in reached:
            reached.add(following)
            todo += needs.get(following, ())
    return reached


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_stand_at_the_top(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]

    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno} in {function.name}"
        for function in functions
        if not (name_of(path) == "portal" and function.name == "create_app")
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]

    assert hidden == []


@pytest.mark.parametrize("path", [p for p in MODULES if "domain" in p.parts or "tenancy" in p.parts], ids=name_of)
def test_the_domain_knows_neither_requests_nor_queues(path):
    outside = {"flask", "flask_login", "flask_wtf", "wtforms", "werkzeug", "rq", "redis", "htmx_flask", "flask_limiter"}
    tree = ast.parse(path.read_text(encoding="utf-8"))

    known = [imported for _, imported in imports_of(tree) if imported.split(".")[0] in outside]

    assert known == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("portal.domain.sheets.queries", "portal.domain.moves.perform"),
        ("portal.domain.journal.actions", "portal.domain.organisations.models"),
        ("portal.jobs.deliver", "portal.models"),
        ("portal.domain.sheets.queries", "portal.web.access"),
        ("portal.domain.sheets.queries", "portal.jobs.queue"),
        ("portal.web.org.lists", "portal.jobs.queue"),
        ("portal.jobs.deliver", "portal.web.answers"),
        ("portal.web.org.lists", "portal.web.validator.desk"),
        ("portal.web.context", "portal.web.account.sign_in"),
        ("portal.tenancy.loader", "portal.domain.fields"),
        ("portal.settings", "portal.tenancy.scope"),
        ("portal.web.org.lists", "portal.commands.demo"),
        ("portal.domain.cellar.models", "portal.domain.sheets.models"),
    ],
)
def test_an_arrow_not_drawn_is_seen(importer, imported):
    assert fault(importer, imported)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("portal.domain.moves.perform", "portal.domain.sheets.models"),
        ("portal.domain.sheets.queries", "portal.domain.sheets.models"),
        ("portal.web.org.lists", "portal.web.access"),
        ("portal.web.org.lists", "portal.domain.moves.perform"),
        ("portal.jobs.deliver", "portal.domain.deliveries.actions"),
        ("portal.commands.demo", "portal.web.org.lists"),
        ("portal.domain.sheets.models", "portal.tenancy.scope"),
    ],
)
def test_an_arrow_drawn_is_let_through(importer, imported):
    assert fault(importer, imported) is None


def test_no_region_is_named_outside_its_folder():
    slugs = {path.name for path in (ROOT / "tenants").iterdir() if path.is_dir() and not path.name.startswith("_")}
    words = {word for slug in slugs for word in (slug, slug.split("-")[-1])}
    watched = [
        path
        for folder in ("portal", "templates", "static")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".css", ".js", ".xml", ".txt"} and "vendor" not in path.parts
    ]

    named = [
        f"{path.relative_to(ROOT)}:{number}: {word}"
        for path in watched
        for number, line in enumerate(path.read_text(encoding="utf-8").casefold().splitlines(), 1)
        for word in words & set("".join(c if c.isalnum() else " " for c in line).split())
    ]

    assert named == []
    assert slugs
