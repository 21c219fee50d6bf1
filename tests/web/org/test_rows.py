"""Rows of a step: one more, one less, with script and without; the words typed beside them are never lost."""

import uuid

from sqlalchemy import select

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import after_swap, form_data, same_page, soup
from tests.support.offer import make_tree
from tests.support.people import inside, play, signed_in


def rows_of(page):
    return [card["data-row-id"] for card in soup(page).select("[data-row-id]")]


def send(browser, url, data, **kwargs):
    return browser.post(url, data.to_dict(flat=False), **kwargs)


def event(data, place=0, **values):
    for name, value in values.items():
        data.setlist(f"evenements-{place}-{name.replace('__', '-')}", [value])
    return data


def test_a_row_is_added_in_place_and_the_page_is_the_page_loaded_again(of, offer):
    url = offer.step("evenements")
    page = of.get(url)
    part = send(of, f"{url}/lignes/evenements", form_data(page), htmx=True)
    assert part.status_code == 200
    swapped = after_swap(page, part, "#field-evenements")
    assert len(rows_of(swapped)) == 1
    same_page(swapped, of.get(part.headers["HX-Replace-Url"]))


def test_what_was_typed_in_the_rows_before_is_kept(of, offer, stored):
    url = offer.step("evenements")
    page = after_swap(
        of.get(url), send(of, f"{url}/lignes/evenements", form_data(of.get(url)), htmx=True), "#field-evenements"
    )
    data = event(form_data(page), type="infocoll", date_debut="2026-02-15", description="À distance")
    part = send(of, f"{url}/lignes/evenements", data, htmx=True)
    page = after_swap(page, part, "#field-evenements")
    assert len(rows_of(page)) == 2
    assert form_data(page)["evenements-0-description"] == "À distance"
    assert stored(offer.session).data["evenements"][0]["type"] == "infocoll"
    same_page(page, of.get(part.headers["HX-Replace-Url"]))


def test_without_script_the_button_saves_and_comes_back_with_a_row(of, offer, stored):
    url = offer.step("evenements")
    data = form_data(of.get(url))
    data["_ajouter"] = "evenements"
    answer = send(of, url, data)
    assert answer.status_code == 303
    page = of.get(answer.location)
    assert answer.location.endswith("#field-evenements")
    (row_id,) = rows_of(page)
    data = event(form_data(page), type="test", date_debut="pas un jour")
    data["_ajouter"] = "evenements"
    page = of.get(send(of, url, data).location)
    assert len(rows_of(page)) == 2
    assert form_data(page)["evenements-0-date_debut"] == "pas un jour"
    assert row_id in rows_of(page)
    assert stored(offer.session).raw["evenements"][0]["date_debut"] == "pas un jour"


def test_a_row_is_taken_away_in_place(of, offer, change, stored):
    url = offer.step("evenements")
    change(offer.session, evenements=[{"_id": "a1", "type": "test"}, {"_id": "b2", "type": "bilan"}])
    page = of.get(url)
    data = event(form_data(page), place=1, description="Mots tapés")
    part = of.client.delete(
        f"{url}/lignes/evenements/a1",
        data=data.to_dict(flat=False),
        headers={"HX-Request": "true", "HX-Request-Type": "partial", "X-CSRFToken": data["csrf_token"]},
    )
    assert part.status_code == 200, part.text
    swapped = after_swap(page, part, "#field-evenements")
    assert rows_of(swapped) == ["b2"]
    assert stored(offer.session).data["evenements"] == [{"_id": "b2", "type": "bilan", "description": "Mots tapés"}]
    same_page(swapped, of.get(url))


def test_a_row_is_taken_away_without_script(of, offer, change, stored):
    url = offer.step("evenements")
    change(offer.session, evenements=[{"_id": "a1", "type": "test"}])
    data = form_data(of.get(url))
    assert send(of, f"{url}/lignes/evenements/a1/supprimer", data).status_code == 303
    assert "evenements" not in stored(offer.session).data
    change(offer.session, evenements=[{"_id": "a1", "type": "test"}])
    data = form_data(of.get(url))
    data["_supprimer"] = "evenements:a1"
    assert send(of, url, data).status_code == 303
    assert "evenements" not in stored(offer.session).data


