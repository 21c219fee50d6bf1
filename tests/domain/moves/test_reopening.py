"""A sheet made, copied or deleted under an approved unit reopens it; what was approved stays public."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.catalogue.models import PublishedSession
from portal.domain.entry.creating import create_sheet
from portal.domain.moves.creating import create, duplicate
from portal.domain.moves.perform import perform_move
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.directory import site
from tests.support.offer import AT, TODAY, make_sheet, member, organisation
from tests.support.tenants import tenant_named


@dataclass
class Approved:
    """An approved action with its session and dispositif."""

    session: Session
    tenant: Tenant
    action: Sheet
    below: Sheet
    dispositif: Sheet
    of: Actor

    @property
    def state(self) -> str | None:
        self.session.expire(self.action)
        return self.action.state("validation")

    def public(self) -> list[str]:
        return list(self.session.scalars(select(PublishedSession.status)))

    def made(self, level: str, parent: Sheet) -> Sheet:
        return create(self.session, self.tenant, level=level, parent=parent, actor=self.of, at=AT, today=TODAY)


@pytest.fixture
def approved(app: Flask) -> Iterator[Approved]:
    tenant = tenant_named("revue")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session)
        place = site(db.session, holder)
        formation = make_sheet(db.session, tenant, "formation", None, holder, programme="apprentissage")
        action = make_sheet(db.session, tenant, "action", formation, holder)
        below = make_sheet(
            db.session, tenant, "session", action, holder, lieu=str(place.id), horaires="9-12 h", date_fin="2026-12-01"
        )
        dispositif = make_sheet(db.session, tenant, "dispositif", below, holder, restantes=2, taux_tva="20")
        of, carif = member(tenant, "org", organisations={holder.id}), member(tenant, "validator")
        perform_move(db.session, tenant, action, "envoyer", actor=of, at=AT)
        perform_move(db.session, tenant, action, "valider", actor=carif, at=AT)
        yield Approved(db.session, tenant, action, below, dispositif, of)
        db.session.rollback()


@pytest.mark.parametrize("level", ["session", "dispositif"])
def test_creating_below_reopens_at_once_and_takes_nothing_from_the_public(approved, level):
    before = approved.public()
    assert approved.state == "validee" and before == ["open"]
    in_force = approved.action.approved_revision_id

    approved.made(level, approved.action if level == "session" else approved.below)

    assert approved.state == "en_saisie"
    assert approved.public() == before and approved.action.approved_revision_id == in_force


def test_copying_reopens_too(approved):
    duplicate(approved.session, approved.tenant, approved.below, actor=approved.of, at=AT, today=TODAY)
    assert approved.state == "en_saisie"


def test_deleting_below_reopens_and_the_places_are_counted_again(approved):
    perform_move(approved.session, approved.tenant, approved.below, "supprimer", actor=approved.of, at=AT)
    assert approved.below.deleted_at is not None
    assert approved.state == "en_saisie" and approved.public() == ["open"]


def test_a_new_unit_beside_an_approved_one_does_not_reopen_it(approved):
    formation = approved.session.get(Sheet, approved.action.parent_id)
    approved.made("action", formation)
    assert approved.state == "validee"


def test_what_an_import_brings_decides_nothing(approved):
    create_sheet(
        approved.session, approved.tenant, level="session", parent=approved.action, actor=approved.of, at=AT,
        today=TODAY, imported=True,
    )  # fmt: skip
    assert approved.state == "validee"


def test_a_dispositif_more_is_counted_in_its_session(approved):
    make_sheet(approved.session, approved.tenant, "dispositif", approved.below, places=30)
    made = approved.made("dispositif", approved.below)
    made.data = {**made.data, "places": 4}
    approved.session.flush()
    approved.made("dispositif", approved.below)
    assert approved.below.seats == approved.dispositif.data["places"] + 30 + 4
