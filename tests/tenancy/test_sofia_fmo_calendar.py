"""« 4 semaines avant », « 2 semaines de traitement », « 2 semaines de plus » : six weeks, or eight, of days on which
the establishments are open. Neither school holidays nor public ones make a week.
"""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from portal.domain.entry.completeness import problems_of_sheet
from portal.domain.entry.planning import plan_of
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.tenants import tenant_named
from tests.tenancy.test_sofia_fmo import Fmo, fmo

WEEKS = {"designe": 6, "individuelle": 8}


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sofia-fmo")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


def told(one: Fmo, first: date, today: date) -> list[str]:
    one.session.data = {
        **one.session.data,
        "creneaux": [{"_id": "c1", "jour": first.isoformat(), "debut": "09:00", "fin": "12:00"}],
    }
    db.session.flush()
    return [p.message for p in problems_of_sheet(db.session, one.view(today), "save") if p.path == "date_debut"]


@pytest.mark.parametrize(
    ("kind", "today", "last_refused", "earliest"),
    [
        # Christmas is from 19/12 to 03/01: one day of December, then 41 of January and February
        ("designe", date(2026, 12, 18), date(2027, 2, 12), date(2027, 2, 15)),
        # the same, then the winter holidays from 20/02 to 07/03
        ("individuelle", date(2026, 12, 18), date(2027, 3, 15), date(2027, 3, 16)),
        # in the holidays, the count begins on 04/01
        ("designe", date(2026, 12, 20), date(2027, 2, 12), date(2027, 2, 15)),
        ("individuelle", date(2027, 1, 4), date(2027, 3, 16), date(2027, 3, 17)),
        # 01/05, 08/05, Ascension and Whit Monday
        ("designe", date(2026, 4, 30), date(2026, 6, 12), date(2026, 6, 15)),
        # on a public holiday, the count begins on the working day that follows
        ("designe", date(2026, 5, 1), date(2026, 6, 17), date(2026, 6, 18)),
        ("individuelle", date(2026, 4, 20), date(2026, 6, 25), date(2026, 6, 26)),
    ],
)
def test_the_first_day_leaves_weeks_of_open_days(
    tenant: Tenant, kind: str, today: date, last_refused: date, earliest: date
) -> None:
    one = fmo(tenant, kind)
    assert told(one, earliest, today) == []
    assert told(one, last_refused, today) == [
        f"Comptez {WEEKS[kind]} semaines, sans les vacances scolaires ni les jours fériés. "
        f"« Premier jour » : au plus tôt le {earliest:%d/%m/%Y}."
    ]


@pytest.mark.parametrize(
    ("first", "stages"),
    [
        (date(2027, 2, 15), ["04/12/2026", "04/01/2027", "18/01/2027"]),
        (date(2026, 6, 26), ["27/04/2026", "13/05/2026", "29/05/2026"]),
    ],
)
def test_the_calendar_counts_back_alike(tenant: Tenant, first: date, stages: list[str]) -> None:
    one = fmo(tenant, "individuelle")
    told(one, first, date(2026, 1, 5))
    planning = next(s.planning for s in tenant.steps("session") if s.planning is not None)
    found = plan_of(one.view(date(2026, 1, 5)), planning)
    assert [s.label for s in found.stages] == [
        "Publier la session", "Transmettre à l'EAFC", "Ordres de mission dans les établissements",
    ]  # fmt: skip
    assert [f"{s.day:%d/%m/%Y}" for s in found.stages if s.day] == stages
