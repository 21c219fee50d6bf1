import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.domain.organisations import passwords
from portal.domain.organisations.actions import authenticate, create_user, grant_membership
from portal.domain.organisations.errors import CredentialsError
from portal.domain.organisations.models import User
from portal.domain.organisations.queries import belongings_of_user
from portal.extensions import db
from portal.tenancy.registry import registry
from portal.tenancy.scope import tenant_scope, user_scope
from tests.support.offer import organisation
from tests.support.people import account, inside

IDA = "ida@exemple.test"
PASSWORD = "trois petits ânes gris"


def test_authenticate_renews_a_hash_made_with_other_parameters(app):
    with inside(app) as session:
        user = create_user(session, email=IDA, name="Ida", password=PASSWORD)
        authenticate(session, email=IDA, password=PASSWORD, cheap=True)
        assert not passwords.is_outdated(user.password_hash, cheap=True)

    with inside(app) as session:
        assert authenticate(session, email=IDA, password=PASSWORD, cheap=True).name == "Ida"


def test_authenticate_keeps_a_hash_of_today(app):
    with inside(app) as session:
        before = create_user(session, email=IDA, name="Ida", password=PASSWORD, cheap=True).password_hash
        assert authenticate(session, email=IDA, password=PASSWORD, cheap=True).password_hash == before


def test_authenticate_refused_renews_nothing(app):
    with inside(app) as session:
        before = create_user(session, email=IDA, name="Ida", password=PASSWORD).password_hash
        with pytest.raises(CredentialsError):
            authenticate(session, email=IDA, password="x", cheap=True)
        assert session.scalars(select(User)).one().password_hash == before


def test_one_address_is_one_account_whatever_its_case(app):
    account(app, IDA)

    with app.app_context(), pytest.raises(IntegrityError):
        create_user(db.session(), email=" IDA@Exemple.TEST", name="Ida")


def test_the_same_part_is_given_once(app):
    slug = registry.slugs()[0]
    with app.app_context(), tenant_scope(slug):
        user = create_user(db.session(), email=IDA, name="Ida")
        grant_membership(db.session(), user, role="organisme")

        with pytest.raises(IntegrityError):
            grant_membership(db.session(), user, role="organisme")


def test_belongings_are_those_of_the_person_in_every_region(app):
    first, second = registry.slugs()[:2]
    ida, max_ = account(app, IDA), account(app, "max@exemple.test")
    for number, (slug, person) in enumerate(((first, ida), (second, ida), (second, max_)), 1):
        with inside(app, slug) as session:
            holder = organisation(session, slug, number)
            grant_membership(session, session.get_one(User, person), role="organisme", organisation=holder)

    with app.app_context(), user_scope(str(ida)), tenant_scope(first):
        found = belongings_of_user(db.session(), ida)

    assert [(b.tenant, b.organisation_name) for b in found] == sorted([(first, first), (second, second)])


def test_belongings_of_another_person_are_not_shown(app):
    slug = registry.slugs()[0]
    with inside(app, slug) as session:
        ida = create_user(session, email=IDA, name="Ida")
        max_ = create_user(session, email="max@exemple.test", name="Max")
        grant_membership(session, max_, role="organisme")
        ids = ida.id, max_.id

    with app.app_context(), user_scope(str(ids[0])):
        assert belongings_of_user(db.session(), ids[1]) == []
