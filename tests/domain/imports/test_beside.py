"""What files bring beside new sheets: parts on sheets, links, numbers for sheets that are there, contacts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.domain.imports import actions
from portal.domain.journal.models import JournalEntry
from portal.domain.mails.models import Mail
from portal.domain.organisations.models import Contact, Membership, Organisation, User
from portal.domain.sheets.models import Sheet, SheetLink
from tests.domain.imports.conftest import as_csv, siret

ECOLE = {"SIRET": siret(1), "École": "École de l'offre"}
PLAN = (*ECOLE, "Dispositif", "Module", "Type", "Pilote", "Courriel")
UNITS = (*ECOLE, "Parcours", "UF", "Module")
TRAINERS = (*ECOLE, "Numéro", "Nom", "Courriel", "Téléphone")


def module(code, mail="ana@exemple.test", **values):
    row = {"Dispositif": "D1", "Module": code, "Type": "Public désigné", "Pilote": "Ana Lot", "Courriel": mail}
    return {**ECOLE, **row, **values}


def plan_of(*rows):
    return as_csv(rows, PLAN)


def units(*rows):
    return as_csv([{**ECOLE, "Parcours": "P1", "UF": uf, "Module": code} for uf, code in rows], UNITS)


def trainers(*rows):
    said = [{"Numéro": number, "Nom": name, "Courriel": f"{number}@exemple.test"} for number, name in rows]
    return as_csv([{**ECOLE, "Téléphone": "02 31 00 00 00", **row} for row in said], TRAINERS)


def held(bench):
    query = select(User.email, Sheet.code).join(Membership, Membership.user_id == User.id)
    return {(mail, code) for mail, code in bench.session.execute(query.join(Sheet, Sheet.id == Membership.sheet_id))}


def linked(bench):
    codes = dict(bench.session.execute(select(Sheet.id, Sheet.code)).all())
    return sorted((codes[link.from_id], codes[link.to_id]) for link in bench.session.scalars(select(SheetLink)))


def contacts(bench):
    bench.session.expire_all()
    rows = bench.session.scalars(select(Contact).order_by(Contact.code))
    return {row.code: (row.name, row.duties, row.offered) for row in rows}


# --- parts


def test_a_part_is_given_on_each_module_and_its_person_is_written_to_once(plan):
    plan.load(plan_of(module("M1"), module("M2"), module("M3", "zoe@exemple.test")))

    assert held(plan) == {("ana@exemple.test", "M1"), ("ana@exemple.test", "M2"), ("zoe@exemple.test", "M3")}
    mails = plan.session.scalars(select(Mail.recipient).order_by(Mail.recipient)).all()
    assert mails == ["ana@exemple.test", "zoe@exemple.test"]
    told = plan.session.scalars(select(JournalEntry).where(JournalEntry.kind == "member.given")).all()
    assert (len(told), told[0].actor_name) == (3, plan.actor.name)


def test_another_pilote_is_let_in_and_the_former_stays(plan):
    plan.load(plan_of(module("M1")))

    run = plan.load(plan_of(module("M1", "zoe@exemple.test")))

    assert run.report["parts"] == 1
    assert held(plan) == {("ana@exemple.test", "M1"), ("zoe@exemple.test", "M1")}


def test_somebody_who_has_an_account_is_not_written_to(plan):
    plan.session.add(User(email="ana@exemple.test", name="Ana"))
    plan.session.commit()

    plan.load(plan_of(module("M1")))

    assert held(plan) == {("ana@exemple.test", "M1")}
    assert plan.session.scalar(select(func.count()).select_from(Mail)) == 0


def test_a_chunk_done_again_gives_a_part_once(plan):
    run = plan.bring(plan_of(module("M1")))
    actions.accept(plan.session, plan.tenant, run.id, actor=plan.actor, at=plan.at)
    plan.session.commit()
    while actions.apply_chunk(plan.session, plan.tenant, run.id, at=plan.at + timedelta(minutes=1)):
        plan.session.rollback()  # killed: nothing of this chunk was committed
        plan.chunk(run.id)

    assert held(plan) == {("ana@exemple.test", "M1")}


# --- links and numbers


def test_links_follow_the_lines(plan):
    plan.load(plan_of(module("M1"), module("M2"), module("M3")))
    bench = replace(plan, import_id="unites")
    bench.load(units(("A", "M1"), ("A", "M2"), ("B", ""), ("B", "M3")))
    assert linked(bench) == [("A", "M1"), ("A", "M2"), ("B", "M3")]

    run = bench.load(units(("A", "M1"), ("A", "M3"), ("B", "M3")))

    assert run.report["links"] == {"create": 1, "remove": 1}
    assert linked(bench) == [("A", "M1"), ("A", "M3"), ("B", "M3")]
    assert bench.bring(units(("A", "M1"), ("A", "M3"), ("B", "M3"))).total == 0


def test_a_link_to_nothing_and_too_many_links_lost_are_refused(plan):
    plan.load(plan_of(module("M1"), module("M2"), module("M3")))
    bench = replace(plan, import_id="unites")

    faults = bench.faults(units(("A", "M1"), ("A", "M9")))

    assert [(f["line"], f["value"], f["message"]) for f in faults] == [
        (3, "M9", "Aucune fiche « Module » ne porte ce code.")
    ]
    bench.load(units(("A", "M1"), ("A", "M2"), ("A", "M3")))
    assert [f["message"] for f in bench.faults(units(("A", "M1")))] == [
        "Ce fichier ne nomme plus 2 des 3 liens entre fiches, soit 67 % (limite : 50 %). "
        "Vérifiez que l'extraction est complète."
    ]


def test_numbers_change_sheets_that_are_there_and_make_none(plan):
    plan.load(plan_of(module("M1"), module("M2")))
    bench = replace(plan, import_id="plafonds")

    wrong = [{"Module": "M1", "Heures": "12"}, {"Module": "M7", "Heures": "3"}]
    faults = bench.faults(as_csv(wrong, ("Module", "Heures")))
    run = bench.load(as_csv([{"Module": "M1", "Heures": "12,5"}], ("Module", "Heures")))

    assert [(f["line"], f["message"]) for f in faults] == [(3, "Aucune fiche « Module » ne porte ce code.")]
    assert (run.report["create"], run.report["update"]) == ({}, {"module": 1})
    stored = {sheet.code: sheet.data.get("plafond_heures") for sheet in bench.sheets("module")}
    assert stored == {"M1": "12.50", "M2": None}


# --- contacts


@pytest.fixture
def agents(plan):
    return replace(plan, import_id="intervenants")


def test_contacts_follow_the_source_and_leave_with_it(agents):
    agents.load(trainers(("1", "Ana"), ("2", "Bob"), ("3", "Cléo")))
    assert contacts(agents) == {
        "1": ("Ana", ["intervenant"], True), "2": ("Bob", ["intervenant"], True), "3": ("Cléo", ["intervenant"], True),
    }  # fmt: skip

    run = agents.load(trainers(("1", "Ana Lot"), ("2", "Bob"), ("4", "Dan")))

    assert run.report["contacts"] == {"update": 1, "unchanged": 1, "create": 1, "withdraw": 1}
    assert contacts(agents)["1"][0] == "Ana Lot"
    assert contacts(agents)["3"] == ("Cléo", ["intervenant"], False)
    assert agents.bring(trainers(("1", "Ana Lot"), ("2", "Bob"), ("4", "Dan"))).total == 0


def test_whoever_has_another_duty_keeps_it_and_whom_people_withdrew_stays_so(agents):
    agents.load(trainers(("1", "Ana"), ("2", "Bob"), ("3", "Cléo")))
    ana, bob, _ = agents.session.scalars(select(Contact).order_by(Contact.code))
    ana.duties, bob.offered = ["intervenant", "pilote"], False
    agents.session.commit()

    agents.load(trainers(("2", "Bob"), ("3", "Cléo")))

    assert contacts(agents)["1"] == ("Ana", ["pilote"], True)
    assert contacts(agents)["2"] == ("Bob", ["intervenant"], False)


def test_contacts_of_people_and_of_other_organisations_are_left_alone(agents):
    other = Organisation(siret=siret(2), name="Autre")
    agents.session.add(other)
    agents.session.flush()
    agents.session.add(Contact(organisation_id=other.id, name="Zoé", code="1"))
    agents.session.commit()

    agents.load(trainers(("1", "Ana")))

    names = agents.session.scalars(select(Contact.name).order_by(Contact.name)).all()
    assert names == ["Ana", "Zoé"]


def test_one_number_said_twice_differently_and_a_file_cut_short_are_refused(agents):
    faults = agents.faults(trainers(("1", "Ana"), ("1", "Autre")))

    assert [(f["line"], f["message"]) for f in faults] == [(3, "Cette ligne répète la ligne 2 : même Numéro (1).")]
    agents.load(trainers(("1", "Ana"), ("2", "Bob"), ("3", "Cléo")))
    assert "contacts de l'annuaire" in agents.faults(trainers(("1", "Ana")))[0]["message"]
