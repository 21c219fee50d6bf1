import pytest

from portal.extensions import db
from portal.tenancy.registry import registry
from tests.support.people import Browser, account, play, role_of, signed_in

IDA = "ida@exemple.test"


@pytest.fixture
def slugs(app):
    return registry.slugs()[:2]


@pytest.fixture
def visitor(app, probe_app):
    return Browser(probe_app.test_client())


# --- nobody


def test_anonymous_is_sent_to_sign_in_and_back(visitor, slugs):
    answer = visitor.get(f"/{slugs[0]}/essai/organisme?page=2&q=été")

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/connexion?suite=/{slugs[0]}/essai/organisme?page%3D2%26q%3D%C3%A9t%C3%A9"


def test_anonymous_under_htmx_is_sent_to_sign_in_and_back_to_the_page_around(visitor, slugs):
    behind = {"HX-Current-URL": f"http://localhost/{slugs[0]}/espace/?tri=date"}

    answer = visitor.get(f"/{slugs[0]}/essai/organisme", htmx=True, headers=behind)

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"/connexion?suite=/{slugs[0]}/espace/?tri%3Ddate"


def test_anonymous_under_htmx_is_not_sent_back_to_another_site(visitor, slugs):
    behind = {"HX-Current-URL": "http://exemple.org/connexion"}

    answer = visitor.get(f"/{slugs[0]}/essai/organisme", htmx=True, headers=behind)

    assert answer.headers["HX-Redirect"] == "/connexion"


def test_words_sent_after_the_session_ended_stay_on_the_screen_and_one_signs_in_over_them(visitor, slugs):
    url = f"/{slugs[0]}/essai/organisme"

    answer = visitor.client.post(
        url, data={"intitule": "Cuisine"}, headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )

    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#modal"
    assert answer.headers["HX-Reswap"] == "innerHTML"
    assert "HX-Redirect" not in answer.headers
    assert "<dialog" in answer.text


def test_words_sent_without_script_after_the_session_ended_are_shown_back(visitor, slugs):
    url = f"/{slugs[0]}/essai/organisme"

    answer = visitor.client.post(url, data={"intitule": "<b>Cuisine</b>", "csrf_token": "x", "mot_de_passe": "secret"})

    assert answer.status_code == 401
    assert "&lt;b&gt;Cuisine&lt;/b&gt;" in answer.text
    assert "secret" not in answer.text


def test_a_button_pressed_after_the_session_ended_leads_to_sign_in_and_back_to_its_page(visitor, slugs):
    referrer = {"Referer": f"http://localhost/{slugs[0]}/espace/fiches/1"}

    answer = visitor.client.post(f"/{slugs[0]}/essai/organisme", data={"csrf_token": "x"}, headers=referrer)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/connexion?suite=/{slugs[0]}/espace/fiches/1"


def test_a_view_that_does_not_say_who_may_enter_is_closed_to_all(visitor):
    assert visitor.get("/essai/sans-acces").status_code == 500


# --- members


def test_member_enters_on_their_side_with_their_roles(app, probe_app, slugs):
    holder = play(app, IDA, slugs[0], "org")

    told = signed_in(probe_app, IDA).get(f"/{slugs[0]}/essai/organisme").json

    assert told["side"] == "org"
    assert told["roles"] == [role_of(slugs[0], "org")]
    assert told["organisations"] == [str(holder)]
    assert told["organisation"] == str(holder)
    assert told["scope"] == slugs[0]
    assert told["database"].startswith(f"{slugs[0]} ")
    assert len(told["database"]) == len(slugs[0]) + 37


@pytest.mark.parametrize("path", ["essai/valideur", "essai/organisme"])
def test_member_of_another_region_finds_no_such_page(app, probe_app, slugs, path):
    for side in ("org", "validator"):
        play(app, IDA, slugs[0], side)

    answer = signed_in(probe_app, IDA).get(f"/{slugs[1]}/{path}")

    assert answer.status_code == 404


def test_member_of_another_side_finds_no_such_page(app, probe_app, slugs):
    play(app, IDA, slugs[0], "org")
    play(app, "max@exemple.test", slugs[0], "validator")

    assert signed_in(probe_app, IDA).get(f"/{slugs[0]}/essai/valideur").status_code == 404
    assert signed_in(probe_app, "max@exemple.test").get(f"/{slugs[0]}/essai/organisme").status_code == 404


