import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from portal.domain.deliveries.models import Delivery
from portal.domain.journal.actions import append
from portal.domain.people import SYSTEM
from portal.tenancy.registry import registry
from tests.support import services
from tests.support.offer import make_tree, organisation
from tests.support.people import inside


def test_alive_asks_nothing_of_anyone(app, app_without_redis, statements):
    with statements() as seen:
        assert app_without_redis.test_client().get("/healthz").text == "ok"

    assert seen == []


def test_ready_when_everything_is_there(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["ready"] is True
    assert set(answer.json["checks"]) == {"postgresql", "redis", "migrations", "deliveries"}


def test_not_ready_without_redis(app, app_without_redis):
    answer = app_without_redis.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["redis"].startswith("absent")
    assert answer.json["checks"]["postgresql"] == "ok"


def test_not_ready_without_postgresql(app, make_app):
    made = make_app(database_url="postgresql://portal_app@/nulle_part?host=/nulle/part")

    answer = made.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["postgresql"].startswith("absent")
    assert answer.json["checks"]["redis"] == "ok"


@pytest.fixture
def admin(app):
    url = services.cluster().admin_url(f"guichet_{services.WORKER}")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def test_not_ready_when_a_migration_is_missing(client, admin):
    (current,) = admin.execute("select version_num from alembic_version").fetchone()
    admin.execute("update alembic_version set version_num = 'earlier'")
    try:
        answer = client.get("/readyz")
    finally:
        admin.execute("update alembic_version set version_num = %s", (current,))

    assert answer.status_code == 503
    assert "earlier" in answer.json["checks"]["migrations"]


def owe_delivery(app, slug, *, late):
    tenant = registry.get(slug)
    with inside(app, slug) as session:
        sheet = make_tree(session, tenant, tenant.session_level, organisation(session))
        entry = append(session, at=datetime.now(UTC), actor=SYSTEM, sheet_id=sheet.id, kind="state.changed")
        due_at = datetime.now(UTC) - late
        session.add(
            Delivery(target="essai", sheet_id=sheet.id, journal_entry_id=entry.id, due_at=due_at, id=uuid.uuid4())
        )


@pytest.mark.parametrize(("late", "status"), [(timedelta(minutes=59), 200), (timedelta(minutes=61), 503)])
def test_not_ready_when_a_delivery_waits_for_more_than_an_hour_in_any_region(app, client, late, status):
    owe_delivery(app, registry.slugs()[-1], late=late)

    answer = client.get("/readyz")

    assert answer.status_code == status
    assert f"{int(late.total_seconds() // 60)} min" in answer.json["checks"]["deliveries"]


def test_metrics_count_what_is_owed_region_by_region(app, client):
    slug = registry.slugs()[-1]
    owe_delivery(app, slug, late=timedelta(minutes=5))

    lines = client.get("/metrics").text.splitlines()

    assert f'guichet_deliveries{{tenant="{slug}",state="due"}} 1' in lines
    age = next(line for line in lines if line.startswith(f'guichet_oldest_due_seconds{{tenant="{slug}"}}'))
    assert 299 <= int(age.split()[-1]) <= 320
    assert len([line for line in lines if line.startswith("# TYPE")]) == 3


def test_metrics_keep_each_measure_together(client):
    lines = client.get("/metrics").text.splitlines()

    names = [line.split("{")[0] for line in lines if not line.startswith("#")]
    assert names == sorted(names, key=names.index)


def test_metrics_answer_this_machine_and_those_who_show_the_token(app, make_app):
    client = make_app(metrics_token="jeton-des-mesures").test_client()
    far = {"REMOTE_ADDR": "192.0.2.1"}

    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_overrides=far).status_code == 404
    assert client.get("/metrics", environ_overrides=far, headers={"Authorization": "Bearer faux"}).status_code == 404
    shown = {"Authorization": "Bearer jeton-des-mesures"}
    assert client.get("/metrics", environ_overrides=far, headers=shown).status_code == 200


def test_no_token_in_the_settings_opens_nothing_to_an_empty_one(app, make_app):
    client = make_app().test_client()

    answer = client.get(
        "/metrics", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}, headers={"Authorization": "Bearer "}
    )

    assert answer.status_code == 404
