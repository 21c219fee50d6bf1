"""The home of the area: what waits, what came back, what was decided, the figures of the region."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, g, request, url_for

from portal.domain.desk.counters import Figure, figures
from portal.domain.desk.lists import lists_for
from portal.domain.desk.news import decided, sent_back
from portal.domain.desk.tasks import SIZE, TaskLine, basket
from portal.domain.moves.perform import local_day
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import answer, is_partial, redirect_to
from portal.web.org.blueprint import blueprint
from portal.web.org.heads import sheet_href
from portal.web.paging import Pages, here, page_wanted


@blueprint.get("/")
@member()
def home() -> Response:
    """The basket, or the figures, or the first list: what the region opens for the person's role."""
    lists = lists_for(g.tenant, g.actor)
    if _opens() == "list" and lists:
        list_id, view = next(iter(lists.items()))
        return redirect_to(url_for("org.show_list", level_id=view.level, liste=list_id))
    now = datetime.now(UTC)
    day = local_day(g.tenant, now)
    context = _basket(day)
    if not is_partial():
        context |= {
            "back": sent_back(db.session(), g.tenant, g.actor),
            "news": decided(db.session(), g.tenant, g.actor, now=now),
            "groups": _groups(figures(db.session(), g.tenant, g.actor, today=day)),
            "lists": lists,
        }
    return answer("org/dashboard/home.html", "org/dashboard/_basket.html", **context)


def _opens() -> str:
    """What opens first for the roles of this person; the first of the region's file that is theirs."""
    return next((what for role, what in g.tenant.desk.home.items() if role in g.actor.roles), "tasks")


def _basket(day: Any) -> dict[str, Any]:
    found = basket(
        db.session(), g.tenant, g.actor, today=day, wanted=request.args.get("tache"), page=page_wanted()
    )  # fmt: skip
    context: dict[str, Any] = {"basket": found, "label": g.tenant.desk.tasks_label}
    if found is not None:
        context |= {
            "pages": Pages(found.page, SIZE, found.total),
            "type_href": lambda one: here(tache=one.id),
            "line_href": lambda line: _line_href(line, found.tab),
        }
    return context


def _line_href(line: TaskLine, tab: str | None) -> str:
    """The tab of the sheet's page in which the task is done."""
    return f"{sheet_href(line.sheet_id)}?onglet={tab}" if tab else sheet_href(line.sheet_id)


def _groups(found: list[Figure]) -> dict[str, list[dict[str, Any]]]:
    """The figures under their titles, each with the list it opens."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for figure in found:
        href = url_for("org.show_list", level_id=figure.level, liste=figure.list, compteur=figure.id)
        tone = "todo" if figure.count else "off"
        item = {"label": figure.label, "count": figure.count, "href": href, "tone": tone, "help": figure.help}
        groups.setdefault(figure.group, []).append(item)
    return groups