def test_a_row_that_was_never_typed_goes_as_it_came(of, offer, stored):
    url = offer.step("evenements")
    page = of.get(f"{url}?ligne=evenements:neuve123")
    part = send(of, f"{url}/lignes/evenements/neuve123/supprimer", form_data(page), htmx=True)
    assert rows_of(after_swap(page, part, "#field-evenements")) == []
    assert stored(offer.session).version == 1


def test_unknown_rows_and_fields_are_not_there(of, offer):
    url = offer.step("evenements")
    data = form_data(of.get(url))
    assert send(of, f"{url}/lignes/evenements/inconnue/supprimer", data).status_code == 404
    assert send(of, f"{url}/lignes/inconnu", data).status_code == 404
    assert send(of, offer.step("formation") + "/lignes/libelle_public", data).status_code == 404
    assert send(of, offer.step("places") + "/lignes/financeurs", data).status_code == 404


def test_fixed_rows_are_a_table_of_their_own(of, offer, stored):
    url = offer.step("places")
    data = form_data(of.get(url))
    data["financeurs-0-effectif"], data["financeurs-1-effectif"] = "10", "0"
    assert send(of, url, data).status_code == 303
    rows = stored(offer.session).data["financeurs"]
    assert rows == [{"_id": "region", "effectif": 10}, {"_id": "pole_emploi", "effectif": 0}]


def test_a_cell_is_checked_on_leaving_it(of, offer, change):
    url = offer.step("evenements")
    page = of.get(f"{url}?ligne=evenements:neuve123")
    data = event(form_data(page), heure_debut="25h", date_debut="2026-02-15")
    part = send(of, f"{url}/champs/evenements-0-heure_debut", data, htmx=True)
    assert "field-error" in soup(part).find(id="field-evenements-0-heure_debut")["class"]
    data = event(data, adresse__code_postal="690", adresse__commune="Lyon")
    part = soup(send(of, f"{url}/champs/evenements-0-adresse", data, htmx=True))
    assert "5 chiffres sont attendus" in part.text


def test_a_locked_sheet_takes_no_row(of, offer, change):
    url = offer.step("evenements")
    page = of.get(f"{url}?ligne=evenements:neuve123")
    change(offer.session, session="validee_of")
    data = event(form_data(page), type="test")
    answer = send(of, f"{url}/lignes/evenements", data, htmx=True)
    assert answer.status_code == 409
    assert "Session en cours de validation" in answer.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert answer.headers["HX-Reswap"] == "none"


def meetings_step(app) -> str:
    """The step of a region's meetings, whose rows begin with their type."""
    play(app, "of@exemple.test", "declare", "org")
    with inside(app, "declare") as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        made = make_tree(session, registry.get("declare"), "session", holder, reunions=[]).id
    return f"/declare/espace/fiches/{made}/etapes/reunions"


def meetings(app, url):
    with inside(app, "declare") as session:
        return session.get_one(Sheet, uuid.UUID(url.split("/")[4])).data.get("reunions")


def test_a_new_row_begins_with_the_first_values_of_its_cells(app):
    url = meetings_step(app)
    of = signed_in(app, "of@exemple.test")
    page = of.get(url)
    part = send(of, f"{url}/lignes/reunions", form_data(page), htmx=True)
    swapped = after_swap(page, part, "#field-reunions")
    assert form_data(swapped)["reunions-0-type"] == "infocoll"
    same_page(swapped, of.get(part.headers["HX-Replace-Url"]))

    data = form_data(page)
    data["_ajouter"] = "reunions"
    page = of.get(send(of, url, data).location)  # without a script
    assert form_data(page)["reunions-0-type"] == "infocoll"
    send(of, url, form_data(page))
    assert not meetings(app, url)  # nothing was typed in it

    data = form_data(page)
    data["reunions-0-jour"] = "2026-04-02"
    send(of, url, data)
    assert [(row["type"], row["jour"]) for row in meetings(app, url)] == [("infocoll", "2026-04-02")]
