"""Every field of every step, given what no field expects: an answer that helps, everything kept, never a failure."""

import pytest

from tests.support.htmx import form_data, soup

STEPS = ("formation", "prescription", "places", "calendrier", "evenements")
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "sql": "'; drop table sheet; --",
    "template": "{{ 7 * 7 }}{% raw %}",
    "emoji": "😀👩‍👩‍👧",
    "arabic digits": "٣١/٠٢/٢٠٢٦",
    "impossible day": "31/02/2026",
    "negative": "-1",
    "huge number": "9" * 400,
    "formula": "=1+1|cmd",
    "long": "x" * 100_000,
    "right to left": "‮abc",
    "lone surrogate": "\ud800",
}
OURS = {"csrf_token", "version", "_was", "_forme", "_cle"}


def filled_with(page, value):
    data = form_data(page)
    for name in list(data):
        if name not in OURS and not name.endswith("-_id") and not name.startswith("_"):
            data.setlist(name, [value])
    return data


@pytest.fixture
def a_row(of, offer):
    """An event to type in."""
    page = of.get(offer.step("evenements"))
    of.post(offer.step("evenements"), {**form_data(page).to_dict(flat=False), "_ajouter": "evenements"})


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_step_full_of_hostile_words_helps_and_keeps_them(of, offer, a_row, step, what):
    url, value = offer.step(step), HOSTILE[what].encode("utf-8", "replace").decode()
    sent = of.post(url, filled_with(of.get(url), value).to_dict(flat=False))
    assert sent.status_code in (303, 422), sent.text[:500]
    again = of.get(url)
    assert again.status_code == 200
    assert "<script>alert" not in again.text
    assert not soup(again).select("[onmouseover]")
    assert "49" not in again.text.partition("{{")[2][:20]
    if sent.status_code == 422:
        assert soup(sent).select("[aria-invalid=true], .fault-summary, #faults")


@pytest.mark.parametrize("what", ["script", "long"])
def test_every_field_checked_on_leaving_answers_its_fragment(of, offer, what):
    value = HOSTILE[what].encode("utf-8", "replace").decode()
    for step in STEPS[:4]:
        data = filled_with(of.get(offer.step(step)), value).to_dict(flat=False)
        for name in {key.partition("-")[0] for key in data if key not in OURS and not key.startswith("_")}:
            answer = of.post(offer.step(step) + f"/champs/{name}", data, htmx=True)
            assert answer.status_code in (200, 422), (step, name, answer.text[:300])
            assert "<script>alert" not in answer.text


@pytest.mark.parametrize("what", ["script", "formula"])
def test_the_summary_the_list_and_the_exports_stand_hostile_words(of, offer, what):
    url, value = offer.step("formation"), HOSTILE[what].encode("utf-8", "replace").decode()
    of.post(url, filled_with(of.get(url), value).to_dict(flat=False))
    for page in (offer.href(rest="/recapitulatif"), offer.href(rest="/historique"), "/eos/espace/session/"):
        answer = of.get(page)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
    export = of.get("/eos/espace/session/sessions.csv")
    assert export.status_code == 200
    assert not any(cell.startswith(("=", "+", "@")) for line in export.text.splitlines() for cell in line.split(";"))
