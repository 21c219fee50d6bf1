"""What comes from the management of contracts: the hierarchy it makes, what it amends, what it no longer names."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.catalogue.models import PublishedSession
from portal.domain.deliveries.models import Delivery
from portal.domain.entry.requests import propose_step, targets_of
from portal.domain.imports import actions
from portal.domain.imports.models import ImportRun
from portal.domain.imports.queries import vanished
from portal.domain.moves.perform import local_day, perform_move
from portal.domain.moves.saving import save
from portal.domain.organisations.models import Site
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.settings import ROOT
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, make_sheet, member
from tests.support.tenants import tenant_named

FILE = ROOT / "tenants" / "sigma" / "demo" / "gestion-marches-2026.csv"
OLD, NEW = "Licence tourisme", "Licence tourisme et patrimoine"
Load = Callable[..., ImportRun]


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sigma")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


@pytest.fixture
def load(tenant: Tenant) -> Load:
    """`load(old=new, …)`: the file of the region, these words replaced, without the lines that hold `without`."""
    session = db.session()
    actor = Actor(None, "Région", member(tenant, "validator").roles, "validator")
    moments = iter(AT + timedelta(hours=n) for n in range(10))

    def loaded(replaced: dict[str, str] | None = None, without: str = "\0") -> ImportRun:
        at, text = next(moments), FILE.read_text("utf-8-sig")
        text = "\n".join(line for line in text.splitlines() if without not in line)
        for old, new in (replaced or {}).items():
            text = text.replace(old, new)
        content = text.encode("utf-8-sig")
        given = {"file_name": FILE.name, "content": content, "actor": actor}
        run = actions.submit(session, tenant, "gestion_marches", at=at, **given)
        actions.check(session, tenant, run.id, at=at)
        assert run.state == "checked", run.report["faults"]
        actions.accept(session, tenant, run.id, actor=actor, at=at)
        while actions.apply_chunk(session, tenant, run.id, at=at):
            pass
        session.commit()
        return run

    return loaded


def of(level: str, code: str) -> Sheet:
    return db.session.scalars(select(Sheet).where(Sheet.level == level, Sheet.code == code)).one()


def declared(tenant: Tenant, composante: Sheet, at: datetime) -> Sheet:
    """A session of a composante, complete and so transmitted."""
    session = db.session()
    perform_move(session, tenant, of("action", "26F0101_01"), "gerer", actor=member(tenant, "validator"), at=at)
    site = session.scalar(select(Site).where(Site.organisation_id == composante.organisation_id))
    values = {"site": str(site.id), "nb_places": 8, "date_fin": "2026-12-18"}
    made = make_sheet(session, tenant, "session", composante, **values)
    establishment = member(tenant, "org", organisations={composante.organisation_id})
    save(session, tenant, made.id, "dates", {"date_debut": "2026-09-07"}, actor=establishment, at=at, keep=True)
    session.flush()
    return made


def test_the_file_makes_the_hierarchy(tenant: Tenant, load: Load) -> None:
    load()
    found = {
        level: db.session.scalars(select(Sheet.code).where(Sheet.level == level)).all() for level in tenant.who.levels
    }
    assert sorted(found["convention"]) == ["26007001_1", "26007002_1"]
    assert sorted(found["action"]) == ["26F0101_01", "26F0102_01", "26F0103_01"]
    assert len(found["composante"]) == 5
    composante = of("composante", "15_602001")
    assert (composante.data["niveau_sortie"], composante.data["certification"]) == ("16", "112171")
    assert of("action", "26F0101_01").state("statut") == "ec"


def test_what_changes_in_the_source_is_amended_where_it_is_published_and_sent_again(tenant: Tenant, load: Load) -> None:
    load()
    session = declared(tenant, of("composante", "15_602001"), AT)
    public = db.session.get(PublishedSession, session.id)
    assert public.title.startswith(OLD + " -")

    load({OLD: NEW})

    db.session.expire_all()
    assert public.title.startswith(NEW + " -")
    assert of("composante", "15_602001").data["intitule"] == NEW
    owed = db.session.scalars(select(Delivery.target).where(Delivery.sheet_id == session.id)).all()
    assert owed.count("carif") == 2


def test_what_a_request_changed_stays_until_the_source_says_something_else(tenant: Tenant, load: Load) -> None:
    load()
    composante, at = of("composante", "15_602001"), AT + timedelta(minutes=5)
    session, establishment = (
        db.session(),
        member(tenant, "org", organisations={of("composante", "15_602001").organisation_id}),
    )
    request = make_sheet(
        session, tenant, "demande", composante, objet="referentiel", motif="Niveau", porte_referentiel=True
    )
    target = next(v for v in targets_of(session, tenant, request, local_day(tenant, at)) if v.node.id == composante.id)
    given = {"niveau_sortie": "17"}
    propose_step(session, tenant, request, target, "composante", given, actor=establishment, at=at)
    perform_move(session, tenant, request, "poser", actor=establishment, at=at)
    perform_move(session, tenant, request, "accepter", actor=member(tenant, "validator"), at=at)
    session.commit()

    load()
    assert of("composante", "15_602001").data["niveau_sortie"] == "17"
    load({OLD: NEW})
    assert of("composante", "15_602001").data["niveau_sortie"] == "17"
    assert of("composante", "15_602001").data["intitule"] == NEW


def test_a_composante_that_vanishes_is_told_and_kept(tenant: Tenant, load: Load) -> None:
    load()
    session = declared(tenant, of("composante", "15_602001"), AT)
    run = load(without="15_602001")
    assert run.report["vanished_count"] == 1
    (gone,) = vanished(db.session, "gestion_marches")
    assert gone.sheet_id == of("composante", "15_602001").id
    assert db.session.get(PublishedSession, session.id).status == "open"
