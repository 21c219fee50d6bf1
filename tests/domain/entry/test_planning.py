"""The calendar of a step: back from the day chosen, on from today, and the rule that says the same."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from portal.domain.entry.completeness import problems_of_sheet
from portal.domain.entry.planning import Plan, Stage, plan_of
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import make_tree, organisation, put_in_state
from tests.support.tenants import tenant_named


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("plan")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


@pytest.fixture
def sheet(tenant: Tenant) -> Sheet:
    made = make_tree(db.session, tenant, "session", organisation(db.session), debut="2027-02-15", fin="2027-02-16")
    module = db.session.get(Sheet, db.session.get(Sheet, made.parent_id).parent_id)
    module.data = {**module.data, "type": "individuelle"}
    db.session.flush()
    return made


def plan(tenant: Tenant, sheet: Sheet, today: date, **data: str | None) -> Plan:
    sheet.data = {k: v for k, v in {**sheet.data, **data}.items() if v is not None}
    view = View(tenant, load_node(db.session, sheet), today)
    planning = tenant.steps("session")[0].planning
    assert planning is not None
    return plan_of(view, planning)


def test_stages_are_counted_back_from_the_day_over_christmas(tenant: Tenant, sheet: Sheet) -> None:
    found = plan(tenant, sheet, date(2026, 12, 4))
    assert [(s.label, s.day, s.place, s.days) for s in found.stages] == [
        ("Publier la session", date(2026, 12, 4), "today", 0),  # 16 days of holidays are no weeks
        ("Transmettre la session", date(2027, 1, 4), "ahead", 31),
        ("Convoquer les stagiaires", date(2027, 2, 1), "ahead", 59),
    ]
    assert (found.label, found.day, found.earliest) == ("Premier jour", date(2027, 2, 15), date(2027, 2, 15))
    assert not found.late


def test_a_day_late_says_which_first_day_is_still_possible(tenant: Tenant, sheet: Sheet) -> None:
    found = plan(tenant, sheet, date(2026, 12, 7))
    assert found.stages[0] == Stage("Publier la session", date(2026, 12, 4), "late", 3)
    assert found.late and found.earliest == date(2027, 2, 17)


def test_what_is_done_no_longer_counts(tenant: Tenant, sheet: Sheet) -> None:
    put_in_state(db.session, sheet, "publication", "avis_clos")
    found = plan(tenant, sheet, date(2027, 1, 4))
    assert [s.place for s in found.stages] == ["done", "today", "ahead"]
    assert found.earliest == date(2027, 2, 15)


def test_before_any_day_is_chosen_the_first_possible_one_is_known(tenant: Tenant, sheet: Sheet) -> None:
    found = plan(tenant, sheet, date(2026, 12, 4), debut=None)
    assert found.day is None and found.earliest == date(2027, 2, 15)
    assert found.stages[0] == Stage("Convoquer les stagiaires", None, "ahead", 0)


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 12, 4), []),
        (date(2026, 12, 5), ["« Premier jour » : au plus tôt le 17/02/2027."]),  # a Saturday: from Monday on
        (date(2026, 12, 7), ["« Premier jour » : au plus tôt le 17/02/2027."]),
    ],
)
def test_the_rule_warns_when_the_calendar_is_late(tenant: Tenant, sheet: Sheet, today: date, told: list[str]) -> None:
    view = View(tenant, load_node(db.session, sheet), today)
    problems = [p for p in problems_of_sheet(db.session, view, "save") if p.path == "debut"]
    assert [(p.message, p.severity) for p in problems] == [(message, "warn") for message in told]


def test_a_computed_deadline_is_counted_alike(tenant: Tenant, sheet: Sheet) -> None:
    view = View(tenant, load_node(db.session, sheet), date(2026, 12, 4))
    assert view.show("transmettre_avant") == "04/01/2027"
