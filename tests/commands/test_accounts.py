"""Letting people in from the command line."""

import pytest
from sqlalchemy import select

from portal.domain.organisations.actions import authenticate
from portal.domain.organisations.models import Membership, Organisation, User
from portal.extensions import db
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope
from tests.support.offer import make_tree, organisation
from tests.support.people import inside

PASSWORD = "une phrase assez longue"
REGION = ["anne@region.fr", "--name", "Anne", "--tenant", "eos", "--role", "region"]
MEMBER = ["luc@organisme.fr", "--name", "Luc", "--tenant", "eos", "--role", "organisme", "--siret", "130 005 119 00032"]


def add(runner, *arguments, password=PASSWORD):
    return runner.invoke(args=["accounts", "add", *arguments, "--password", password])


def test_a_person_of_the_region_may_then_sign_in(app, runner):
    result = add(runner, *REGION)
    assert result.exit_code == 0, result.output
    assert result.output == "anne@region.fr : Instructeur Région, EOS\n"
    with app.app_context():
        assert authenticate(db.session(), email="anne@region.fr", password=PASSWORD, cheap=True).name == "Anne"


def test_a_member_brings_the_organisation_when_the_region_does_not_know_it(app, runner):
    result = add(runner, *MEMBER, "--organisation", "CARIFOREF")
    assert result.exit_code == 0, result.output
    with app.app_context(), tenant_scope("eos"):
        (holder,) = db.session.scalars(select(Organisation))
        (part,) = db.session.scalars(select(Membership))
        assert (holder.siret, holder.name) == ("13000511900032", "CARIFOREF")
        assert (part.role, part.organisation_id) == ("organisme", holder.id)


def test_an_account_that_exists_only_gets_another_part(app, runner):
    add(runner, *MEMBER, "--organisation", "CARIFOREF")
    result = add(runner, "Luc@Organisme.fr", *REGION[1:], password="ignored")
    assert result.exit_code == 0, result.output
    with app.app_context(), tenant_scope("eos"):
        assert len(db.session.scalars(select(User)).all()) == 1
        assert {m.role for m in db.session.scalars(select(Membership))} == {"organisme", "region"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*REGION[:4], "nulle-part", *REGION[5:]), "Région inconnue : nulle-part"),
        ((*REGION[:6], "roi"), "Rôle inconnu : roi"),
        (MEMBER[:7], "indiquez --siret"),
        (MEMBER, "indiquez aussi --organisation"),
        ((*MEMBER[:8], "13000511900033", "--organisation", "X"), "Ce SIRET n'est pas valide"),
    ],
)
def test_what_cannot_be_is_refused_in_words(app, runner, arguments, words):
    result = add(runner, *arguments)
    assert result.exit_code == 1
    assert words in result.output


def test_the_same_part_twice_is_refused(app, runner):
    add(runner, *REGION)
    assert "déjà ce rôle" in add(runner, *REGION).output


def test_a_weak_password_is_refused(app, runner):
    result = add(runner, *REGION, password="court")
    assert result.exit_code == 1
    with app.app_context():
        assert db.session.scalar(select(User)) is None


def test_a_part_held_sheet_by_sheet_asks_for_their_numbers(app, runner):
    pilote = ["ida@exemple.fr", "--name", "Ida", "--tenant", "plan", "--role", "pilote"]
    with inside(app, "plan") as session:
        module = make_tree(session, registry.get("plan"), "module", organisation(session))
        module_id, code = module.id, module.code

    refused = add(runner, *pilote)
    assert refused.exit_code == 1 and "au moins un numéro" in refused.output
    given = add(runner, *pilote, "--sheets", code)

    assert given.exit_code == 0, given.output
    with inside(app, "plan") as session:
        assert [part.sheet_id for part in session.scalars(select(Membership))] == [module_id]
