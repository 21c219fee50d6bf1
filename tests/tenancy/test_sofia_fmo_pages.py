"""What the pilote reads on the pages of a group and of a session."""

import pytest
from flask import Flask

from tests.support.htmx import soup
from tests.tenancy.fmo_http import Place, place


@pytest.fixture
def found(app: Flask) -> Place:
    return place(app, "designe", mode="0")


def words(found: Place, level: str, rest: str, where: str = "#sheet-step") -> str:
    page = found.of("pilote").get(found.at(level, rest))
    assert page.status_code == 200
    return " ".join(soup(page).select_one(where).get_text(" ").split())


def test_the_block_of_the_module_is_read_and_not_typed(found: Place) -> None:
    told = words(found, "groupe", "/etapes/dispositif_module")
    assert "Ces champs sont issus de GAIA et ne peuvent pas être modifiés dans SOFIA-FMO." in told
    assert "Type de candidature Public désigné" in told and "Modalités Hybride" in told
    found.post("pilote", found.at("groupe", "/etapes/dispositif_module"), {"type_lu": "individuelle"})
    assert "type_lu" not in found.stored("groupe")


def test_the_caps_of_gaia_stand_beside_the_trainers(found: Place) -> None:
    told = words(found, "session", "/etapes/intervenants")
    assert "Heures à rémunérer (plafond) 24 h Repris de : GAIA" in told
    assert "Heures restantes 24 h" in told


def test_the_trainer_is_named_in_the_summary(found: Place) -> None:
    told = words(found, "session", "/recapitulatif", "main")
    assert "Intervenant #1 Intervenant : Irène Costil" in told
    assert str(found.stored()["intervenants"][0]["intervenant"]) not in told


def test_what_does_not_concern_a_session_yet_is_not_on_its_pages(found: Place) -> None:
    told = words(found, "session", "/recapitulatif", "main")
    for label in ("Plus de 1000 stagiaires", "Bon de commande (EAFC)", "Numéro de session GAIA", "L'activation des"):
        assert label not in told
    found.change(nombre_stagiaires=1200)
    assert "Plus de 1000 stagiaires" in words(found, "session", "/etapes/stagiaires")
    found.change(statut="s5")
    assert "Numéro de session GAIA" in words(found, "session", "/recapitulatif", "main")


def test_a_new_session_of_a_designated_module_lacks_its_trainees_without_being_wrong(found: Place) -> None:
    found.change(nombre_stagiaires=None)
    stepper = words(found, "session", "/etapes/origine", "#step-stagiaires")
    assert "À corriger" not in stepper
    assert found.post("pilote", found.at("session", "/actions/transmettre")).status_code == 422
    found.change(nombre_stagiaires=0)
    refused = found.post("pilote", found.at("session", "/actions/transmettre"))
    assert (refused.status_code, "Choisissez les stagiaires parmi ceux du groupe." in refused.text) == (422, True)
