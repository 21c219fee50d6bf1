"""A request for access, and the region's answer."""

import pytest
from sqlalchemy import select

from portal.domain.accounts.models import AccessRequest
from portal.domain.organisations.models import Organisation
from portal.tenancy.registry import registry
from tests.support.letters import last_link, letters
from tests.support.people import Browser, inside, play, role_of, signed_in

SLUG = "eos"
MEMBERS = f"/{SLUG}/administration/membres"
SAID = {
    "region": SLUG,
    "name": "Inès Roux",
    "email": "ines@organisme.test",
    "siret": "842 063 174 00010",
    "organisation": "Formations du Nord",
    "message": "Nous ouvrons une session en mars. <b>Merci</b>",
}


@pytest.fixture
def admin(app):
    play(app, "admin@exemple.test", SLUG, "admin")
    return signed_in(app, "admin@exemple.test")


@pytest.fixture
def visitor(app):
    return Browser(app.test_client())


def ask(browser, **others):
    return browser.post("/demande-d-acces", {**SAID, **others})


def requests(app, slug=SLUG):
    with inside(app, slug) as session:
        rows = list(session.scalars(select(AccessRequest).order_by(AccessRequest.at)))
        session.expunge_all()
        return rows


def test_a_request_is_read_by_the_region_asked_and_by_no_other(app, admin, visitor):
    sent = ask(visitor)

    other = next(slug for slug in registry.slugs() if slug != SLUG)
    assert (sent.status_code, len(requests(app)), len(requests(app, other))) == (303, 1, 0)
    page = admin.get(MEMBERS).text
    assert "Inès Roux" in page and "84206317400010" in page and "&lt;b&gt;Merci" in page
    assert [(mail.mail, mail.recipient) for mail in letters(app, SLUG)] == [("access.asked", "admin@exemple.test")]


def test_asking_again_while_one_waits_is_answered_alike_and_keeps_one(app, admin, visitor):
    first, second = ask(visitor), ask(Browser(app.test_client()), name="Quelqu’un d’autre")

    assert first.text == second.text
    assert [row.name for row in requests(app)] == ["Inès Roux"]


@pytest.mark.parametrize(
    ("others", "field"),
    [
        ({"region": "nulle-part"}, "region"),
        ({"region": ""}, "region"),
        ({"name": ""}, "name"),
        ({"email": "personne"}, "email"),
        ({"siret": "12345678901234"}, "siret"),
        ({"organisation": " "}, "organisation"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(app, visitor, others, field):
    refused = ask(visitor, **others)

    assert refused.status_code == 422
    assert f'id="fault-{field}"' in refused.text and "Nous ouvrons une session" in refused.text
    assert requests(app) == []


def test_requests_are_counted_by_address(app):
    answers = [ask(Browser(app.test_client()), email=f"e{n}@organisme.test").status_code for n in range(6)]

    assert answers == [303] * 5 + [429]


def test_accepting_invites_for_the_organisation_named(app, admin, visitor):
    ask(visitor)
    (row,) = requests(app)

    admin.post(f"{MEMBERS}/demandes/{row.id}/accepter", {"role": role_of(SLUG, "org")})

    (answered,) = requests(app)
    assert answered.state == "accepted" and answered.answered_by and answered.answered_at
    with inside(app, SLUG) as session:
        assert session.scalars(select(Organisation.name)).all() == ["Formations du Nord"]
    chosen = {"new_password": "quatre canards boiteux", "new_password_again": "quatre canards boiteux"}
    entered = visitor.post(last_link(app, SLUG, "invitation"), chosen)
    assert entered.headers["Location"] == f"/{SLUG}/espace/"


def test_refusing_sends_a_word(app, admin, visitor):
    ask(visitor)
    (row,) = requests(app)
    address = f"{MEMBERS}/demandes/{row.id}/refuser"

    admin.post(address, {"reason": " "})
    assert requests(app)[0].state == "waiting"
    admin.post(address, {"reason": "Votre organisme dépend d’une autre région."})

    assert requests(app)[0].state == "refused"
    (mail,) = letters(app, SLUG, "access.refused")
    assert mail.recipient == SAID["email"] and "dépend d’une autre région" in mail.body
    assert "Inès Roux" not in admin.get(MEMBERS).text
    assert ask(Browser(app.test_client())).status_code == 303
    assert len(requests(app)) == 2  # one may ask again


@pytest.mark.parametrize("answer", ["accepter", "refuser"])
def test_a_request_is_answered_once_and_by_its_region_s_administrators(app, admin, visitor, answer):
    ask(visitor)
    (row,) = requests(app)
    address, told = f"{MEMBERS}/demandes/{row.id}/{answer}", {"role": role_of(SLUG, "org"), "reason": "Non."}
    play(app, "region@exemple.test", SLUG, "validator")
    other = next(t.slug for t in registry.all() if t.slug != SLUG and role_side(t, "admin"))
    play(app, "ailleurs@exemple.test", other, "admin")

    assert signed_in(app, "region@exemple.test").post(address, told).status_code == 404
    elsewhere = address.replace(f"/{SLUG}/", f"/{other}/")
    assert signed_in(app, "ailleurs@exemple.test").post(elsewhere, told).status_code == 404
    assert admin.post(address, told).status_code == 303
    assert admin.post(address, told).status_code == 404


def role_side(tenant, side):
    return any(role.side == side for role in tenant.who.roles.values())
