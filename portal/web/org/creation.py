"""A new sheet: what the region asks first, with where to do it; then the sheet."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, g, request, url_for
from sqlalchemy.exc import IntegrityError

from portal.domain.entry.creating import CreationRefused, creation_problems, refuse_creation
from portal.domain.moves.creating import create as create_in_unit
from portal.domain.moves.perform import local_day
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.ids import uuid7
from portal.tenancy.schema import Level
from portal.web.access import member
from portal.web.answers import answer, redirect_to
from portal.web.org.asked_at_creation import AskedAtCreation
from portal.web.org.blueprint import blueprint
from portal.web.org.editing import open_editing
from portal.web.org.following import creation_words
from portal.web.org.heads import sheet_href, way_back
from portal.web.org.opened import Opened, open_sheet
from portal.web.org.ranks import landmarks, landmarks_of_new
from portal.web.org.remedies import conditions
from portal.web.org.step_page import faults_in
from portal.web.titles import sheet_title


@dataclass
class Birth:
    """What is to be created: a level, under a parent where it has one."""

    level_id: str
    parent: Opened | None

    @property
    def level(self) -> Level:
        """What the region says of it."""
        found: Level = g.tenant.level(self.level_id)
        return found

    def refusal(self) -> CreationRefused | None:
        """Why it may not be created now."""
        try:
            refuse_creation(db.session(), g.tenant, self.level_id, self.parent.view if self.parent else None, g.actor)
        except CreationRefused as refusal:
            return refusal
        return None


@blueprint.get("/<level_id>/nouveau")
@member()
def ask_creation(level_id: str) -> Response:
    """What is asked before creating; the button, once nothing is in the way."""
    birth = _birth(level_id)
    return _page(birth, birth.refusal())


@blueprint.post("/<level_id>/nouveau")
@member()
def create(level_id: str) -> Response:
    """Create it and open its first step; the same form sent twice opens the same sheet."""
    birth = _birth(level_id)
    opened = birth.parent
    at = opened.now if opened else datetime.now(UTC)
    typed = AskedAtCreation(level_id, opened, at, request.form)
    if typed.faults:
        return _page(birth, birth.refusal(), 422, typed)

    def make(key: uuid.UUID) -> Sheet:
        return create_in_unit(
            db.session(), g.tenant, level=level_id, parent=opened.sheet if opened else None, actor=g.actor, at=at,
            today=local_day(g.tenant, at), organisation_id=_organisation(birth), programme=_programme(), sheet_id=key,
            values=typed.values(),
        )  # fmt: skip

    return once(make, lambda refusal: _page(birth, refusal, 422 if refusal.problems else 409))


def create_below(opened: Opened, level_id: str) -> str:
    """Create a sheet of a level under one that has just been saved, which the caller commits; where one goes next: its
    first step, or the page that says what is in the way.
    """
    try:
        made = create_in_unit(
            opened.session, opened.tenant, level=level_id, parent=opened.sheet, actor=opened.actor, at=opened.now,
            today=opened.view.today,
        )  # fmt: skip
    except CreationRefused:
        return url_for("org.ask_creation", level_id=level_id, parent=opened.sheet.id)
    return _arrival(made.id)


def _birth(level_id: str) -> Birth:
    """What an address asks to create; a page that does not exist for whoever may never create it."""
    if level_id not in g.tenant.who.levels:
        abort(404)
    level = g.tenant.level(level_id)
    if level.creatable is None or not g.actor.roles & set(level.creatable.by):
        abort(404)
    if level.parent is None:
        return Birth(level_id, None)
    try:
        parent = open_sheet(uuid.UUID(request.values.get("parent", "")))
    except ValueError:
        abort(404)
    if parent.sheet.level != level.parent or not parent.roles & set(level.creatable.by):
        abort(404)
    return Birth(level_id, parent)


def once(make: Callable[[uuid.UUID], Sheet], say: Callable[[CreationRefused], Response]) -> Response:
    """Create under the key the form carries, or find what it created already."""
    key = _key()
    try:
        if (known := _known(key)) is None:
            make(key)
            db.session.commit()
        else:
            return redirect_to(_first_step(known))
    except CreationRefused as refusal:
        db.session.rollback()
        return say(refusal)
    except IntegrityError:  # sent twice at the same time: the other one made it
        db.session.rollback()
        if (known := _known(key)) is None:
            raise
        return redirect_to(_first_step(known))
    return redirect_to(_arrival(key))


def _arrival(sheet_id: uuid.UUID) -> str:
    """Say that a sheet is there, and lead to its first step."""
    flash(f"{open_sheet(sheet_id).view.node.title} : fiche créée.", "success")
    return _first_step(sheet_id)


def _key() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("_cle", ""))
    except ValueError:
        return uuid7()


def _known(key: uuid.UUID) -> uuid.UUID | None:
    return key if db.session.get(Sheet, key) is not None else None


def _first_step(sheet_id: uuid.UUID) -> str:
    """The first step in which something may be typed; the sheet's page when there is none."""
    opened = open_sheet(sheet_id)
    typed = next((s for s in opened.view.form.steps if any(f.entered for f in s.fields)), None)
    return open_editing(opened, typed.id).href() if typed else sheet_href(sheet_id)


def _organisation(birth: Birth) -> uuid.UUID | None:
    """Who holds a sheet that is under none: the establishment chosen, or the one named by the form."""
    if birth.parent is not None:
        return None
    if g.organisation is not None:
        return uuid.UUID(str(g.organisation.id))
    mine = {str(o.id): o.id for o in g.organisations}
    return mine.get(request.form.get("organisme", "")) or (None if mine else abort(404))


def _programme() -> str | None:
    chosen = request.form.get("programme")
    return chosen if chosen in g.tenant.who.programmes else None


def _page(
    birth: Birth, refusal: CreationRefused | None, status: int = 200, typed: AskedAtCreation | None = None
) -> Response:
    parent, level = birth.parent, birth.level
    drawn = (typed or AskedAtCreation(birth.level_id, parent, parent.now if parent else datetime.now(UTC))).drawn()
    context: dict[str, Any] = {
        "birth": birth,
        "title": creation_words(parent.view if parent else None, g.tenant, birth.level_id),
        "warnings": _warnings(birth) if refusal is None else [],
        "refusal": refusal,
        "conditions": conditions(parent, parent.view, birth.level_id) if parent else [],
        "landmarks": landmarks(parent.view, birth.level_id) if parent else landmarks_of_new(g.tenant, birth.level_id),
        "about": sheet_title(parent.view) if parent else "",
        "back": sheet_href(parent.sheet.id) if parent else f"/{g.tenant.slug}/espace/",
        "key": uuid7(),
        "organisations": g.organisations if parent is None and g.organisation is None else [],
        "programmes": _programmes(parent),
        "fields": drawn,
        "faults": faults_in(drawn),
        "breadcrumbs": way_back(parent, (level.label, None)) if parent else [],
    }
    return answer("org/sheets/new.html", status=status, **context)


def _warnings(birth: Birth) -> list[str]:
    """What the region says before the sheet is created, and lets through."""
    if birth.parent is None:
        return []
    problems = creation_problems(birth.parent.session, birth.parent.view, birth.level_id)
    return [p.message for p in problems if p.severity != "block"]


def _programmes(parent: Opened | None) -> Mapping[str, Any]:
    return g.tenant.who.programmes if parent is None else {}
