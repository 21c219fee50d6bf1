"""Moves: asked about where the region wants it, done once, refused with the reason."""

from tests.support.htmx import soup


def actions(offer, move, sheet_id=None):
    return offer.href(sheet_id or offer.whole, f"/actions/{move}")


def test_sending_says_it_is_done(of, offer, stored):
    answer = of.post(actions(offer, "envoyer"))
    assert (answer.status_code, answer.location) == (303, offer.href(offer.whole))
    assert stored(offer.whole).state("session") == "validee_of"
    page = of.get(answer.location)
    assert (
        "La session de formation a bien été sauvegardée et sera validée par la Région aussitôt que possible"
        in page.text
    )


def test_done_twice_it_is_refused_the_second_time(of, offer, stored):
    of.post(actions(offer, "envoyer"))
    again = of.post(actions(offer, "envoyer"))
    assert again.status_code == 409
    assert "Validée OF" in again.text


def test_an_incomplete_session_is_not_sent_and_says_what_is_missing_where(of, offer, stored):
    answer = of.post(actions(offer, "envoyer", offer.session))
    tree = soup(answer)
    assert answer.status_code == 422
    hrefs = {a["href"] for a in tree.select("#faults a")}
    assert f"{offer.step('formation')}#field-organisme_formateur" in hrefs
    assert f"{offer.step('calendrier')}#field-date_debut" in hrefs
    assert stored(offer.session).state("session") == "a_finaliser"


def test_a_move_that_must_be_confirmed_asks_first(of, offer, stored):
    page = of.get(actions(offer, "annuler"))
    assert page.status_code == 200
    assert "La session reste dans votre dossier, marquée comme annulée." in page.text
    dialog = of.get(actions(offer, "annuler"), htmx=True)
    assert soup(dialog).find("dialog")
    assert "<html" not in dialog.text
    assert stored(offer.whole).state("annulation") == "maintenue"
    assert of.post(actions(offer, "annuler"), {"confirmer": "1"}).status_code == 303
    assert stored(offer.whole).state("annulation") == "annulee"


def test_a_reason_that_is_required_is_asked_again(of, region, offer, stored):
    of.post(actions(offer, "envoyer"))
    answer = region.post(actions(offer, "renvoyer"), {"motif": "   "})
    assert answer.status_code == 422
    assert soup(answer).find("textarea", id="motif")["aria-invalid"] == "true"
    assert stored(offer.whole).state("session") == "validee_of"
    assert region.post(actions(offer, "renvoyer"), {"motif": "Précisez le lieu."}).status_code == 303
    assert stored(offer.whole).state("session") == "a_finaliser"


def test_who_decides_uses_the_same_address_and_goes_where_the_form_says(of, region, offer, stored):
    of.post(actions(offer, "envoyer"))
    answer = region.post(actions(offer, "approuver"), {"suite": "/eos/validation/"})
    assert (answer.status_code, answer.location) == (303, "/eos/validation/")
    assert stored(offer.whole).state("session") == "transmise"


def test_an_address_elsewhere_is_not_followed(of, offer):
    answer = of.post(actions(offer, "envoyer"), {"suite": "//ailleurs.example/"})
    assert answer.location == offer.href(offer.whole)


def test_a_move_that_is_not_one_s_to_make_is_not_there(of, region, other, offer):
    assert of.post(actions(offer, "approuver")).status_code == 404
    assert of.get(actions(offer, "renvoyer")).status_code == 404
    assert region.post(actions(offer, "envoyer")).status_code == 404
    assert of.post(actions(offer, "inconnue")).status_code == 404
    assert other.post(actions(offer, "envoyer")).status_code == 404


def test_a_move_that_a_guard_refuses_says_why(of, offer, change, stored):
    change(offer.session, type="O")
    answer = of.post(actions(offer, "supprimer", offer.session))
    assert answer.status_code == 409
    assert "Seule une session supplémentaire jamais transmise peut être supprimée" in answer.text
    assert stored(offer.session).deleted_at is None


def test_what_was_deleted_leads_back_to_what_held_it(of, offer):
    answer = of.post(actions(offer, "supprimer", offer.session))
    assert (answer.status_code, answer.location) == (303, offer.href(offer.action))
    assert of.get(offer.href(offer.session)).status_code == 404


def test_what_is_asked_about_and_no_longer_possible_says_so(of, offer):
    of.post(actions(offer, "envoyer"))
    page = of.get(actions(offer, "annuler"))
    assert page.status_code == 409
