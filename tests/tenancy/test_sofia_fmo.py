"""The region of two axes and three validators: what a pilote sees, publishes and sends, and what is locked when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.catalogue.models import PublishedSession
from portal.domain.desk.columns import Facts, cell_of
from portal.domain.entry.completeness import problems_of_sheet
from portal.domain.entry.saving import lock_of
from portal.domain.moves.clock import due_moves, perform_due
from portal.domain.moves.perform import perform_move
from portal.domain.organisations.models import Contact
from portal.domain.people import SYSTEM, Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queries import visible_sheets
from portal.domain.sheets.revisions import approved_revision
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_tree, member, organisation, put_in_state
from tests.support.tenants import tenant_named

END = "2026-03-12T18:00"
CLOSED = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)


@dataclass
class Fmo:
    """A complete session of one module, and those who act on it."""

    tenant: Tenant
    session: Sheet
    module: Sheet
    pilote: Actor

    def by(self, role: str) -> Actor:
        return member(self.tenant, "validator", roles={role})

    def view(self, day: date = TODAY) -> View:
        db.session.expire_all()
        return View(self.tenant, load_node(db.session, self.session), day)

    def move(self, name: str, actor: Actor, at: datetime = AT, **more: object) -> None:
        perform_move(db.session, self.tenant, self.session, name, actor=actor, at=at, **more)

    def stands(self) -> tuple[str, str]:
        db.session.refresh(self.session)
        return self.session.state("statut"), self.session.state("publication")


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sofia-fmo")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


def fmo(tenant: Tenant, kind: str) -> Fmo:
    holder = organisation(db.session)
    trainer = Contact(organisation_id=holder.id, name="Irène Costil")
    db.session.add(trainer)
    db.session.flush()
    slots = [{"_id": "c1", "jour": "2026-06-02", "debut": "09:00", "fin": "12:00"}]
    slots += [{"_id": "c2", "jour": "2026-06-09", "debut": "09:00", "fin": "12:00"}]
    rows = [{"_id": "i1", "intervenant": str(trainer.id), "mode": "non_remunere"}]
    session = make_tree(
        db.session, tenant, "session", holder, creneaux=slots, intervenants=rows, pilote=str(trainer.id),
        modalite="2", nombre_stagiaires=20, nombre_max=20, bon_commande=False, preinscriptions=True, avis=True,
    )  # fmt: skip
    session.data = {k: v for k, v in session.data.items() if k not in ("fin_publication", "conventionnee")}
    group = db.session.get(Sheet, session.parent_id)
    module = db.session.get(Sheet, group.parent_id)
    module.data = {**module.data, "type_candidature": kind, "modalites": "hybride"}
    group.data = {**group.data, "preinscriptions": True}
    db.session.flush()
    pilote = Actor(None, "Pilote", frozenset({"pilote"}), parts={module.id: frozenset({"pilote"})})
    return Fmo(tenant, session, module, pilote)


def test_a_pilote_sees_their_module_and_all_that_is_below_and_nothing_beside(tenant: Tenant) -> None:
    mine, other = fmo(tenant, "designe"), make_tree(db.session, tenant, "session", organisation(db.session, "B", 2))
    seen = set(db.session.scalars(visible_sheets(mine.pilote).with_only_columns(Sheet.id)))
    assert seen == {mine.module.id, mine.session.parent_id, mine.session.id}
    assert other.id not in seen


def test_the_first_day_is_worked_out_from_the_slots_and_is_a_day_everywhere(tenant: Tenant) -> None:
    one = fmo(tenant, "individuelle")
    view = one.view(date(2026, 4, 20))
    column = next(c for c in tenant.desk.lists["sessions"].columns if c.id == "date_debut")
    assert view.python_of(tenant.field("session", "date_debut")) == date(2026, 6, 2)
    assert cell_of(view, column, Facts({})).text == "02/06/2026"
    told = [p.message for p in problems_of_sheet(db.session, view, "save") if p.severity == "warn"]
    assert [words.partition(". ")[2] for words in told] == ["« Premier jour » : au plus tôt le 26/06/2026."]


def test_a_designated_session_goes_through_three_validators_with_one_return(tenant: Tenant) -> None:
    one = fmo(tenant, "designe")
    one.move("transmettre", one.pilote)
    with pytest.raises(MoveRefused, match="motif"):
        one.move("retour", one.by("ingenieur"))
    one.move("retour", one.by("ingenieur"), reason="Précisez la programmation.")
    assert one.stands() == ("s1", "jamais")
    one.move("transmettre", one.pilote)
    for role, name in (("ingenieur", "valider_pedagogie"), ("difor", "valider_administration")):
        with pytest.raises(MoveRefused):
            one.move(name, one.by("gestionnaire"))
        one.move(name, one.by(role))
    one.move("saisir_gaia", one.by("gestionnaire"))
    one.move("convoquer", SYSTEM)
    assert one.stands() == ("s6", "jamais")
    assert db.session.scalars(select(PublishedSession)).all() == []  # a designated session is nobody else's business


def test_a_publication_freezes_the_whole_unit_and_closes_by_itself(tenant: Tenant) -> None:
    one = fmo(tenant, "individuelle")
    with pytest.raises(MoveRefused):
        one.move("transmettre", one.pilote)
    one.move("publier", one.pilote, inputs={"fin_publication": END})
    frozen = approved_revision(db.session, one.session).snapshot["sheets"]
    assert frozen[str(one.module.id)]["data"] == one.module.data
    assert frozen[str(one.session.id)]["states"]["publication"] == "publiee"
    assert [p.status for p in db.session.scalars(select(PublishedSession))] == ["open"]
    seen = []
    for at in (CLOSED - timedelta(seconds=1), CLOSED, CLOSED + timedelta(days=3), CLOSED + timedelta(days=3, hours=6)):
        for state_id in due_moves(db.session, at):
            perform_due(db.session, tenant, state_id, at)
        seen.append(one.stands()[1])
    assert seen == ["publiee", "avis", "avis", "avis_clos"]  # the third day of opinions ends at midnight
    db.session.expire_all()
    assert [p.status for p in db.session.scalars(select(PublishedSession))] == ["withdrawn"]


PHASES = {
    ("s1", "jamais"): {"creneaux", "nombre_max", "commentaire_stagiaires", "intervenants", "lien_visio"},
    ("s1", "publiee"): set(),
    ("s1", "avis"): {"commentaire_stagiaires", "intervenants", "lien_visio"},
    ("s1", "avis_clos"): {"commentaire_stagiaires", "intervenants", "lien_visio"},
    ("s2", "avis_clos"): {"lien_visio"},
    ("s6", "avis_clos"): {"lien_visio"},
}


@pytest.mark.parametrize(("states", "open_"), PHASES.items(), ids=["-".join(states) for states in PHASES])
def test_each_phase_locks_what_it_must(tenant: Tenant, states: tuple[str, str], open_: set[str]) -> None:
    one = fmo(tenant, "individuelle")
    for axis, state in zip(("statut", "publication"), states, strict=True):
        put_in_state(db.session, one.session, axis, state)
    view = one.view()
    assert {f for f in PHASES["s1", "jamais"] if lock_of(view, f, frozenset({"pilote"})) is None} == open_
    group = view.of(view.node.parent)
    assert (lock_of(group, "perimetre", frozenset({"pilote"})) is None) is (states[1] == "jamais")
    assert lock_of(view, "creneaux", frozenset({"ingenieur"})) is not None
