"""How a pilote's entry begins and ends, what leaves for GAIA, and the file of sessions."""

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask import Flask

from portal.domain.deliveries.payload import build
from portal.domain.entry.creating import CreationRefused, create_sheet, creation_problems
from portal.domain.entry.saving import NOT_THEIRS, lock_of
from portal.domain.moves.deleting import delete_sheet
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.revisions import approved_revision
from portal.domain.sheets.view import View
from portal.domain.vocabulary import TERMS
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_tree, organisation
from tests.support.tenants import tenant_named
from tests.tenancy.test_sofia_fmo import fmo

HEADS = [
    "Dispositif : code", "Dispositif : libellé", "Module : code", "Module : libellé", "Groupe : identifiant",
    "Groupe : libellé", "Session", "Début", "Fin", "Durée", "Modalité", "UAI", "Lieu",
    "Préinscriptions : Préinscrits : nombre maximal", "Préinscriptions : Préinscrits : nombre total",
    "Préinscriptions : Publication : début", "Préinscriptions : Publication : fin", "Dernier statut", "Libellé statut",
    "Nombre de stagiaires",
]  # fmt: skip


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sofia-fmo")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


def module_and_pilote(tenant: Tenant) -> tuple[Sheet, Actor]:
    module = make_tree(db.session, tenant, "module", organisation(db.session), type_candidature="individuelle")
    return module, Actor(None, "Pilote", frozenset({"pilote"}), parts={module.id: frozenset({"pilote"})}, side="org")


def new_group(tenant: Tenant, module: Sheet, pilote: Actor) -> Sheet:
    return create_sheet(db.session, tenant, level="groupe", parent=module, actor=pilote, at=AT, today=TODAY)


def test_a_second_group_is_warned_of_and_not_refused(tenant: Tenant) -> None:
    module, pilote = module_and_pilote(tenant)
    assert [new_group(tenant, module, pilote).code for _ in range(2)] == ["01", "02"]
    problems = creation_problems(db.session, View(tenant, load_node(db.session, module), TODAY), "groupe")
    assert [p.severity for p in problems] == ["warn"]
    assert "qu'à 1 seul groupe d'un même module" in problems[0].message


def test_the_switch_of_pre_registrations_still_refuses_a_session(tenant: Tenant) -> None:
    module, pilote = module_and_pilote(tenant)
    group = new_group(tenant, module, pilote)
    group.data = {**group.data, "preinscriptions": False}
    db.session.flush()
    with pytest.raises(CreationRefused, match="L'activation des préinscriptions individuelles est nécessaire"):
        create_sheet(db.session, tenant, level="session", parent=group, actor=pilote, at=AT, today=TODAY)


def test_an_empty_group_is_deleted_by_its_pilote_alone(tenant: Tenant) -> None:
    module, pilote = module_and_pilote(tenant)
    group, other = (
        new_group(tenant, module, pilote),
        Actor(None, "Ingénieur", frozenset({"ingenieur"}), side="validator"),
    )
    with pytest.raises(MoveRefused):
        delete_sheet(db.session, tenant, group, actor=other, at=AT)
    view = View(tenant, load_node(db.session, group), TODAY)
    assert lock_of(view, "description", other.roles) == NOT_THEIRS
    assert lock_of(view, "description", pilote.roles_on(view.node)) is None
    below = create_sheet(db.session, tenant, level="session", parent=group, actor=pilote, at=AT, today=TODAY)
    with pytest.raises(MoveRefused, match="elle en contient d'autres"):
        delete_sheet(db.session, tenant, group, actor=pilote, at=AT)
    below.deleted_at = AT
    db.session.flush()
    delete_sheet(db.session, tenant, group, actor=pilote, at=AT)
    assert group.deleted_at == AT


def test_the_words_of_the_vade_mecum(tenant: Tenant) -> None:
    group, session = tenant.level("groupe").creatable, tenant.level("session").creatable
    assert (group.keep, [t.label for t in group.then]) == (
        "Créer ce groupe", ["créer ce groupe puis créer une session"],
    )  # fmt: skip
    assert session.keep == "Créer cette session en la laissant en brouillon"
    assert [t.label for t in session.then] == [
        "Créer cette session puis la publier", "Créer cette session puis la transmettre",
    ]  # fmt: skip


@pytest.mark.parametrize("private", [True, False])
def test_trainers_and_their_pay_go_to_gaia_and_to_nobody_else(tenant: Tenant, private: bool) -> None:
    one = fmo(tenant, "designe")
    (row,) = one.session.data["intervenants"]
    row = {**row, "mode": "vacations", "heures": "12.5", "debut": "2026-06-02T09:00"}
    one.session.data = {**one.session.data, "intervenants": [row], "lien_visio": "https://visio.exemple.fr/1"}
    for name, role in (("transmettre", one.pilote), ("valider_pedagogie", one.by("ingenieur"))):
        one.move(name, role)
    one.move("valider_administration", one.by("difor"))
    one.move("saisir_gaia", one.by("gestionnaire"))
    target = tenant.flows.targets["gaia"]
    if not private:
        kept = {"gaia": target.model_copy(update={"private": False})}
        flows = tenant.flows.model_copy(update={"targets": {**tenant.flows.targets, **kept}})
        tenant = replace(tenant, flows=flows)
    owed = SimpleNamespace(id=one.session.id, sheet_id=one.session.id, target="gaia", verb="put")
    document = json.loads(build(tenant, approved_revision(db.session, one.session), owed))
    terms = document["session"]["terms"]
    told = {*terms, *(t for above in document["ancestors"] for t in above["terms"])}
    assert "formation.application" in told
    if private:
        (trainer,) = terms["session.trainers"]
        assert trainer["trainer.person"]["name"] == "Irène Costil"
        assert (trainer["trainer.pay"], trainer["trainer.hours"]) == ("vacations", "12.5")
        assert terms["session.trainees"] == 20
    else:
        assert not {t for t in told if TERMS[t].private}
        assert "Costil" not in json.dumps(document)


def test_the_files_of_sessions_have_the_columns_known_to_the_services(tenant: Tenant) -> None:
    view = tenant.desk.lists["liste_dispositifs"]
    for export in view.exports:
        known = {c.id: c.label for c in (*view.columns, *export.extra)}
        assert [known[name] for name in export.columns] == HEADS
        assert export.sheet == "Liste des dispositifs"
