"""An invitation, from the screen of whoever invites to the first page of whoever accepts."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import func, select, update

from portal.domain.accounts.models import Invitation
from portal.domain.journal.models import JournalEntry
from portal.domain.organisations.models import Membership, User
from portal.tenancy.registry import registry
from tests.support.letters import last_link, letters
from tests.support.people import PASSWORD, Browser, account, inside, play, role_of, signed_in

SLUG = "eos"
INES = "ines@organisme.test"
CHOSEN = "quatre canards boiteux"
INVITE = f"/{SLUG}/administration/membres/inviter"


@pytest.fixture
def admin(app):
    play(app, "admin@exemple.test", SLUG, "admin")
    return signed_in(app, "admin@exemple.test")


@pytest.fixture
def visitor(app):
    return Browser(app.test_client())


def invite(browser, email=INES, side="validator", **others):
    told = {"name": "Inès Roux", "email": email, "role": role_of(SLUG, side), "siret": "", "organisation": ""}
    return browser.post(INVITE, {**told, **others})


def link(app, admin, **others):
    assert invite(admin, **others).status_code == 303
    return last_link(app, SLUG, "invitation")


def choose(browser, address, password=CHOSEN, again=None):
    return browser.post(address, {"new_password": password, "new_password_again": password if again is None else again})


def parts(app, email=INES):
    with inside(app, SLUG) as session:
        query = select(Membership.role).join(User, User.id == Membership.user_id).where(User.email == email)
        return list(session.scalars(query))


def test_an_invitation_makes_an_account_signed_in_with_its_part(app, admin, visitor):
    address = link(app, admin)
    page = visitor.get(address)

    entered = choose(visitor, address)

    assert page.status_code == 200 and "Créez votre compte" in page.text and INES in page.text
    assert (entered.status_code, entered.headers["Location"]) == (303, f"/{SLUG}/validation/")
    assert visitor.get(f"/{SLUG}/validation/").status_code == 200
    assert parts(app) == [role_of(SLUG, "validator")]
    assert Browser(app.test_client()).sign_in(INES, CHOSEN).status_code == 303


def test_an_organisation_new_to_the_region_is_entered_with_its_first_member(app, admin, visitor):
    told = {"siret": "842 063 174 00010", "organisation": "Formations du Nord"}
    address = link(app, admin, side="org", **told)

    choose(visitor, address)

    assert "Formations du Nord" in visitor.get("/compte").text
    assert parts(app) == [role_of(SLUG, "org")]


def test_a_link_serves_once(app, admin, visitor):
    address = link(app, admin)
    choose(visitor, address)

    assert visitor.get(address).status_code == 410
    assert choose(Browser(app.test_client()), address, "cinq chevreuils roux").status_code == 410
    assert Browser(app.test_client()).sign_in(INES, "cinq chevreuils roux").status_code == 422


def test_looking_at_a_link_uses_nothing_up(app, admin, visitor):
    address = link(app, admin)

    assert [visitor.get(address).status_code for _ in range(3)] == [200] * 3
    assert choose(visitor, address).status_code == 303


@pytest.mark.parametrize(("late", "status"), [(timedelta(0), 410), (timedelta(seconds=60), 303)])
def test_a_link_lasts_seven_days(app, admin, visitor, late, status):
    address = link(app, admin)
    with inside(app, SLUG) as session:
        row = session.scalars(select(Invitation)).one()
        assert row.expires_at - row.at == timedelta(days=7)
        row.expires_at = datetime.now(UTC) + late

    assert choose(visitor, address).status_code == status
    assert len(parts(app)) == (1 if status == 303 else 0)


def test_a_forged_link_opens_nothing_and_says_what_a_dead_one_says(app, admin, visitor):
    address = link(app, admin)
    last = "A" if address[-1] != "A" else "B"
    forged = [
        address[:-1] + last,
        address[:-1],
        address + "A",
        f"/activation/{SLUG}.",
        "/activation/x",
        "/activation/é",
    ]
    choose(visitor, address)
    dead = Browser(app.test_client()).get(address)

    answers = [Browser(app.test_client()).get(one) for one in forged]

    assert [one.status_code for one in (dead, *answers)] == [410] * 7
    assert len({without_region(one.text) for one in (dead, answers[0], answers[1], answers[2])}) == 1


def without_region(text):
    lines = text.splitlines()
    return "\n".join(line for line in lines if "csrf" not in line.lower())


def test_a_key_opens_nothing_from_another_region(app, admin, visitor):
    address = link(app, admin)
    other = next(slug for slug in registry.slugs() if slug != SLUG)
    elsewhere = address.replace(f"{SLUG}.", f"{other}.")

    assert visitor.get(elsewhere).status_code == 410
    assert choose(visitor, elsewhere).status_code == 410
    assert choose(visitor, address).status_code == 303


def test_the_key_is_in_no_row_and_leaves_no_page(app, admin, visitor):
    address = link(app, admin)
    page = visitor.get(address)

    with inside(app, SLUG) as session:
        kept = session.scalars(select(Invitation)).one().digest
    secret = urlsafe_b64decode(address.partition(".")[2])[16:]
    assert (len(secret), kept) == (32, sha256(secret).digest())
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("password", "again", "words"), [("court", None, "12 caractères"), (CHOSEN, "autre chose", "diffèrent")]
)
def test_a_password_refused_keeps_the_link(app, admin, visitor, password, again, words):
    address = link(app, admin)

    refused = choose(visitor, address, password, again)

    assert refused.status_code == 422 and words in refused.text
    assert parts(app) == []
    assert choose(visitor, address).status_code == 303


def test_an_existing_account_signs_in_and_accepts_and_keeps_its_password(app, admin, visitor):
    account(app, INES)
    address = link(app, admin)

    asked = visitor.get(address)
    taken = choose(visitor, address)
    assert "Me connecter pour accepter" in asked.text and "new_password" not in asked.text
    assert (taken.status_code, parts(app)) == (303, [])

    back = visitor.sign_in(INES, suite=address)
    assert back.headers["Location"] == address
    assert visitor.post(f"{address}/accepter").status_code == 303
    assert parts(app) == [role_of(SLUG, "validator")]
    assert Browser(app.test_client()).sign_in(INES, CHOSEN).status_code == 422


def test_nobody_accepts_what_was_offered_to_another(app, admin):
    address = link(app, admin)
    play(app, "max@exemple.test", SLUG, "org")
    max_ = signed_in(app, "max@exemple.test")

    assert max_.post(f"{address}/accepter").status_code == 410
    assert parts(app, "max@exemple.test") == [role_of(SLUG, "org")]


def test_a_closed_account_is_not_opened_again(app, admin, visitor):
    account(app, INES, password=None)
    with inside(app) as session:
        session.execute(update(User).where(User.email == INES).values(active=False))
    address = link(app, admin)

    assert visitor.get(address).status_code == 410
    assert choose(visitor, address).status_code == 410


def test_a_link_sent_again_puts_the_former_out(app, admin, visitor):
    first = link(app, admin)
    with inside(app, SLUG) as session:
        id_ = session.scalars(select(Invitation.id)).one()

    admin.post(f"/{SLUG}/administration/membres/invitations/{id_}/renvoyer")

    second = last_link(app, SLUG, "invitation")
    assert second != first
    assert (visitor.get(first).status_code, visitor.get(second).status_code) == (410, 200)


def test_an_invitation_withdrawn_opens_nothing(app, admin, visitor):
    address = link(app, admin)
    with inside(app, SLUG) as session:
        id_ = session.scalars(select(Invitation.id)).one()

    admin.post(f"/{SLUG}/administration/membres/invitations/{id_}/annuler")

    assert visitor.get(address).status_code == 410
    assert INES not in admin.get(f"/{SLUG}/administration/membres").text


def test_the_same_offer_made_twice_is_one(app, admin, visitor):
    first, second = link(app, admin), link(app, admin)

    assert (visitor.get(first).status_code, visitor.get(second).status_code) == (410, 200)


@pytest.mark.parametrize("pasted", ["{key}", "https://guichet.exemple.fr/activation/{key}", "  {key}  "])
def test_a_key_copied_leads_to_its_page(visitor, pasted):
    key = f"{SLUG}." + "x" * 64

    gone = visitor.post("/activation", {"cle": pasted.format(key=key)})

    assert (gone.status_code, gone.headers["Location"]) == (303, f"/activation/{key}")


def test_forged_links_are_counted(app, visitor):
    answers = {choose(visitor, f"/activation/{SLUG}.x").status_code for _ in range(31)}

    assert answers == {410, 429}


@pytest.mark.parametrize(
    ("others", "field"),
    [
        ({"email": "sans-arobase"}, "email"),
        ({"name": " "}, "name"),
        ({"role": "inventé"}, "role"),
        ({"side": "org"}, "siret"),
        ({"side": "org", "siret": "123"}, "siret"),
        ({"side": "org", "siret": "84206317400010"}, "organisation"),
        ({"email": "admin@exemple.test", "side": "admin"}, "email"),
    ],
)
def test_what_cannot_be_offered_is_said_where_it_is_written(app, admin, others, field):
    refused = invite(admin, **others)

    assert refused.status_code == 422
    assert f'id="fault-{field}"' in refused.text
    assert letters(app, SLUG) == []


def test_a_validator_invites_nobody_where_there_are_administrators(app, admin):
    play(app, "region@exemple.test", SLUG, "validator")
    region = signed_in(app, "region@exemple.test")

    assert (region.get(INVITE).status_code, invite(region).status_code) == (404, 404)
    assert "Inviter une personne" not in region.get(f"/{SLUG}/administration/membres").text
    assert letters(app, SLUG) == []


def test_the_journal_tells_who_invited_and_who_joined(app, admin, visitor):
    choose(visitor, link(app, admin))

    with inside(app, SLUG) as session:
        told = session.execute(select(JournalEntry.kind, JournalEntry.actor_name).order_by(JournalEntry.at)).all()
    assert [kind for kind, _ in told] == ["member.invited", "member.joined"]
    assert told[1][1] == "Inès Roux"


def test_two_regions_may_invite_the_same_new_person(app, admin, visitor):
    address = link(app, admin)
    account(app, INES)  # made meanwhile, by the invitation of another region

    assert choose(visitor, address).headers["Location"] == address
    assert Browser(app.test_client()).sign_in(INES, PASSWORD).status_code == 303
    with inside(app) as session:
        assert session.scalar(select(func.count(User.id)).where(User.email == INES)) == 1
