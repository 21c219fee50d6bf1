"""The headings of a file against those an import declares: missing, twice, unknown, all told at once."""

from collections.abc import Iterator

from portal.domain.imports.table import Table, bare, letters
from portal.tenancy.faults import nearest
from portal.tenancy.schema import Import

NO_HEADING = "Ce fichier n'a pas de ligne de titres."
NO_LINE = "Ce fichier n'a aucune ligne sous ses titres."
MISSING = "La colonne « {name} » manque{near}."
TWICE = "La colonne « {name} » est écrite deux fois."
UNKNOWN = "La colonne « {name} » n'est pas connue : elle n'est pas lue{near}."


def headings_of(definition: Import) -> list[str]:
    """Every heading an import reads, once, in the order of its declaration."""
    return list(dict.fromkeys(filter(None, _written(definition))))


def _written(definition: Import) -> Iterator[str | None]:
    yield definition.series
    yield definition.programme.column if definition.programme else None
    for sheet in definition.sheets:
        yield from sheet.key
        yield sheet.code
        yield sheet.parent.column if sheet.parent else None
    for organisation in definition.organisations.values():
        site = organisation.site
        yield from (organisation.siret, organisation.name, organisation.code)
        yield from (site.name, site.code, site.postal_code, site.town) if site else ()
    for person in definition.people:
        yield from (person.mail, person.name)
    for contact in definition.contacts:
        yield from (contact.key, contact.name, contact.mail, contact.phone)
    yield from (link.to for link in definition.links)
    for sheet in definition.sheets:
        yield from (column.column for column in sheet.columns)


def match_headings(table: Table, definition: Import) -> None:
    """Fill `table.at`, or tell every fault of the headings."""
    if not table.headings:
        if not table.faults.count:
            table.faults.add(NO_HEADING)
        return
    wanted = headings_of(definition)
    found: dict[str, int] = {}
    line = table.heading_line
    for place, heading in enumerate(table.headings):
        if heading and bare(heading) in found:
            table.faults.add(TWICE.format(name=heading), line, heading, f"{letters(place)}{line}", heading)
        elif heading:
            found[bare(heading)] = place
    names = {bare(name): name for name in wanted}
    unread = [table.headings[place] for name, place in found.items() if name not in names]
    missing = [name for name in wanted if bare(name) not in found]
    for name in missing:
        table.faults.add(MISSING.format(name=name, near=_near(name, unread)), line, name)
    for name in unread:
        place = found[bare(name)]
        words = UNKNOWN.format(name=name, near=_near(name, missing))
        table.warnings.add(words, line, name, f"{letters(place)}{line}", name)
    if not table.faults.count:
        table.at = {name: found[bare(name)] for name in wanted}
        if not table.lines:
            table.faults.add(NO_LINE)


def _near(name: str, others: list[str]) -> str:
    words = nearest(name, others)
    return words.removesuffix(" ?") if "vouliez-vous" in words else ""
