"""A scope with everything an expression may name, and a sheet that answers it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from portal.domain.conditions import Scope, Type

FUNDER = Scope(values={"effectif": Type.NUMBER, "libelle": Type.TEXT})
EVENT = Scope(
    values={"type": Type.TEXT, "jour": Type.DATE, "heure": Type.TIME, "places": Type.NUMBER, "debut": Type.DATE},
    choices={"type": ["infocoll", "test", "bilan"]},
    rows={"creneaux": Scope(values={"heures": Type.NUMBER}, rows={"salles": Scope(values={"places": Type.NUMBER})})},
)
SESSION = Scope(
    values={"publication": Type.TEXT, "debut": Type.DATE, "places": Type.NUMBER}, rows={"evenements": EVENT}
)


@pytest.fixture(scope="session")
def scope() -> Scope:
    return Scope(
        values={
            "debut": Type.DATE,
            "fin": Type.DATE,
            "ouverture": Type.TIME,
            "fin_publication": Type.DATETIME,
            "effectif_vise": Type.NUMBER,
            "frais_ht": Type.NUMBER,
            "taux_tva": Type.NUMBER,
            "intitule": Type.TEXT,
            "programme": Type.TEXT,
            "adresse_differente": Type.BOOL,
            "publics": Type.LIST,
            "adresse": Type.ANY,
            "vide": Type.NUMBER,
        },
        choices={"programme": ["e2c", "cared_18"], "publics": ["jeunes", "salaries"]},
        rows={"evenements": EVENT, "financeurs": FUNDER},
        groups={
            "dossier": Scope(values={"mode": Type.TEXT, "contact_nom": Type.TEXT}, rows={"lots": FUNDER}),
            "financeurs": Scope(groups={"region": FUNDER, "pole_emploi": FUNDER}),
            "option": Scope(values={"approbation": Type.BOOL}),
        },
        children={"session": SESSION},
    )


@pytest.fixture(scope="session")
def sheet() -> dict[str, Any]:
    return {
        "debut": dt.date(2026, 9, 1),
        "fin": dt.date(2027, 6, 30),
        "ouverture": dt.time(9, 30),
        "fin_publication": dt.datetime(2026, 8, 15, 12, 0),
        "effectif_vise": 12,
        "frais_ht": Decimal("1200.50"),
        "taux_tva": Decimal(20),
        "intitule": "Soudure à l’arc",
        "programme": "e2c",
        "adresse_differente": True,
        "publics": ["jeunes"],
        "adresse": {"insee": "69123"},
        "vide": None,
        "evenements": [
            {"type": "infocoll", "jour": dt.date(2026, 5, 4), "heure": dt.time(10, 0), "places": 10,
             "creneaux": [{"heures": 3, "salles": [{"places": 8}]}]},
            {"type": "test", "jour": None, "heure": None, "places": None},
            {"type": "test", "jour": dt.date(2026, 6, 1), "heure": dt.time(8, 0), "places": 5},
        ],
        "financeurs": {
            "region": {"effectif": 8, "libelle": "Région"},
            "pole_emploi": {"effectif": 4, "libelle": "Pôle emploi"},
        },
        "dossier": {"mode": "subvention", "contact_nom": "", "lots": [{"effectif": 3}]},
        "option": {"approbation": False},
        "session": [
            {"publication": "jamais", "debut": dt.date(2026, 9, 1), "places": 6, "evenements": [{"type": "bilan"}]},
            {"publication": "publiee", "debut": dt.date(2026, 10, 1), "places": 7, "evenements": []},
        ],
    }  # fmt: skip
