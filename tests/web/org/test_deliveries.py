"""…/envois: each target with its dates; the page asks again while something is under way, then stops."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries.parcels import Answer
from portal.domain.deliveries.refusals import note_refusal
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from portal.tenancy.schema import RuleUse
from tests.support.htmx import after_swap, same_page, soup
from tests.support.offer import AT
from tests.support.people import inside

SLUG = "eos"


@pytest.fixture
def url(offer):
    return offer.href(offer.whole, "/envois")


@pytest.fixture
def sent(of, region, offer):
    of.post(offer.href(offer.whole, "/actions/envoyer"))
    region.post(offer.href(offer.whole, "/actions/approuver"))
    of.get(offer.href(offer.whole))  # reads what was said of the sending


@pytest.fixture
def settle(app):
    """Bring the deliveries to a state."""

    def settle(state, **values):
        with inside(app, SLUG) as session:
            for row in session.scalars(
                select(Delivery).where(Delivery.state.in_(("due", "sending", "sent", "relayed")))
            ):
                if row.state != "relayed":
                    row.state, row.done_at = state, AT
                for name, value in values.items():
                    setattr(row, name, value)

    return settle


def test_before_anything_is_sent_the_state_is_explained(of, offer, url):
    page = of.get(url)

    assert page.status_code == 200
    assert "L'organisme complète la session, puis l'envoie vers la Région." in soup(page).text
    assert "Rien n’a encore été envoyé" in page.text
    assert "hx-trigger" not in str(soup(page).find(id="envois"))


def test_whose_turn_it_is(of, offer, url):
    of.post(offer.href(offer.whole, "/actions/envoyer"))

    assert "La suite dépend de : la Région" in soup(of.get(url)).find(id="envois").get_text(" ", strip=True)


def test_one_line_per_target_in_the_order_of_the_region(of, url, sent, settle):
    page = of.get(url)

    heads = [h.get_text(" ", strip=True) for h in soup(page).select("#envois article h3")]
    assert heads == [
        "Région Auvergne-Rhône-Alpes À envoyer", "Ma Formation Mon Emploi (MFME) À envoyer",
        "Site du CARIF Auvergne-Rhône-Alpes En attente du relais",
        "Catalogue national de l'offre de formation (Offre Info) En attente du relais",
    ]  # fmt: skip
    assert "Diffusion attendue" not in soup(page).find(id="envois").text  # nothing has left
    settle("acknowledged")
    text = soup(of.get(url)).find(id="envois").get_text(" ", strip=True)
    assert "Relayé par Ma Formation Mon Emploi (MFME)" in text
    assert "Diffusion attendue avant le" in text
    assert "Une question ? Assistance de Ma Formation Mon Emploi" in text


def test_the_page_is_live_while_something_is_under_way_then_stops(of, url, sent, settle):
    page = of.get(url)
    asks = soup(page).find(id="envois")
    assert (asks["hx-get"], asks["hx-trigger"], asks["hx-swap"]) == (url, "every 4s", "outerHTML")
    assert of.get(url, htmx=True).status_code == 200

    settle("acknowledged", receipt={"id": "A-1"})
    last = of.get(url, htmx=True)

    assert last.status_code == 286
    assert "hx-trigger" not in last.text
    same_page(after_swap(page, last, "#envois"), of.get(url))


@pytest.mark.parametrize(
    ("state", "values", "words"),
    [("rejected", {"problem": "SIRET inconnu. Corrigez la fiche."}, "SIRET inconnu. Corrigez la fiche."),
     ("held", {"held_because": "Il manque une date d'information."}, "Il manque une date d'information.")],
)  # fmt: skip
def test_why_it_is_refused_or_held(of, url, sent, settle, state, values, words):
    settle(state, **values)

    assert words in soup(of.get(url)).text


def test_the_receipt_may_be_kept(app, of, other, offer, url, sent, settle):
    settle("acknowledged", receipt={"id": "A-1"})
    link = next(a for a in soup(of.get(url)).select("#envois a[download]"))

    answer = of.get(link["href"])

    assert json.loads(answer.data)["accuse"] == {"id": "A-1"}
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert other.get(link["href"]).status_code == 404
    assert of.get(link["href"].replace(str(offer.whole), str(offer.session))).status_code == 404


def test_the_dossier_follows_what_is_below_it(of, region, offer, sent):
    page = of.get(offer.href(offer.dossier, "/envois"))

    assert [a["href"] for a in soup(page).select("#envois h2 a")] == [offer.href(offer.whole, "/envois")]
    assert region.get(offer.href(offer.dossier, "/envois")).status_code == 200


def test_the_deliveries_of_others_are_not_there(other, url):
    assert other.get(url).status_code == 404


def test_what_waits_for_another_target_says_whom(of, url, sent, settle):
    settle("waiting", held_because="L'envoi partira dès que la Région aura accusé réception.")

    assert "L'envoi partira dès que la Région aura accusé réception." in soup(of.get(url)).text


def test_a_refusal_whose_meaning_is_known_links_to_its_field(app, of, offer, url, sent):
    with inside(app, SLUG) as session:
        row = session.scalars(select(Delivery).where(Delivery.target == "mfme")).one()
        row.state, row.attempts = "rejected", 1
        said = Answer("rejected", 422, code="DATE_PASSEE", message="bad date")
        note_refusal(session, registry.get(SLUG), row, said, at=AT)

    article = soup(of.get(url)).find(id=f"delivery-{row_id(app, 'mfme')}")

    assert "La date de début de la session est passée. Corrigez la date de début" in article.text
    link = next(a for a in article.select("a") if "#field-date_debut" in a["href"])
    assert of.get(link["href"].partition("#")[0]).status_code == 200


def test_what_is_held_links_to_what_is_missing_until_it_is_there(app, of, offer, url, sent, monkeypatch):
    tenant = registry.get(SLUG)
    rule = {"rule": "filled", "fields": ["code_offre_info"], "message": "Il manque le code."}
    flows = [f.model_copy(update={"ready": [RuleUse(**rule)]}) if f.target == "mfme" else f for f in tenant.flows.flows]
    changed = replace(tenant, flows=tenant.flows.model_copy(update={"flows": flows}))
    monkeypatch.setitem(registry._current, SLUG, changed)
    with inside(app, SLUG) as session:
        row = session.scalars(select(Delivery).where(Delivery.target == "mfme")).one()
        row.state, row.held_because = "held", "Il manque le code."
        sheet = session.get_one(Sheet, row.sheet_id)
        sheet.data = {k: v for k, v in sheet.data.items() if k != "code_offre_info"}
    assert "Où corriger" in soup(of.get(url)).find(id=f"delivery-{row_id(app, 'mfme')}").text

    with inside(app, SLUG) as session:
        sheet = session.get_one(Sheet, offer.whole)
        sheet.data = {**sheet.data, "code_offre_info": "24_1S"}
    text = soup(of.get(url)).find(id=f"delivery-{row_id(app, 'mfme')}").text

    assert "Où corriger" not in text
    assert "l’envoi repartira avec la prochaine version transmise" in text


def test_the_lines_for_those_who_help_name_the_sheet_and_the_cause(of, offer, url, sent, settle):
    settle("rejected", problem="SIRET inconnu.")

    lines = soup(of.get(url)).select_one("#envois details textarea").text

    assert "Destinataire : " in lines and "Cause : SIRET inconnu." in lines
    assert "Dossier : " in lines and "Session : " in lines


def test_a_batch_says_when_it_leaves(app, of, url, sent):
    with inside(app, SLUG) as session:
        for row in session.scalars(select(Delivery).where(Delivery.state == "due")):
            row.due_at = datetime(2031, 3, 2, 20, 0, tzinfo=UTC)

    assert "Départ prévu le" in soup(of.get(url)).find(id="envois").text


def row_id(app, target):
    with inside(app, SLUG) as session:
        return session.scalars(select(Delivery.id).where(Delivery.target == target)).one()
