"""/<tenant>/catalogues: the catalogues a region offers, read on the screen."""

from collections.abc import Sequence

from flask import Response, make_response, render_template, request, url_for

from portal.domain.catalogue.catalogues import groups_of, page_of, state_of
from portal.domain.catalogue.cells import Listed, in_words
from portal.domain.catalogue.groups import Group
from portal.extensions import db
from portal.web.access import public
from portal.web.paging import Pages, here, page_wanted
from portal.web.public.asked import text
from portal.web.public.blueprint import blueprint
from portal.web.public.caching import kept, known
from portal.web.public.offered import declared, files_of, opened, unknown

SIZE = 20


@blueprint.get("/<tenant>/catalogues")
@public
def catalogues() -> Response:
    """The catalogues of a region, with how many sessions each holds today."""
    offered = [opened(name, words) for name, words in declared().items()]
    states = [state_of(db.session(), one) for one in offered]
    if (unchanged := known(*states)) is not None:
        return unchanged
    counted = [(one, state.count) for one, state in zip(offered, states, strict=True)]
    return kept(make_response(render_template("public/catalogues.html", counted=counted, files_of=files_of)), *states)


@blueprint.get("/<tenant>/catalogues/<name>")
@public
def catalogue_page(name: str) -> Response:
    """One catalogue, some sessions at a time: the whole of it, or one of its groups."""
    words = declared().get(name)
    if words is None:
        return unknown()
    catalogue = opened(name, words)
    facts = (state_of(db.session(), catalogue), catalogue.today)
    if (unchanged := known(*facts)) is not None:
        return unchanged
    groups = groups_of(db.session(), catalogue)
    chosen = next((group for group in groups if group.code == text(request.args, "groupe")), None)
    pages = _pages(chosen.count if chosen else sum(group.count for group in groups))
    listed = page_of(db.session(), catalogue, chosen, pages.offset, SIZE)
    page = render_template(
        "public/catalogue.html", catalogue=catalogue, groups=groups, chosen=chosen, pages=pages,
        files=files_of(catalogue), parts=_parts(listed, groups), in_words=in_words,
        columns=[c for c in words.columns if c.told_in("page") and c.value != "title"],
        group_href=lambda group: here(groupe=group.code if group else None),
        breadcrumbs=[("Catalogues", url_for("public.catalogues")), (words.label, None)],
    )  # fmt: skip
    return kept(make_response(page), *facts)


def _pages(total: int) -> Pages:
    """The page asked for; the last one when there are not so many."""
    pages = Pages(page_wanted(), SIZE, total)
    return Pages(min(pages.number, pages.last), SIZE, total)


def _parts(listed: Sequence[Listed], groups: Sequence[Group]) -> list[tuple[str, list[Listed]]]:
    """The sessions of a page under the words of their groups."""
    labels = {group.code: group.label for group in groups}
    parts: dict[str, list[Listed]] = {}
    for one in listed:
        parts.setdefault(labels.get(one.row.filed_under, one.row.filed_under), []).append(one)
    return list(parts.items())
