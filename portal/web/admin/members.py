"""/administration/membres: who may do what in the region, organisation by organisation."""

import uuid
from collections.abc import Mapping
from itertools import groupby

from flask import Response, g, request

from portal.domain.accounts.held import by_sheet, held_sheets_like, titles_of
from portal.domain.accounts.managers import may_manage
from portal.domain.organisations.queries import Member, members_of_region
from portal.extensions import db
from portal.web.access import member
from portal.web.admin.blueprint import READERS, blueprint
from portal.web.admin.waiting import waiting
from portal.web.answers import answer
from portal.web.paging import Pages, page_wanted

PAGE = 50
LONGEST = 120


@blueprint.get("/membres")
@member(side=READERS)
def members() -> Response:
    """The members; under htmx, the list alone."""
    text = request.args.get("q", "").strip()[:LONGEST]
    number = page_wanted()
    session = db.session()
    on = held_sheets_like(session, text) if text else ()
    found, parts, people = members_of_region(session, text=text, on=on, limit=PAGE, offset=(number - 1) * PAGE)
    titles = titles_of(session, (one.sheet_id for one in found if one.sheet_id))
    groups = [
        {"organisation": name, "siret": siret, "members": [_row(one, titles) for one in mine]}
        for (name, siret), mine in groupby(found, key=lambda m: (m.organisation, m.siret))
    ]
    return answer(
        "admin/members.html",
        "admin/_members.html",
        groups=groups,
        people=people,
        text=text,
        pages=Pages(number, PAGE, parts),
        may_act=may_manage(g.tenant, g.actor),
        **waiting(),
    )


def _row(one: Member, titles: Mapping[uuid.UUID, str]) -> dict[str, object]:
    role = g.tenant.role(one.role)
    state = ("Actif", "done") if one.active and one.can_sign_in else ("À activer", "todo")
    return {
        "id": one.part_id,
        "name": one.name,
        "email": one.email,
        "role": role.label if role else one.role,
        "sheet": titles.get(one.sheet_id, "une fiche supprimée") if one.sheet_id else "",
        "by_sheet": by_sheet(role),
        "since": one.since,
        "state": state if one.active else ("Fermé", "off"),
    }
