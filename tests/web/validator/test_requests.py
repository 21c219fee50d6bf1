"""Change requests at the desk: what is asked beside what is, accepted or refused."""

import pytest
from bs4 import BeautifulSoup

from portal.domain.entry.requests import propose_step, targets_of
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.offer import AT, TODAY, make_sheet, member
from tests.support.people import inside
from tests.web.validator.conftest import SLUG
from tests.web.validator.test_decisions import button
from tests.web.validator.test_review import compared

TAB = "?onglet=demande_a_traiter"


@pytest.fixture
def request_id(region):
    """A request that proposes another content for the action, sent to the region."""
    with inside(region.app, SLUG) as session:
        tenant = registry.get(SLUG)
        dossier = session.get(Sheet, region.dossier)
        values = {"modif_fiche_formation": True, "resume_fiche_formation": "Contenu précisé."}
        request = make_sheet(session, tenant, "demande", dossier, **values)
        target = next(v for v in targets_of(session, tenant, request, TODAY) if v.node.level == "action")
        actor = member(tenant, "org", organisations={region.holder})
        raws = {"contenu": "Accueil, puis vente.", "duree_entreprise": "70"}
        step = next(s.id for s in target.form.steps if any(f.id == "contenu" for f in s.fields))
        propose_step(session, tenant, request, target, step, raws, actor=actor, at=AT)
        return request.id


@pytest.fixture
def sent(region, request_id):
    region.press(request_id, "transmettre")
    return request_id


def page_of(region, request_id, more=TAB):
    answer = region.region.get(f"/{SLUG}/validation/fiches/{request_id}{more}")
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def test_a_request_sent_waits_in_its_tab_with_what_it_proposes(region, sent):
    page = BeautifulSoup(region.region.get(f"/{SLUG}/validation/{TAB}").text, "html.parser")

    (line,) = page.select("[data-row]")
    assert "2 valeurs proposées" in line.text
    assert str(sent) in line.select_one("a")["href"]


def test_the_values_asked_beside_the_present_ones(region, sent):
    page = page_of(region, sent)

    found = compared(page)
    assert found["Contenu"] == ["Modifié", "Texte", "Accueil, puis vente."]
    assert found["Durée moy. ent."] == ["Modifié", "10 h", "70 h"]
    assert len(found) == 2
    assert "Contenu précisé." in page.text


def test_a_request_not_sent_yet_shows_none_of_its_proposals(region, request_id):
    page = page_of(region, request_id)

    assert "n’a pas encore transmis cette demande" in page.text
    assert "Accueil, puis vente." not in page.text


def test_accepting_writes_the_values(region, sent):
    answer = region.region.post(button(page_of(region, sent), "a"))

    assert answer.status_code == 303
    assert answer.location == f"/{SLUG}/validation/{TAB}"
    assert region.sheet(region.action, lambda s: s.data["contenu"]) == "Accueil, puis vente."
    told = page_of(region, sent, "")
    assert compared(told)["Contenu"] == ["Modifié", "Texte", "Accueil, puis vente."]
    assert not told.select(".form-bar")


def test_refusing_keeps_the_values_and_tells_why(region, sent):
    answer = region.region.post(button(page_of(region, sent), "r"), {"motif": "Trop court."})

    assert answer.status_code == 303
    assert region.sheet(region.action, lambda s: s.data["contenu"]) == "Texte"
    assert "Trop court." in page_of(region, sent, "").select_one("#decisions").text


def test_a_value_that_changed_meanwhile_is_told_before_one_accepts(region, sent):
    region.change(region.action, contenu="Changé par la source")

    page = page_of(region, sent)

    assert "Une valeur a changé depuis la demande" in page.text
    assert "Contenu" in page.select_one(".notice").text
    answer = region.region.post(button(page, "a"))
    assert answer.status_code == 409
    assert region.sheet(region.action, lambda s: s.data["contenu"]) == "Changé par la source"
