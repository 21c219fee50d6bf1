"""The queue of those who decide: what is in it, for whom, how it is narrowed, what it costs."""

import re

import pytest
from bs4 import BeautifulSoup

from portal.domain.sheets.models import Sheet
from portal.domain.sheets.queue import baskets_of
from portal.tenancy.registry import registry
from tests.support.offer import make_sheet, member, put_in_state
from tests.support.people import inside, play, signed_in
from tests.web.validator.conftest import OF, REGION, SLUG

QUEUE = f"/{SLUG}/validation/"


def read(answer):
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def lines(page):
    return [" ".join(row.get_text(" ").split()) for row in page.select("[data-row]")]


def hrefs(page):
    return [link["href"].partition("?")[0].rpartition("/")[2] for link in page.select("[data-row] th a")]


def test_what_was_sent_waits_and_what_is_being_typed_does_not(region):
    sent = region.session()
    region.session(send=False)

    page = read(region.region.get(QUEUE))

    assert hrefs(page) == [str(sent)]
    (line,) = lines(page)
    for words in ("HECATE FORMATION", "FPE 21-25", "Personne org", "01/04/2026", "Première demande"):
        assert words in line
    assert "Une fiche attend votre décision" in page.text


def test_tabs_are_the_tasks_of_the_role_each_with_its_count(region):
    region.session()
    region.session()

    tabs = [" ".join(a.text.split()) for a in read(region.region.get(QUEUE)).select("nav.tabs a")]

    assert tabs == ["Session à valider 2", "Demande de modification à traiter 0"]


def test_a_new_version_says_how_many_values_changed_and_where(region):
    sheet = region.session()
    region.press(sheet, "approuver", "validator")
    region.change(sheet, contact_nom="Iris Petit", date_debut="2026-05-04", effectif_min=4)
    region.press(sheet, "envoyer")

    (line,) = lines(read(region.region.get(QUEUE)))

    assert "3 changements Validée OF Change : " in line
    step = registry.get(SLUG).step_of("session", "date_debut")
    assert step.label in line
    assert len(lines(read(region.region.get(f"{QUEUE}?nature=session.{step.id}")))) == 1


def test_what_comes_back_says_when_it_was_sent_back(region):
    sheet = region.session()
    region.press(sheet, "renvoyer", "validator", "Le lieu manque.")
    region.press(sheet, "envoyer")

    assert "Après la correction demandée le 02/03/2026" in lines(read(region.region.get(QUEUE)))[0]


def test_choices_say_how_many_each_would_leave(region):
    region.session(), region.session()

    form = read(region.region.get(QUEUE)).select_one("form.filters")

    offered = {s["name"]: [o.text for o in s.select("option")] for s in form.select("select")}
    assert "FPE 21-25 (2)" in offered["programme"]
    assert "organisme" not in offered  # one alone: no choice to make
    assert offered["depuis"][:2] == ["Peu importe", "Plus de 2 jours"]


def test_what_is_decided_leaves_the_queue(region):
    sheet = region.session()
    region.press(sheet, "approuver", "validator")

    page = read(region.region.get(QUEUE))

    assert not lines(page)
    assert "Rien n’attend votre décision" in page.text


def test_the_nearest_start_comes_first_and_the_order_may_be_turned(region):
    far, near = region.session(date_debut="2026-09-01"), region.session(date_debut="2026-04-06")

    assert hrefs(read(region.region.get(QUEUE))) == [str(near), str(far)]
    assert hrefs(read(region.region.get(f"{QUEUE}?tri=-echeance"))) == [str(far), str(near)]
    assert hrefs(read(region.region.get(f"{QUEUE}?tri=attente"))) == [str(far), str(near)]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ("q=hécate", 2), ("q=HECATE+session", 2), ("q=50002", 1), ("q=soudeur", 0), ("q=100%25", 0), ("q=_", 0),
        ("programme=fpe_21_25", 2), ("programme=cared_18", 0), ("programme=inconnu", 2),
        ("organisme=00000000-0000-0000-0000-000000000000", 0), ("organisme=x", 2), ("page=9", 0), ("tri=x", 2),
        ("depuis=2", 2), ("depuis=x", 2), ("debut=sans", 0), ("debut=x", 2), ("debut=passe", 2),
        ("nature=premiere", 2), ("nature=nouvelle", 0), ("nature=corrigee", 0), ("nature=x.y", 2),
        ("tri=organisme", 2), ("tri=-programme", 2),
    ],
)  # fmt: skip
def test_filters(region, narrowed, found):
    region.session(), region.session()

    assert len(lines(read(region.region.get(f"{QUEUE}?{narrowed}")))) == found