def test_account_without_part_to_play_finds_no_such_page(app, probe_app, slugs):
    account(app, IDA)

    assert signed_in(probe_app, IDA).get(f"/{slugs[0]}/essai/organisme").status_code == 404


def test_a_role_that_the_region_no_longer_has_opens_nothing(app, probe_app, slugs):
    play(app, IDA, slugs[0], "org", role="role_disparu")

    browser = signed_in(probe_app, IDA)

    assert browser.get(f"/{slugs[0]}/essai/organisme").status_code == 404
    assert browser.get("/compte").status_code == 200


def test_person_on_two_sides_acts_on_the_one_the_page_belongs_to(app, probe_app, slugs):
    holder = play(app, IDA, slugs[0], "org")
    play(app, IDA, slugs[0], "validator")
    browser = signed_in(probe_app, IDA)

    org, validator, both = (browser.get(f"/{slugs[0]}/essai/{page}").json for page in ("organisme", "valideur", "deux"))

    assert (org["side"], org["roles"], org["organisations"]) == ("org", [role_of(slugs[0], "org")], [str(holder)])
    assert (validator["side"], validator["roles"]) == ("validator", [role_of(slugs[0], "validator")])
    assert validator["organisations"] == []
    assert (both["side"], both["roles"]) == ("validator", sorted(org["roles"] + validator["roles"]))


# --- several establishments


@pytest.fixture
def two_establishments(app, probe_app, slugs):
    ids = [str(play(app, IDA, slugs[0], "org", number=number)) for number in (1, 2)]
    return signed_in(probe_app, IDA), f"/{slugs[0]}", ids


def test_all_establishments_are_shown_until_one_is_chosen(two_establishments):
    browser, region, ids = two_establishments

    told = browser.get(f"{region}/essai/organisme").json

    assert told["organisations"] == sorted(ids)
    assert told["organisation"] is None


def test_the_establishment_chosen_narrows_what_one_may_do_until_all_are_chosen_again(two_establishments):
    browser, region, ids = two_establishments

    answer = browser.post(f"{region}/etablissement", {"etablissement": ids[1], "suite": "/compte"})
    chosen = browser.get(f"{region}/essai/organisme").json
    browser.post(f"{region}/etablissement", {"etablissement": ""})
    all_again = browser.get(f"{region}/essai/organisme").json

    assert answer.headers["Location"] == "/compte"
    assert (chosen["organisations"], chosen["organisation"]) == ([ids[1]], ids[1])
    assert all_again["organisations"] == sorted(ids)


def test_an_establishment_that_is_not_ones_own_cannot_be_chosen(app, two_establishments, slugs):
    browser, region, ids = two_establishments
    theirs = play(app, "max@exemple.test", slugs[0], "org", number=3)

    assert browser.post(f"{region}/etablissement", {"etablissement": str(theirs)}).status_code == 404
    assert browser.get(f"{region}/essai/organisme").json["organisations"] == sorted(ids)


def test_a_page_of_another_establishment_hints_at_the_choice(two_establishments):
    browser, region, _ = two_establishments

    assert "plusieurs établissements" in browser.get(f"{region}/essai/valideur").text


# --- which region


def test_the_region_of_the_address_is_opened_for_visitors_too(visitor, slugs):
    told = visitor.get(f"/{slugs[1]}/essai/public").json

    assert told == {
        "slug": slugs[1],
        "scope": slugs[1],
        "here": f"/{slugs[1]}/essai/deux",
        "other": "/x/essai/deux",
    }


def test_an_unknown_region_does_not_exist(visitor):
    assert visitor.get("/nulle-part/essai/public").status_code == 404


def test_no_scope_is_left_behind(app, probe_app, slugs):
    play(app, IDA, slugs[0], "org")
    browser = signed_in(probe_app, IDA)
    for path in (f"/{slugs[0]}/essai/organisme", f"/{slugs[1]}/essai/organisme", "/nulle-part/essai/public"):
        browser.get(path)

    with probe_app.test_request_context("/accessibilite"):
        probe_app.preprocess_request()
        seen = db.session.scalar(db.text("select current_setting('app.tenant') || ' ' || current_setting('app.user')"))

    assert seen == " "
