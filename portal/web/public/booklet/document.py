"""The document of a catalogue: cover, contents, then one block per session under the head of its group."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import IO

from portal.domain.catalogue.catalogues import EMPTY, Catalogue
from portal.domain.catalogue.cells import Listed, in_words
from portal.domain.catalogue.days import in_words as day_in_words
from portal.domain.catalogue.groups import Group
from portal.domain.fields.french import plural
from portal.tenancy.schema import CatalogueColumn
from portal.web.public.booklet.contents import Contents
from portal.web.public.booklet.fonts import BOLD
from portal.web.public.booklet.lines import Line, Style, labelled, lines_of, side_by_side
from portal.web.public.booklet.paper import MUTED, Paper

COVER = Style(BOLD, 24, 31)
PLACE = Style(size=13, leading=19, ink=MUTED)
INTRO = Style(size=11, leading=16, before=14)
HEAD = Style(BOLD, 15, 22)
TITLE = Style(BOLD, 10.5, 14, before=4)
FACT = Style(size=8.5, leading=11.5, before=1)


def write_booklet(
    file: IO[bytes], catalogue: Catalogue, groups: Sequence[Group], sessions: Iterable[tuple[str | None, Listed]]
) -> None:
    """Write a catalogue as PDF. The sessions come in order and are drawn as they come; none is kept."""
    words, tenant = catalogue.words, catalogue.tenant
    paper = Paper(file, title=words.label, author=f"{tenant.name}, {tenant.region}", subject=words.intro or words.label)
    _cover(paper, catalogue, sum(group.count for group in groups))
    if not groups:
        paper.draw(lines_of(EMPTY, INTRO, paper.room))
    else:
        contents = Contents(paper, catalogue.grouping.heading, groups)
        contents.leave_room()
        _sessions(paper, catalogue, contents, sessions)
        contents.fill()
    paper.close()


def _cover(paper: Paper, catalogue: Catalogue, count: int) -> None:
    tenant, words = catalogue.tenant, catalogue.words
    paper.y = paper.high * 0.68
    paper.canvas.bookmarkPage("couverture")
    paper.draw(lines_of(words.label, replace(COVER, ink=tenant.who.theme.brand), paper.room))
    paper.draw(lines_of(f"{tenant.name}, {tenant.region}", PLACE, paper.room))
    if words.intro:
        paper.draw(lines_of(words.intro, INTRO, paper.room))
    said = f"À jour du {day_in_words(catalogue.today)}"
    paper.draw(lines_of(f"{said} : {plural(count, 'session')}." if count else f"{said}.", INTRO, paper.room))
    for contact in tenant.who.contacts:
        known = ", ".join(filter(None, (contact.name, contact.phone, contact.mail)))
        if contact.phone or contact.mail:
            paper.draw(labelled(f"{contact.subject} :", f"{known} {contact.hours or ''}", INTRO, paper.room))


def _sessions(
    paper: Paper, catalogue: Catalogue, contents: Contents, sessions: Iterable[tuple[str | None, Listed]]
) -> None:
    columns = [c for c in catalogue.words.columns if c.value not in ("title", "address") and c.told_in("pdf")]
    head = replace(HEAD, ink=catalogue.tenant.who.theme.brand)
    present: str | bool | None = False  # no key is like it
    for key, one in sessions:
        if key != present:
            present = key
            paper.turn()
            paper.draw(lines_of(contents.begin(key), head, paper.room))
        else:
            paper.rule()
        paper.draw(_block(one, columns, paper.room))


def _block(one: Listed, columns: Sequence[CatalogueColumn], room: float) -> list[Line]:
    """A session: its title leads to its page, then every fact that has something to say."""
    told = ((column.label, in_words(one.cell(column.value))) for column in columns)
    facts = (labelled(f"{label} :", said, FACT, room) for label, said in told if said)
    return lines_of(one.row.title, TITLE, room, link=one.address) + side_by_side(facts, room)
