"""/administration/: whether all is well, and where it is not."""

from datetime import UTC, datetime

from flask import Response, g, url_for

from portal.domain.deliveries.queries import health
from portal.domain.mails.queries import mail_counts
from portal.domain.organisations.queries import members_of_region
from portal.extensions import db
from portal.tenancy.versions import published_versions
from portal.web.access import member
from portal.web.admin.blueprint import READERS, blueprint
from portal.web.answers import answer
from portal.web.durations import lasted

FAILING = ("envoi en échec ou refusé", "envois en échec ou refusés")
UNSENT = ("courriel en échec", "courriels en échec")
VERSION = "version de la configuration"


@blueprint.get("/")
@member(side=READERS)
def home() -> Response:
    """Four figures, each leading to its page."""
    session, now = db.session(), datetime.now(UTC)
    fare, mails = health(session, now), mail_counts(session)
    failing = sum(counts.get("failed", 0) + counts.get("rejected", 0) for counts in fare.counts.values())
    unsent = mails.get("failed", 0)
    _, _, people = members_of_region(session, limit=1)
    figures = [
        _figure(*FAILING, failing, url_for("admin.deliveries", etat="echec"), bad=failing > 0),
        _figure(*UNSENT, unsent, url_for("admin.mails", etat="failed"), bad=unsent > 0),
        _figure("membre", "membres", people, url_for("admin.members")),
        _figure(VERSION, VERSION, _version(), url_for("admin.configuration")),
    ]
    waits = lasted(fare.age) if fare.oldest_owed is not None else None
    return answer("admin/home.html", figures=figures, waits=waits, trouble=sorted(fare.trouble.items()))


def _figure(one: str, many: str, count: int, href: str, *, bad: bool = False) -> dict[str, object]:
    tone = "warn" if bad else "info" if count else "done"
    return {"label": many if count > 1 else one, "count": count, "href": href, "tone": tone}


def _version() -> int:
    rows, _ = published_versions(db.session(), limit=1)
    return rows[0].number if rows else int(g.tenant.version)
