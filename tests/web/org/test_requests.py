"""Change requests: a scope, then proposals beside what the sheets say today; nothing changes until it is decided."""

import re
import uuid

import pytest

from tests.support.htmx import after_swap, form_data, soup


@pytest.fixture
def request_id(of, offer):
    """A request about the dossier, with the training sheet in its scope."""
    url = f"/eos/espace/demande/nouveau?parent={offer.dossier}"
    answer = of.post(url)
    made = uuid.UUID(re.search(r"/fiches/([0-9a-f-]{36})/", answer.location)[1])
    step = offer.step("demande", made)
    page = of.get(step)
    assert "Attention, vous définissez ici le périmètre de votre demande de modification." in page.text
    saved = of.post(step, {"modif_fiche_formation": "1", "resume_fiche_formation": "complétude dossier"})
    assert saved.status_code == 303, saved.text
    return made


def proposed(offer, request_id, step="description", target=None):
    return offer.href(request_id, f"/propositions/{target or offer.action}/etapes/{step}")


def test_the_scope_and_its_summary_are_saved_together(stored, request_id):
    data = stored(request_id).data
    assert (data["modif_fiche_formation"], data["resume_fiche_formation"]) == (True, "complétude dossier")


def test_the_region_s_title_is_over_it(of, offer, request_id):
    words = "En cours d'élaboration - Demande de modification - Dossier n°Texte - Offre EOS"
    assert soup(of.get(offer.href(request_id))).h1.text == words


def test_a_proposal_changes_nothing_but_the_request(of, offer, stored, request_id):
    url = proposed(offer, request_id)
    data = form_data(of.get(url))
    data["objectif"] = "Un objectif plus clair"
    answer = of.post(url, {**data.to_dict(flat=False), "_action": "continuer"})
    assert (answer.status_code, answer.location) == (303, offer.href(request_id, "/propositions"))
    assert stored(offer.action).data["objectif"] == "Texte"
    page = soup(of.get(offer.href(request_id, "/propositions")))
    line = next(tr for tr in page.select(".compare tbody tr") if tr.th.text == "Objectif")
    assert [td.text for td in line.select("td")[1:]] == ["Texte", "Un objectif plus clair"]


def test_a_proposal_saves_itself_too(of, offer, stored, request_id):
    url = proposed(offer, request_id)
    page = of.get(url)
    data = form_data(page)
    data["objectif"] = "Un objectif"
    part = of.post(url, data.to_dict(flat=False), htmx=True, query_string={"_action": "autosave"})
    assert part.status_code == 200
    assert "Brouillon enregistré" in soup(after_swap(page, part, "#saved")).find(id="saved").text
    proposal = stored(request_id).data["_proposals"][str(offer.action)]
    assert proposal["values"] == {"objectif": "Un objectif"}


def test_what_is_not_valid_is_kept_and_marked(of, offer, stored, request_id):
    url = proposed(offer, request_id)
    data = form_data(of.get(url))
    data["duree_centre"] = "beaucoup"
    answer = of.post(url, data.to_dict(flat=False))
    assert answer.status_code == 422
    assert stored(request_id).data["_proposals"][str(offer.action)]["raw"] == {"duree_centre": "beaucoup"}
    assert form_data(of.get(url))["duree_centre"] == "beaucoup"


def test_what_is_out_of_the_scope_is_read_only_and_refused(of, offer, request_id):
    assert of.get(proposed(offer, request_id, target=offer.dossier, step="contact")).status_code == 404
    assert of.get(proposed(offer, request_id, target=offer.session, step="formation")).status_code == 404


def test_another_s_request_is_not_there(other, offer, request_id):
    assert other.get(proposed(offer, request_id)).status_code == 404
    assert other.get(offer.href(request_id, "/propositions")).status_code == 404


def test_a_sheet_that_is_no_request_proposes_nothing(of, offer):
    assert of.get(offer.href(offer.dossier, "/propositions")).status_code == 404


def test_sent_it_is_closed_and_accepted_it_is_applied(of, region, offer, stored, request_id):
    url = proposed(offer, request_id)
    data = form_data(of.get(url))
    data["objectif"] = "Un objectif plus clair"
    of.post(url, data.to_dict(flat=False))
    assert of.post(offer.href(request_id, "/actions/transmettre")).status_code == 303
    assert soup(of.get(url)).find("form", id="sheet-form") is None
    data["objectif"] = "Trop tard"
    assert of.post(url, data.to_dict(flat=False)).status_code == 409
    assert region.post(offer.href(request_id, "/actions/accepter")).status_code == 303
    assert stored(offer.action).data["objectif"] == "Un objectif plus clair"


def test_rows_are_proposed_too(of, offer, stored, request_id):
    of.post(offer.step("demande", request_id), {"ajout_sous_traitant": "1"})
    url = proposed(offer, request_id, step="sous_traitance", target=offer.dossier)
    page = of.get(url)
    part = of.post(f"{url}/lignes/sous_traitants", form_data(page).to_dict(flat=False), htmx=True)
    page = after_swap(page, part, "#field-sous_traitants")
    data = form_data(page)
    names = [name for name in data if name.endswith("-raison_sociale")]
    data[names[-1]] = "SOUS TRAITANT SARL"
    assert of.post(url, data.to_dict(flat=False)).status_code == 303
    rows = stored(request_id).data["_proposals"][str(offer.dossier)]["values"]["sous_traitants"]
    assert rows[-1]["raison_sociale"] == "SOUS TRAITANT SARL"
