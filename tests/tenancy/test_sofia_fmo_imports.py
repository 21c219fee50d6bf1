"""What GAIA and the site of the EAFC bring: the plan, the trainers, the paths, numbers; and whose module is whose."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.domain.entry.saving import lock_of
from portal.domain.imports import actions
from portal.domain.imports.models import ImportRun
from portal.domain.journal.models import JournalEntry
from portal.domain.mails.models import Mail
from portal.domain.organisations.models import Contact, Membership, User
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet, SheetLink
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queries import visible_sheets
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.settings import ROOT
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY
from tests.support.tenants import tenant_named

DEMO = ROOT / "tenants" / "sofia-fmo" / "demo"
GESTIONNAIRE = Actor(None, "Nadia Lefort", frozenset({"gestionnaire"}), side="validator")
SIRET = "11000001500013"


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sofia-fmo")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


def bring(tenant: Tenant, name: str, content: bytes) -> ImportRun:
    given = {"file_name": f"{name}.csv", "content": content, "actor": GESTIONNAIRE}
    run = actions.submit(db.session(), tenant, name, at=AT, **given)
    return actions.check(db.session(), tenant, run.id, at=AT)


def load(tenant: Tenant, name: str, content: bytes) -> ImportRun:
    run = bring(tenant, name, content)
    assert run.state == "checked", run.report["faults"]
    at = AT + timedelta(minutes=1)
    actions.accept(db.session(), tenant, run.id, actor=GESTIONNAIRE, at=at)
    while actions.apply_chunk(db.session(), tenant, run.id, at=at):
        pass
    return run


def example(name: str) -> bytes:
    return (DEMO / f"{name}.csv").read_bytes()


def of(level: str, code: str) -> Sheet:
    return db.session.scalars(select(Sheet).where(Sheet.level == level, Sheet.code == code)).one()


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_the_plan_becomes_five_levels_that_are_read_and_not_typed(tenant: Tenant) -> None:
    run = load(tenant, "plan_gaia", example("plan-gaia"))
    assert run.report["create"] == {"cycle": 2, "axe": 2, "priorite": 2, "dispositif": 4, "module": 5}
    module = of("module", "68320")
    view = View(tenant, load_node(db.session(), module), TODAY)
    assert (view.show("type_candidature"), view.show("modalites")) == ("Candidature collective", "Hybride")
    assert [node.title for node in view.node.up()][1] == "[23A0701149] DEPLOIEMENT DU PROGRAMME PHARE"
    step = view.form.step("gaia")
    assert step is not None and not any(field.entered for field in step.fields)
    assert {field.field.source for field in step.fields} == {"GAIA"}
    assert "ne peuvent pas être modifiés dans SOFIA-FMO" in step.step.notices[0].text
    assert all(lock_of(view, field.id, frozenset({"pilote"})) is not None for field in step.fields)


def test_a_pilote_of_the_file_sees_their_module_and_not_another(tenant: Tenant) -> None:
    load(tenant, "plan_gaia", example("plan-gaia"))
    maud = db.session.scalars(select(User).where(User.email == "maud.lecoeur@ac-normandie.test")).one()
    (part,) = db.session.scalars(select(Membership).where(Membership.user_id == maud.id))
    assert (part.role, part.sheet_id, part.organisation_id) == ("pilote", of("module", "68320").id, None)
    role = frozenset({"pilote"})
    pilote = Actor(maud.id, maud.name, role, parts={part.sheet_id: role})
    seen = visible_sheets(pilote).where(Sheet.level == "module").with_only_columns(Sheet.code)
    assert db.session.scalars(seen).all() == ["68320"]
    assert pilote.roles_on(load_node(db.session(), of("module", "68320"))) == role
    assert pilote.roles_on(load_node(db.session(), of("module", "68314"))) == frozenset()
    written = db.session.scalars(select(Mail).where(Mail.recipient == maud.email)).all()
    assert [mail.subject for mail in written] == ["Sofia-FMO : votre accès"]
    assert "/mot-de-passe" in written[0].body


def everything() -> list[object]:
    kept = [count(one) for one in (User, Membership, Mail, Contact, SheetLink, JournalEntry)]
    return [*kept, db.session.execute(select(Sheet.id, Sheet.version, Sheet.data).order_by(Sheet.id)).all()]


def test_the_same_files_again_change_nothing(tenant: Tenant) -> None:
    files = {
        "plan_gaia": "plan-gaia", "parcours_gaia": "parcours-gaia", "abonnes_eafc": "abonnes-eafc",
        "inscrits_eafc": "inscrits-eafc", "intervenants_gaia": "intervenants-gaia",
    }  # fmt: skip
    for name, file in files.items():
        load(tenant, name, example(file))
    before = everything()
    for name, file in files.items():
        run = load(tenant, name, example(file))
        assert (run.total, run.report["create"], run.report["update"]) == (0, {}, {})
    assert everything() == before


def test_paths_lead_to_modules_and_follow_the_source(tenant: Tenant) -> None:
    load(tenant, "plan_gaia", example("plan-gaia"))
    load(tenant, "parcours_gaia", example("parcours-gaia"))
    uf = select(Sheet.id).where(Sheet.level == "uf", Sheet.code == "UF1").scalar_subquery()
    led = select(Sheet.code).join(SheetLink, SheetLink.to_id == Sheet.id).where(SheetLink.from_id == uf)
    assert db.session.scalars(led.order_by(Sheet.code)).all() == ["68314", "68320"]
    run = bring(tenant, "parcours_gaia", example("parcours-gaia").replace(b";68320", b";63218"))
    assert (run.state, [fault["message"][:50] for fault in run.report["faults"]]) == (
        "refused", ["Ce fichier ne nomme plus 1 des 3 liens entre fiches"[:50]],
    )  # fmt: skip
    unknown = bring(tenant, "parcours_gaia", example("parcours-gaia").replace(b";68320", b";99999"))
    assert "Aucune fiche « Module » ne porte ce code." in [fault["message"] for fault in unknown.report["faults"]]


def test_numbers_are_brought_to_modules_that_are_there_and_make_none(tenant: Tenant) -> None:
    load(tenant, "plan_gaia", example("plan-gaia"))
    run = load(tenant, "abonnes_eafc", example("abonnes-eafc"))
    assert (run.report["update"], run.report["create"]) == ({"module": 2}, {})
    assert (of("module", "68314").data["abonnes"], of("module", "68314").data["plafond_heures"]) == (84, "18.00")
    wrong = bring(tenant, "abonnes_eafc", "Module code;Abonnés\n68314;85\n11111;3\n".encode())
    assert [(f["line"], f["message"]) for f in wrong.report["faults"]] == [
        (3, "Aucune fiche « Module » ne porte ce code.")
    ]


def test_trainers_become_contacts_and_those_who_leave_are_offered_no_more(tenant: Tenant) -> None:
    load(tenant, "intervenants_gaia", example("intervenants-gaia"))
    everyone = {one.code: one for one in db.session.scalars(select(Contact))}
    assert len(everyone) == 6
    assert all(one.duties == ["intervenant"] and one.offered for one in everyone.values())
    everyone["P14001"].duties = ["intervenant", "pilote"]
    lines = example("intervenants-gaia").decode("utf-8-sig").splitlines()
    load(tenant, "intervenants_gaia", "\n".join(line for line in lines if "Odile" not in line).encode())
    assert [code for code, one in everyone.items() if not one.offered] == ["I61024"]
    changed = example("intervenants-gaia").replace(b"Karim Bellanger", b"Karim Bellanger-Roy")
    load(tenant, "intervenants_gaia", changed)
    db.session.expire_all()
    assert everyone["I61024"].offered
    assert (everyone["I27025"].name, everyone["P14001"].duties) == ("Karim Bellanger-Roy", ["intervenant", "pilote"])


def plan_of(modules: int) -> bytes:
    """A plan as large as an académie's: 10 cycles, 5 modules for each dispositif, 50 pilotes."""
    headings = example("plan-gaia").decode("utf-8-sig").splitlines()[0].split(";")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(headings)
    for n in range(modules):
        cycle, device = n * 10 // modules, n // 5
        writer.writerow([
            SIRET, "EAFC de Normandie", f"C{cycle}", f"Cycle {cycle}", "2026", f"C{cycle}-I", "Axe", f"C{cycle}-I-1",
            "Priorité", f"26A{device:07}", f"Dispositif {device}", "Thème", "Claire Noël", str(70000 + n),
            f"Module {n}", "", "", "", "Public désigné", "Hybride", "24", "", "120", f"Pilote {n % 50}",
            f"pilote{n % 50}@exemple.test",
        ])  # fmt: skip
    return out.getvalue().encode()


def test_a_plan_of_many_modules_is_brought_whole_and_again_changes_nothing(tenant: Tenant) -> None:
    content = plan_of(600)
    run = load(tenant, "plan_gaia", content)
    assert run.report["create"]["module"] == 600
    assert db.session.scalar(select(func.count()).select_from(Sheet).where(Sheet.level == "module")) == 600
    assert count(Membership) == 600
    again = bring(tenant, "plan_gaia", content)
    assert (again.total, again.report["unchanged"]["module"]) == (0, 600)
