"""Taking parts away; who may; what the demonstration shows of the messages."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.domain.organisations.models import Membership, User
from portal.tenancy.registry import registry
from tests.support.people import inside, play, signed_in

SLUG = "eos"
MEMBERS = f"/{SLUG}/administration/membres"
ADMIN = "admin@exemple.test"


@pytest.fixture
def admin(app):
    play(app, ADMIN, SLUG, "admin")
    return signed_in(app, ADMIN)


def part(app, email, slug=SLUG):
    with inside(app, slug) as session:
        query = select(Membership.id).join(User, User.id == Membership.user_id).where(User.email == email)
        return session.scalar(query)


def test_a_part_taken_away_is_lost_at_the_next_page(app, admin):
    play(app, "region@exemple.test", SLUG, "validator")
    region = signed_in(app, "region@exemple.test")
    assert region.get(f"/{SLUG}/validation/").status_code == 200

    admin.post(f"{MEMBERS}/{part(app, 'region@exemple.test')}/retirer")

    assert region.get(f"/{SLUG}/validation/").status_code == 404
    assert region.get("/compte").status_code == 200  # the account stays


def test_the_last_administrator_stays(app, admin):
    admin.post(f"{MEMBERS}/{part(app, ADMIN)}/retirer")

    page = admin.get(MEMBERS)
    assert page.status_code == 200 and "la dernière personne" in page.text


def test_an_administrator_who_cannot_sign_in_does_not_count(app, admin):
    play(app, "autre@exemple.test", SLUG, "admin")
    with inside(app) as session:
        session.scalars(select(User).where(User.email == "autre@exemple.test")).one().active = False

    admin.post(f"{MEMBERS}/{part(app, ADMIN)}/retirer")

    assert part(app, ADMIN) is not None


def test_an_administrator_leaves_when_another_stays(app, admin):
    play(app, "autre@exemple.test", SLUG, "admin")

    left = admin.post(f"{MEMBERS}/{part(app, ADMIN)}/retirer")

    assert left.headers["Location"] == "/compte"
    assert (part(app, ADMIN), admin.get(MEMBERS).status_code) == (None, 404)


def test_a_part_of_another_region_does_not_exist(app, admin):
    other = next(slug for slug in registry.slugs() if slug != SLUG)
    play(app, "voisine@exemple.test", other, "validator")
    theirs = part(app, "voisine@exemple.test", other)

    assert admin.post(f"{MEMBERS}/{theirs}/retirer").status_code == 404
    assert part(app, "voisine@exemple.test", other) == theirs


def test_a_validator_takes_nothing_away_where_there_are_administrators(app, admin):
    play(app, "region@exemple.test", SLUG, "validator")
    region = signed_in(app, "region@exemple.test")

    assert region.post(f"{MEMBERS}/{part(app, ADMIN)}/retirer").status_code == 404
    assert "Retirer" not in region.get(MEMBERS).text


def test_where_no_role_administers_validators_do(app):
    slug = next(t.slug for t in registry.all() if {"validator"} == sides(t) - {"org"})
    play(app, "region@exemple.test", slug, "validator")
    region = signed_in(app, "region@exemple.test")

    assert region.get(f"/{slug}/administration/membres/inviter").status_code == 200
    region.post(f"/{slug}/administration/membres/{part(app, 'region@exemple.test', slug)}/retirer")
    assert part(app, "region@exemple.test", slug) is not None


def sides(tenant):
    return {role.side for role in tenant.who.roles.values()}


@pytest.mark.parametrize("demo", [True, False])
def test_links_are_read_on_the_screen_in_a_demonstration_alone(app, admin, monkeypatch, demo):
    monkeypatch.setitem(app.config, "GUICHET", replace(app.config["GUICHET"], demo=demo))
    told = {"name": "Inès Roux", "email": "ines@organisme.test", "role": "region"}
    assert admin.post(f"{MEMBERS}/inviter", told).status_code == 303

    page = admin.get(f"/{SLUG}/administration/courriels").text

    assert "ines@organisme.test" in page
    assert (f'<a href="/activation/{SLUG}.' in page, "/activation/" in page) == (demo, demo)
