"""/validation/: everything that awaits this person's decision, tab by tab; then what they keep an eye on."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Response, g, request, url_for

from portal.domain.desk.among import views
from portal.domain.desk.branches import trees_for
from portal.domain.desk.tasks import SIZE, basket, watched_by
from portal.domain.desk.tasks import Basket as Watch
from portal.domain.entry.requests import KEY
from portal.domain.fields import french
from portal.domain.moves.perform import local_day
from portal.domain.sheets.answering import PATTERN
from portal.domain.sheets.queue import Waiting, counts, queue_page
from portal.domain.sheets.search import Above
from portal.extensions import db
from portal.tenancy.tenant import Tenant
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.durations import age, pressing, until
from portal.web.paging import Pages, here, page_wanted
from portal.web.titles import sheet_title
from portal.web.validator.absences import absences_about
from portal.web.validator.asked import ORDERS, Asked, asked_of_the_queue
from portal.web.validator.blueprint import blueprint
from portal.web.validator.filters import choices, kept_filters

PAGE = 20
STEPS = 3  # steps named on a line
KEYS = [
    ("j", "Ligne suivante"),
    ("k", "Ligne précédente"),
    ("Entrée", "Ouvrir la ligne"),
]


@dataclass(frozen=True)
class Row:
    """One line, in words."""

    id: str
    href: str
    title: str
    above: str
    organisation: str
    programme: str
    sent_at: datetime
    sent_ago: str
    sent_by: str
    starts: date | None
    starts_in: str
    tone: str
    kind: str
    kind_tone: str
    why: list[str]


@dataclass(frozen=True)
class Tab:
    """One tab, with how much waits in it."""

    label: str
    href: str
    count: int
    current: bool


@blueprint.get("/")
@member(side="validator")
def desk() -> Response:
    """The queue; under htmx, its list alone."""
    now = datetime.now(UTC)
    tenant, actor, asked = g.tenant, g.actor, asked_of_the_queue(g.tenant, g.actor)
    today = local_day(tenant, now)
    waiting = counts(db.session(), tenant, actor, asked.baskets, today)
    if (fuller := _fuller(asked, waiting)) is not None:
        return redirect_to(url_for("validator.desk") + asked.params_of(onglet=fuller))
    watch, opened = _watch(today), request.args.get("onglet") in watched_by(tenant, actor)
    current = watch.current if watch and opened else None
    nothing: dict[str, Any] = {"rows": [], "pages": Pages(1, PAGE, 0), "choices": [], "filters": []}
    listed = _listed(asked, now, today) if asked.tab and not opened else nothing
    return answer(
        "validator/desk.html",
        "validator/_queue.html",
        tabs=[
            *(_tab(b.id, b.label, waiting[b.id], b is asked.tab and not opened) for b in asked.baskets),
            *(_tab(t.id, t.label, t.count, t.id == current) for t in (watch.types if watch else ())),
        ],
        watched=_watched(watch) if watch and opened else None,
        total=sum(waiting.values()),
        tab=asked.tab,
        wanted=asked.wanted,
        narrowed=asked.narrowed,
        order=_order(asked),
        trees=[(tree.label, url_for("org.show_tree", tree_id=name)) for name, tree in trees_for(tenant, actor).items()],
        keys=KEYS,
        **absences_about(today),
        here=here,
        **listed,
    )


def _fuller(asked: Asked, waiting: dict[str, int]) -> str | None:
    """The first tab where something waits, when the address names none and the first is empty."""
    if asked.tab is None or request.args or waiting[asked.tab.id]:
        return None
    return next((b.id for b in asked.baskets if waiting[b.id]), None)


def _listed(asked: Asked, now: datetime, today: date) -> dict[str, Any]:
    assert asked.tab is not None
    session, tenant, number = db.session(), g.tenant, page_wanted()
    offset = (number - 1) * PAGE
    rows, total = queue_page(session, tenant, g.actor, asked.tab, asked.wanted, today=today, limit=PAGE, offset=offset)
    titles = _titles(tenant, asked.tab.level, [row.id for row in rows], today)
    return {
        "rows": [_row(tenant, row, titles.get(row.id) or row.title or row.code, asked, now, today) for row in rows],
        "pages": Pages(number, PAGE, total),
        "choices": choices(asked, today),
        **kept_filters(asked),
    }


def _tab(name: str, label: str, count: int, current: bool) -> Tab:
    return Tab(label, url_for("validator.desk", onglet=name), count, current)


def _watch(today: date) -> Watch | None:
    """What this person keeps an eye on, opened on the tab the address names."""
    kinds, wanted = watched_by(g.tenant, g.actor), request.args.get("onglet")
    return basket(db.session(), g.tenant, g.actor, today=today, wanted=wanted, page=page_wanted(), kinds=kinds)


def _watched(watch: Watch) -> dict[str, Any]:
    """The lines of the tab that is opened, each leading to its sheet."""
    lines = [(line.words, line.programme, url_for("validator.review", sheet_id=line.sheet_id)) for line in watch.lines]
    return {"label": watch.task.label, "lines": lines, "pages": Pages(watch.page, SIZE, watch.total)}


def _titles(tenant: Tenant, level: str, ids: list[uuid.UUID], today: date) -> dict[uuid.UUID, str]:
    """What the pages of some sheets are called, where the region has words of its own for it."""
    header = tenant.desk.headers.get(level)
    if header is None:
        return {}
    said = [match[1] for match in PATTERN.finditer(header.title)]
    return {v.node.id: sheet_title(v) for v in views(db.session(), tenant, level, ids, today, expressions=said)}


def _row(tenant: Tenant, row: Waiting, title: str, asked: Asked, now: datetime, today: date) -> Row:
    programme = tenant.who.programmes.get(row.programme or "")
    kind, tone = _kind(tenant, row)
    return Row(
        id=f"sheet-row-{row.id}",
        href=url_for("validator.review", sheet_id=row.id) + asked.params_of(onglet=asked.tab.id if asked.tab else ""),
        title=title,
        above=above_words(title, row.above),
        organisation=row.organisation or "",
        programme=(programme.short or programme.label) if programme else row.programme or "",
        sent_at=row.since,
        sent_ago=age(row.since, now, tenant.who.time_zone),
        sent_by=row.sent_by,
        starts=row.deadline,
        starts_in=until(row.deadline, today) if row.deadline else "",
        tone=pressing(row.deadline, today) if row.deadline else "info",
        kind=kind,
        kind_tone=tone,
        why=_why(tenant, row, asked),
    )


def above_words(title: str, above: list[Above]) -> str:
    """The sheets above, the highest first, without those that the title already names."""
    return " › ".join(a.title for a in reversed(above) if a.title and a.title not in title)


def _kind(tenant: Tenant, row: Waiting) -> tuple[str, str]:
    """« Première demande », « 3 changements », « 2 valeurs proposées »; and the tone of it."""
    if tenant.level(row.level).amends is not None:
        proposed = sum(len(p["values"]) for p in row.data.get(KEY, {}).values())
        return french.plural(proposed, "valeur proposée", "valeurs proposées"), "todo"
    if row.first:
        return "Première demande", "info"
    return french.plural(row.changes, "changement") if row.changes else "Renvoyée sans changement", "todo"


def _why(tenant: Tenant, row: Waiting, asked: Asked) -> list[str]:
    """What brought a sheet here: the state it waits in, a correction asked before, where its new version differs."""
    axis = tenant.axis(asked.tab.axis) if asked.tab else None
    state = axis.states.get(row.state) if axis else None
    back = f"Après la correction demandée le {row.sent_back:%d/%m/%Y}" if row.sent_back else ""
    steps = f"Change : {', '.join(row.steps[:STEPS])}{'…' if len(row.steps) > STEPS else ''}" if row.steps else ""
    return [words for words in (state.label if state else "", back, steps) if words]


def _order(asked: Asked) -> dict[str, tuple[str, str | None]]:
    """For each column that sorts: the address of the next order, and the direction when it is the present one."""
    found: dict[str, tuple[str, str | None]] = {}
    for word, order in ORDERS.items():
        current = asked.wanted.order == order
        direction = ("desc" if asked.wanted.backwards else "asc") if current else None
        found[word] = (here(tri=f"-{word}" if direction == "asc" else word), direction)
    return found
