"""What the desks of all the regions declare can be asked of PostgreSQL, and leads somewhere."""

import pytest

from portal.domain.desk.among import Among
from portal.domain.desk.filters import filter_test
from portal.domain.desk.lists import sortable
from portal.domain.desk.reach import Reach
from portal.domain.desk.searching import searched_text
from portal.domain.desk.sql import Speech
from portal.domain.people import SYSTEM
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.offer import TODAY
from tests.support.tenants import every_tenant

SAMPLE = {"date_from": "2026-01-01", "date_to": "2026-01-01"}
LISTS = [pytest.param(t, name, id=f"{t.slug}-{name}") for t in every_tenant() for name in t.desk.lists]
TASKS = [pytest.param(t, name, id=f"{t.slug}-{name}") for t in every_tenant() for name in t.desk.tasks]
COUNTERS = [pytest.param(t, name, id=f"{t.slug}-{name}") for t in every_tenant() for name in t.desk.counters]


@pytest.mark.parametrize(("tenant", "name"), LISTS)
def test_every_filter_and_searched_name_can_be_asked(app, tenant, name):
    view = tenant.desk.lists[name]

    with app.app_context(), tenant_scope(tenant.slug):
        mute = [f.id for f in view.filters if not asked(tenant, view, f)]
    mute += [said for said in view.search if searched_text(Speech(Reach(tenant, view.level), TODAY), said) is None]

    assert mute == []


def asked(tenant, view, one):
    among = Among(db.session, tenant, SYSTEM, one.of or view.level, TODAY)
    return filter_test(among, one, [SAMPLE.get(one.kind, "oui")]) is not None


@pytest.mark.parametrize(("tenant", "name"), LISTS)
def test_every_list_is_sorted_by_something(tenant, name):
    view = tenant.desk.lists[name]
    known = {*sortable(tenant, view), "created_at", "changed_at", "code", "title"}

    assert view.sort.removeprefix("-") in known


@pytest.mark.parametrize(("tenant", "name"), LISTS)
def test_every_export_names_columns_and_rows_that_exist(tenant, name):
    view = tenant.desk.lists[name]

    for export in view.exports:
        assert set(export.columns) <= {c.id for c in view.columns}
        assert export.rows is None or tenant.field(view.level, export.rows).kind == "rows"


@pytest.mark.parametrize(("tenant", "name"), TASKS)
def test_every_task_is_of_a_group_above_it(tenant, name):
    task = tenant.desk.tasks[name]

    assert task.group is None or task.group in tenant.ancestors(task.level)
    assert set(task.states) <= set(tenant.axes_of(task.level))


@pytest.mark.parametrize(("tenant", "name"), COUNTERS)
def test_every_counter_opens_a_list_of_its_level(tenant, name):
    counter = tenant.desk.counters[name]

    assert tenant.desk.lists[counter.list].level == counter.level
