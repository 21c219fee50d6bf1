"""/administration/courriels: the messages owed and sent."""

from flask import Response, current_app, g, request

from portal.domain.mails.models import Mail
from portal.domain.mails.queries import listed_mails, mail_counts
from portal.extensions import db
from portal.web.access import member
from portal.web.admin.blueprint import READERS, blueprint
from portal.web.admin.letters import letter
from portal.web.answers import answer
from portal.web.paging import Pages, here, page_wanted

PAGE = 20
LONGEST = 120
STATES = {
    "due": ("À envoyer", "wait"),
    "sending": ("Envoi en cours", "wait"),
    "sent": ("Envoyé", "done"),
    "failed": ("En échec", "warn"),
    "kept": ("Pour un récapitulatif", "info"),
    "grouped": ("Dans un récapitulatif", "done"),
    "dropped": ("Pas voulu par son destinataire", "off"),
}


@blueprint.get("/courriels")
@member(side=READERS)
def mails() -> Response:
    """The messages; under htmx, the list alone."""
    text, state = request.args.get("q", "").strip()[:LONGEST], request.args.get("etat", "")
    state = state if state in STATES else ""
    number = page_wanted()
    told = {"states": [state] if state else [], "text": text}
    rows, total = listed_mails(db.session(), limit=PAGE, offset=(number - 1) * PAGE, **told)  # type: ignore[arg-type]
    counts = mail_counts(db.session())
    return answer(
        "admin/mails.html",
        "admin/_mails.html",
        rows=[_row(mail) for mail in rows],
        states=[(name, label, counts.get(name, 0)) for name, (label, _) in STATES.items()],
        text=text,
        state=state,
        pages=Pages(number, PAGE, total),
        here=here,
    )


def _row(mail: Mail) -> dict[str, object]:
    return {
        "recipient": mail.recipient,
        "subject": mail.subject,
        "state": STATES[mail.state],
        "written": mail.created_at,
        "sent": mail.sent_at,
        "attempts": mail.attempts,
        "error": mail.error,
        "body": letter(mail.body)
        if current_app.config["GUICHET"].demo
        else None,  # elsewhere, letters are their reader's
        "href": f"/{g.tenant.slug}/validation/fiches/{mail.sheet_id}" if mail.sheet_id else None,
    }