def test_the_list_says_so_when_the_filters_leave_nothing(region):
    region.session()

    page = read(region.region.get(f"{QUEUE}?q=soudeur"))

    assert "Aucune fiche ne répond à ces critères" in page.text
    assert page.select_one("#queue-q")["value"] == "soudeur"


def test_pages_of_twenty(region):
    for _ in range(21):
        region.session()

    first, second = read(region.region.get(QUEUE)), read(region.region.get(f"{QUEUE}?page=2"))

    assert (len(lines(first)), len(lines(second))) == (20, 1)
    assert not set(hrefs(first)) & set(hrefs(second))


def test_one_line_or_many_cost_the_same(region, statements):
    sheet = region.session()
    region.press(sheet, "approuver", "validator")
    region.change(sheet, contact_nom="Iris Petit")
    region.press(sheet, "envoyer")
    region.region.get(QUEUE)
    with statements() as for_one:
        region.region.get(QUEUE)
    for _ in range(29):
        region.session()

    with statements() as for_many:
        page = read(region.region.get(QUEUE))

    assert "30 fiches attendent votre décision" in page.text
    assert len(lines(page)) == 20
    assert len(for_many) == len(for_one)


def test_the_list_swapped_is_the_list_reloaded(region):
    region.session(), region.session()
    url = f"{QUEUE}?tri=-echeance&q=session"

    part, whole = region.region.get(url, htmx=True), region.region.get(url)

    assert "<html" not in part.text
    assert BeautifulSoup(part.text, "html.parser").select_one("#queue") == read(whole).select_one("#queue")


def test_an_organisation_has_no_queue(region):
    browser = region.sign_in(OF, "org", number=2)

    assert browser.get(QUEUE).status_code == 404
    assert browser.get(f"/{SLUG}/validation/fiches").status_code == 404
    assert browser.get(f"/{SLUG}/validation/fiches/{region.session()}").status_code == 404


def test_a_visitor_is_asked_to_sign_in(app, region):
    answer = app.test_client().get(QUEUE)

    assert (answer.status_code, answer.location) == (303, f"/connexion?suite={QUEUE}")


def test_a_role_sees_only_what_waits_for_it(app, region):
    """Another validator of the region, to whom no state gives the next word, has an empty queue."""
    region.session()
    play(app, "admin2@exemple.test", SLUG, "admin")

    assert signed_in(app, "admin2@exemple.test").get(QUEUE).status_code == 404


def test_every_line_leads_back_to_its_place_in_the_queue(region):
    first, second = region.session(date_debut="2026-04-06"), region.session(date_debut="2026-04-07")

    link = read(region.region.get(f"{QUEUE}?q=session")).select_one(f"#open-sheet-row-{first}")
    page = read(region.region.get(link["href"]))

    assert "1 sur 2 dans votre file" in page.text
    assert str(second) in page.find("a", attrs={"data-key": "n"})["href"]
    assert re.search(r"q=session", page.select_one(".crumbs a")["href"])


def test_the_person_of_the_region_lands_on_the_queue(app, region):
    assert signed_in(app, REGION).get("/compte/espaces").text.count(QUEUE) >= 1


def test_the_desk_opens_where_something_waits(region):
    tenant = registry.get(SLUG)
    waiting = next(b for b in baskets_of(tenant, member(tenant, "validator")) if b.level == "demande")
    with inside(region.app, SLUG) as session:
        request = make_sheet(session, tenant, "demande", session.get(Sheet, region.dossier))
        put_in_state(session, request, waiting.axis, waiting.states[waiting.axis][0])

    answer = region.region.get(QUEUE)

    assert answer.status_code == 303
    assert answer.location.endswith(f"{QUEUE}?onglet={waiting.id}")
    assert "Demande de modification à traiter 1" in " ".join(read(region.region.get(answer.location)).text.split())
