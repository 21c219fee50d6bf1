"""imports.yaml: every level, field, role, programme, duty, link and organisation it names, and parents before their
children.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from portal.domain.checking.common import Path
from portal.domain.fields import KINDS, Context, Fault
from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import FormField, Import, ImportedColumn, ImportedSheet
from portal.tenancy.tenant import Tenant

FILE = "imports.yaml"
TAKEN = ("organisation", "site")
"""Kinds of field that take an organisation of the line."""
CLOSED = ("rows", "file", "address", "contact", "person", "computed", "inherited")
"""Kinds of field that no single cell can fill."""


def check_imports(tenant: Tenant) -> Iterator[Finding]:
    """Everything imports.yaml names that the region does not have."""
    for name, definition in tenant.imports.imports.items():
        at: Path = ("imports", name)
        if definition.help is not None:
            yield from _known("aide inconnue", [definition.help], tenant.help, (*at, "help"))
        yield from _known("rôle inconnu", definition.roles, tenant.who.roles, (*at, "roles"))
        yield from _programme(tenant, definition, (*at, "programme"))
        yield from _people(tenant, definition, (*at, "people"))
        levels: list[str] = []
        for i, sheet in enumerate(definition.sheets):
            yield from _sheet(tenant, definition, sheet, levels, (*at, "sheets", i))
            levels.append(sheet.level)
        yield from _contacts(tenant, definition, (*at, "contacts"))
        yield from _links(tenant, definition, levels, (*at, "links"))
        if not definition.sheets and not definition.contacts:
            yield Finding(FILE, at, "un import fait des fiches (« sheets ») ou des contacts (« contacts »)")


def _known(what: str, names: Iterable[str], known: Iterable[str], at: Path) -> Iterator[Finding]:
    known = list(known)
    yield from (Finding(FILE, at, unknown(what, name, known)) for name in names if name not in known)


def _programme(tenant: Tenant, definition: Import, at: Path) -> Iterator[Finding]:
    programme = definition.programme
    if programme is None:
        return
    if (programme.column is None) == (programme.fixed is None):
        yield Finding(FILE, at, "le programme vient d'une colonne (« column ») ou est toujours le même (« fixed »)")
    fixed = [programme.fixed] if programme.fixed else []
    yield from _known("programme inconnu", fixed, tenant.who.programmes, (*at, "fixed"))
    for text, name in programme.values.items():
        yield from _known("programme inconnu", [name], tenant.who.programmes, (*at, "values", text))


def _people(tenant: Tenant, definition: Import, at: Path) -> Iterator[Finding]:
    levels = [sheet.level for sheet in definition.sheets]
    for i, person in enumerate(definition.people):
        if (person.organisation is None) == (person.sheet is None):
            yield Finding(
                FILE, (*at, i), "une personne l'est d'un organisme (« organisation ») ou d'une fiche (« sheet »)"
            )
            continue
        named = [person.organisation] if person.organisation else []
        yield from _known("organisme inconnu", named, definition.organisations, (*at, i, "organisation"))
        yield from _known("niveau non décrit", [person.sheet] if person.sheet else [], levels, (*at, i, "sheet"))
        role = tenant.role(person.role)
        if role is None:
            yield from _known("rôle inconnu", [person.role], tenant.who.roles, (*at, i, "role"))
        elif role.side != "org" or role.scope != (person.sheet or "organisation"):
            holder = f"une fiche « {person.sheet} »" if person.sheet else "un organisme"
            words = f"le rôle « {person.role} » ne se tient pas pour {holder} : un fichier ne le donne pas"
            yield Finding(FILE, (*at, i, "role"), words)


def _contacts(tenant: Tenant, definition: Import, at: Path) -> Iterator[Finding]:
    if definition.contacts and definition.series:
        yield Finding(FILE, at, "un import en plusieurs séries (« series ») ne suit pas des contacts")
    for i, one in enumerate(definition.contacts):
        yield from _known("organisme inconnu", [one.organisation], definition.organisations, (*at, i, "organisation"))
        yield from _known("mission inconnue", one.duties, tenant.who.directory.duties, (*at, i, "duties"))


def _links(tenant: Tenant, definition: Import, levels: list[str], at: Path) -> Iterator[Finding]:
    for i, one in enumerate(definition.links):
        link = tenant.who.links.get(one.link)
        if link is None:
            yield from _known("lien inconnu", [one.link], tenant.who.links, (*at, i, "link"))
        elif link.origin not in levels:
            words = f"le niveau « {link.origin} », d'où part le lien, n'est pas décrit dans « sheets »"
            yield Finding(FILE, (*at, i, "link"), words)


def _sheet(tenant: Tenant, definition: Import, sheet: ImportedSheet, before: list[str], at: Path) -> Iterator[Finding]:
    if sheet.level not in tenant.who.levels:
        yield from _known("niveau inconnu", [sheet.level], tenant.who.levels, (*at, "level"))
        return
    if sheet.level in before:
        yield Finding(FILE, (*at, "level"), f"le niveau « {sheet.level} » est déjà décrit")
    parent = tenant.level(sheet.level).parent
    if sheet.parent is not None and parent is None:
        yield Finding(FILE, (*at, "parent"), f"le niveau « {sheet.level} » n'a pas de parent")
    if sheet.update_only:
        yield from _update_only(tenant, sheet, at)
    elif sheet.parent is None and parent is not None and parent not in before:
        words = f"« parent » manque : le niveau « {parent} » n'est pas décrit avant « {sheet.level} »"
        yield Finding(FILE, at, words)
    if sheet.organisation is not None:
        yield from _known("organisme inconnu", [sheet.organisation], definition.organisations, (*at, "organisation"))
    fields = tenant.fields(sheet.level)
    seen: set[str] = set()
    for i, column in enumerate(sheet.columns):
        path = (*at, "columns", i)
        if column.field in seen:
            yield Finding(FILE, (*path, "field"), f"le champ « {column.field} » est déjà rempli")
        seen.add(column.field)
        if column.field not in fields:
            yield from _known("champ inconnu", [column.field], fields, (*path, "field"))
        else:
            yield from _column(definition, column, fields[column.field], path)


def _update_only(tenant: Tenant, sheet: ImportedSheet, at: Path) -> Iterator[Finding]:
    fields = tenant.fields(sheet.level)
    if sheet.code is None or sheet.parent is not None or sheet.organisation is not None:
        yield Finding(
            FILE, at, "« update_only » trouve la fiche par son seul code : « code », sans parent ni organisme"
        )
    if tenant.level(sheet.level).code.restart == "parent":
        yield Finding(
            FILE,
            at,
            f"le code d'une fiche « {sheet.level} » ne suffit pas à la trouver : il reprend sous chaque parent",
        )
    for i, column in enumerate(sheet.columns):
        if column.field in fields and fields[column.field].origin != "imported":
            words = f"« update_only » ne change que des champs importés : « {column.field} » ne l'est pas"
            yield Finding(FILE, (*at, "columns", i, "field"), words)


def _column(definition: Import, column: ImportedColumn, field: FormField, at: Path) -> Iterator[Finding]:
    said = [column.column, column.value, column.organisation]
    if sum(one is not None for one in said) != 1:
        yield Finding(FILE, at, "un champ prend une colonne (« column »), une valeur (« value ») ou un organisme")
    if column.organisation is not None:
        yield from _known("organisme inconnu", [column.organisation], definition.organisations, (*at, "organisation"))
        if field.kind not in TAKEN:
            yield Finding(FILE, (*at, "organisation"), f"le champ « {field.id} » n'est ni un organisme ni un site")
    elif field.kind in (*CLOSED, *TAKEN) or field.value is not None:
        yield Finding(FILE, (*at, "field"), f"une cellule ne remplit pas un champ de type « {field.kind} »")
    elif column.value is not None:
        try:
            KINDS[field.kind].clean(column.value, field, Context(date.today(), trusted=True))
        except Fault as fault:
            yield Finding(FILE, (*at, "value"), fault.message)
