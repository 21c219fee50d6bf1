"""/espace/annuaire: sites, contacts and open days, kept by each organisation, read by the region."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, g, request, url_for

from portal.domain.directory.actions import Writing, offer_again, remove_entry, write_entry
from portal.domain.directory.errors import EntryError
from portal.domain.directory.nouns import NOUNS, Noun, Row, values_of
from portal.domain.directory.queries import (
    contacts_of,
    directories,
    entry_of,
    may_write,
    open_days_of,
    organisation_for,
    sites_of,
)
from portal.domain.directory.validators import remarks_on
from portal.domain.fields import KINDS, Context, Fault
from portal.domain.moves.perform import local_day
from portal.domain.organisations.models import Organisation
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.values import ADDRESS
from portal.extensions import db
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.org.blueprint import blueprint
from portal.web.org.directory_form import EntryForm, entry_form
from portal.web.paging import Pages, page_wanted

PAGE = 50
LONGEST = 120  # of a search
HEAD = "/annuaire/<uuid:organisation_id>"
NOUN = f"{HEAD}/<any({', '.join(NOUNS)}):noun_id>"
ENTRY = f"{NOUN}/<uuid:entry_id>"


def directory_shown() -> bool:
    """Whether this person has the pages of the directory: those who enter may not, in some regions."""
    return g.tenant.who.directory.shown or g.actor.side != "org"


@blueprint.get("/annuaire/")
@member()
def show_directories() -> Response:
    """The organisations whose directory one may read; the only one at once."""
    if not directory_shown():
        abort(404)
    text, number = request.args.get("q", "").strip()[:LONGEST], page_wanted()
    found, total = directories(db.session(), g.actor, text=text, limit=PAGE, offset=(number - 1) * PAGE)
    if total == 1 and not text:
        return redirect_to(url_for("org.show_directory", organisation_id=found[0][0].id))
    return answer(
        "org/directory/index.html", "org/directory/_index.html", found=found, text=text, total=total,
        pages=Pages(number, PAGE, total),
    )  # fmt: skip


@blueprint.get(HEAD)
@member()
def show_directory(organisation_id: uuid.UUID) -> Response:
    """One organisation: its sites, its contacts, its open days. The same queries whatever they hold."""
    organisation = _organisation(organisation_id)
    sites = sites_of(db.session(), organisation)
    context = {
        "organisation": organisation,
        "sites": [(site, KINDS["address"].show(site.address, ADDRESS), _remarks(organisation, site)) for site in sites],
        "contacts": contacts_of(db.session(), organisation),
        "open_days": open_days_of(db.session(), organisation),
        "site_names": {site.id: site.name for site in sites},
        "duties": g.tenant.who.directory.duties,
        "nouns": NOUNS,
        "writable": may_write(g.actor, organisation),
        "phone": lambda value: KINDS["phone"].show(value, ADDRESS),
        "address": lambda value: KINDS["address"].show(value, ADDRESS) if value else "",
    }
    return answer("org/directory/show.html", **context)


@dataclass(frozen=True)
class Opened:
    """An entry, or a new one, opened to be written."""

    organisation: Organisation
    noun: Noun
    row: Row | None

    @property
    def href(self) -> str:
        """Where its form is sent."""
        names: dict[str, Any] = {"organisation_id": self.organisation.id, "noun_id": self.noun.id}
        if self.row is None:
            return url_for("org.new_entry", **names)
        return url_for("org.show_entry", entry_id=self.row.id, **names)

    def form(self, formdata: Any = None) -> EntryForm:
        """Its form: with what is kept, or with what was typed."""
        held = values_of(self.noun, g.tenant, self.row) if self.row is not None else {}
        today = local_day(g.tenant, datetime.now(UTC))
        context = Context(today, g.tenant.slug, {"site_id": self._sites()}, ReferenceLookups())
        return entry_form(self.noun.fields(g.tenant))(context, held, formdata)

    def _sites(self) -> list[tuple[str, str]]:
        if not any(field.id == "site_id" for field in self.noun.fields(g.tenant)):
            return []
        chosen = getattr(self.row, "site_id", None)
        sites = sites_of(db.session(), self.organisation)
        return [(str(site.id), site.name) for site in sites if site.offered or site.id == chosen]


@blueprint.get(f"{NOUN}/nouveau")
@member()
def new_entry(organisation_id: uuid.UUID, noun_id: str) -> Response:
    """The form of a new entry."""
    return _page(_open(organisation_id, noun_id), {})


@blueprint.post(f"{NOUN}/nouveau")
@member()
def create_entry(organisation_id: uuid.UUID, noun_id: str) -> Response:
    """Keep a new entry."""
    return _write(_open(organisation_id, noun_id))


@blueprint.get(ENTRY)
@member()
def show_entry(organisation_id: uuid.UUID, noun_id: str, entry_id: uuid.UUID) -> Response:
    """The form of an entry."""
    return _page(_open(organisation_id, noun_id, entry_id), {})


@blueprint.post(ENTRY)
@member()
def change_entry(organisation_id: uuid.UUID, noun_id: str, entry_id: uuid.UUID) -> Response:
    """Keep what was changed in an entry."""
    return _write(_open(organisation_id, noun_id, entry_id, lock=True))


@blueprint.post(f"{ENTRY}/retirer")
@member()
def withdraw_entry(organisation_id: uuid.UUID, noun_id: str, entry_id: uuid.UUID) -> Response:
    """Take an entry away, or stop offering it where sheets name it."""
    opened = _open(organisation_id, noun_id, entry_id, lock=True)
    assert opened.row is not None
    gone = remove_entry(db.session(), opened.noun, opened.row, _writing(opened.organisation))
    db.session.commit()
    kept = "Des fiches s’y réfèrent : leur contenu est inchangé, mais il n’est plus proposé dans les formulaires."
    flash(f"{opened.noun.label} : retrait effectué." if gone else kept, "success" if gone else "info")
    return _back(organisation_id)


@blueprint.post(f"{ENTRY}/proposer")
@member()
def propose_entry(organisation_id: uuid.UUID, noun_id: str, entry_id: uuid.UUID) -> Response:
    """Offer an entry again in forms."""
    opened = _open(organisation_id, noun_id, entry_id, lock=True)
    if opened.row is None or not hasattr(opened.row, "offered"):
        abort(404)
    offer_again(db.session(), opened.noun, opened.row, _writing(opened.organisation))
    db.session.commit()
    flash(f"{opened.noun.label} de nouveau proposé dans les formulaires.", "success")
    return _back(organisation_id)


def _organisation(organisation_id: uuid.UUID) -> Organisation:
    found = organisation_for(db.session(), g.actor, organisation_id) if directory_shown() else None
    return found if found is not None else abort(404)


def _open(organisation_id: uuid.UUID, noun_id: str, entry_id: uuid.UUID | None = None, *, lock: bool = False) -> Opened:
    """What is to be written; a page that does not exist for whoever does not keep this directory."""
    organisation, noun = _organisation(organisation_id), NOUNS[noun_id]
    if not may_write(g.actor, organisation):
        abort(404)
    if entry_id is None:
        return Opened(organisation, noun, None)
    row = entry_of(db.session(), noun, organisation, entry_id, lock=lock)
    return Opened(organisation, noun, row) if row is not None else abort(404)


def _write(opened: Opened) -> Response:
    form = opened.form(request.form)
    if faults := form.faults():
        return _page(opened, faults, form)
    try:
        row = write_entry(db.session(), opened.noun, form.values(), _writing(opened.organisation), opened.row)
    except EntryError as refusal:
        return _page(opened, refusal.faults, form)
    remarks = _remarks(opened.organisation, row)
    db.session.commit()
    flash(f"{opened.noun.label} : enregistrement effectué.", "success")
    for remark in remarks.values():
        flash(remark, "warning")
    return _back(opened.organisation.id)


def _remarks(organisation: Organisation, row: Row) -> dict[str, str]:
    said = {"siret": getattr(row, "siret", None), "address": getattr(row, "address", None)}
    return remarks_on(organisation, said)


def _page(opened: Opened, faults: Mapping[str, Fault], form: EntryForm | None = None) -> Response:
    remarks = _remarks(opened.organisation, opened.row) if opened.row is not None and form is None else {}
    fields = (form or opened.form()).drawn(faults, remarks)
    told = [{"name": f.name, "label": f.label, "message": faults[f.name].message} for f in fields if f.name in faults]
    return answer("org/directory/edit.html", None, 422 if faults else 200, opened=opened, fields=fields, faults=told)


def _writing(organisation: Organisation) -> Writing:
    now = datetime.now(UTC)
    return Writing(g.tenant, organisation, g.actor, now, local_day(g.tenant, now), g.get("request_id"))


def _back(organisation_id: uuid.UUID) -> Response:
    return redirect_to(url_for("org.show_directory", organisation_id=organisation_id))
