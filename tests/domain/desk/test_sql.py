"""What PostgreSQL keeps is what the conditions keep, whatever the expression and however odd the data."""

import pytest

from portal.domain.desk.among import Among, views
from portal.domain.desk.reach import Reach
from portal.domain.desk.sql import Speech, Unsayable
from portal.domain.sheets.models import Sheet
from tests.support.offer import TODAY, put_in_state

SAID = [
    "date_debut >= today()",
    "date_debut < add_days(today(), 30)",
    "not (date_debut >= '2026-04-01')",
    "effectif_vise > 9",
    "effectif_vise * 2 + 1 > 20 and effectif_vise / 2 < 100",
    "effectif_vise / effectif_min >= 1",
    "not filled(effectif_vise)",
    "filled(contact_nom) and contact_nom != 'Odile'",
    "contact_nom == ''",
    "lower(contact_nom) == 'odile'",
    "starts_with(contact_nom, 'Od')",
    "length(contact_nom) > 4",
    "adresse_differente",
    "not adresse_differente",
    "adresse_differente == false",
    "type in ['S', 'F']",
    "type not in ['S', 'F']",
    "session == 'transmise' or annulation == 'annulee'",
    "dossier.mode == 'marche' and dossier.dossier == 'en_cours'",
    "action.duree_centre == duree_centre",
    "duree_centre * effectif_vise == 3640",
    "financeurs.region.effectif >= 10",
    "programme == 'fpe_21_25'",
    "organisation.name == 'HECATE FORMATION'",
    "code == '50001'",
    "obligatoire == 'non'",
    "(effectif_vise if adresse_differente else effectif_min) > 5",
    "date_debut <= '2026-05-01' <= date_fin",
    "1 < effectif_vise < 20",
    "-effectif_vise < -9",
    "any(evenements, type == 'infocoll')",
    "not any(evenements, type == 'test')",
    "any(evenements, date_debut >= today())",
    "any(evenements, type == 'infocoll' and effectif_vise > 9)",
    "any(evenements, heure_debut < '10:00') and filled(date_fin)",
]
ROW = {"_id": "r1", "type": "infocoll", "date_debut": "2026-04-01", "heure_debut": "09:00"}


@pytest.fixture
def varied(desk):
    desk.add(date_debut="2026-03-02", effectif_vise=10, type="S", evenements=[ROW])
    desk.add(
        date_debut="2026-09-01",
        effectif_vise=None,
        type=None,
        contact_nom=None,
        evenements=[{**ROW, "date_debut": "2020-01-01"}, 3],
    )
    desk.add(
        date_debut=None,
        contact_nom="Odile",
        adresse_differente=True,
        effectif_min=None,
        evenements=[{**ROW, "type": 4, "date_debut": "bientôt"}],
    )
    desk.add(
        date_debut="bientôt", effectif_vise="dix", contact_nom="", adresse_differente="oui", type=3, evenements="rien"
    )
    put_in_state(desk.session, desk.sessions[1], "session", "transmise")
    put_in_state(desk.session, desk.sessions[2], "annulation", "annulee")
    return desk


@pytest.mark.parametrize("expression", SAID)
def test_sql_answers_as_the_conditions_do(varied, expression):
    desk = varied
    kept = Among(desk.session, desk.tenant, desk.of, "session", TODAY).where(expression).query(Sheet.id)
    ids = [s.id for s in desk.sessions]
    read = {v.node.id for v in views(desk.session, desk.tenant, "session", ids, TODAY) if v.holds(expression)}

    found = set(desk.session.scalars(kept))

    Speech(Reach(desk.tenant, "session"), TODAY).said(expression)  # it was said in SQL, not read one by one
    assert found == read


@pytest.mark.parametrize(
    "expression", ["count(evenements) > 0", "all(evenements, type == 'infocoll')", "days(date_debut, date_fin) > 3"]
)
def test_what_sql_cannot_say_is_read(varied, expression):
    desk = varied
    with pytest.raises(Unsayable):
        Speech(Reach(desk.tenant, "session"), TODAY).said(expression)
    ids = [s.id for s in desk.sessions]
    read = {v.node.id for v in views(desk.session, desk.tenant, "session", ids, TODAY) if v.holds(expression)}

    found = set(
        desk.session.scalars(
            Among(desk.session, desk.tenant, desk.of, "session", TODAY).where(expression).query(Sheet.id)
        )
    )

    assert found == read
    assert 0 < len(found) <= len(ids)


def test_the_sheets_of_another_organisation_are_not_among_them(varied):
    desk = varied
    stranger = desk.of.__class__(desk.of.user_id, "x", desk.of.roles, frozenset(), frozenset(), "org")

    kept = Among(desk.session, desk.tenant, stranger, "session", TODAY).query(Sheet.id)

    assert desk.session.scalars(kept).all() == []
