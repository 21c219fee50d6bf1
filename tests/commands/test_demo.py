"""The example data live through the domain's own use-cases, once, and show each region in all its states."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from portal import create_app
from portal.commands._demo_file import told
from portal.domain.catalogue.models import PublishedSession
from portal.domain.journal.models import JournalEntry
from portal.domain.sheets.models import Sheet, SheetState
from portal.extensions import db
from portal.settings import Settings
from portal.tenancy.scope import tenant_scope
from tests.support import services

pytestmark = pytest.mark.usefixtures("clean_database")


def loaded(runner: FlaskCliRunner, *regions: str) -> str:
    done = runner.invoke(args=["demo", "load", *regions], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_loading_twice_adds_nothing_the_second_time(app: Flask, runner: FlaskCliRunner) -> None:
    """What is there is left alone, history included."""
    first = loaded(runner)
    with app.app_context(), tenant_scope("eos"):
        before = db.session.scalar(select(func.count()).select_from(JournalEntry))
    second = loaded(runner)
    with app.app_context(), tenant_scope("eos"):
        assert db.session.scalar(select(func.count()).select_from(JournalEntry)) == before
    for region in ("EOS", "Sofi", "SIGMA"):
        assert f"{region} : rien à ajouter" not in first
        assert f"{region} : rien à ajouter" in second


def test_the_sessions_of_the_manual_stand_where_it_says(app: Flask, runner: FlaskCliRunner) -> None:
    """Royat was transmitted on 26/11/2018, Vichy waits since 09/07/2019."""
    loaded(runner, "eos")
    with app.app_context(), tenant_scope("eos"):
        query = select(Sheet.code, SheetState.state, func.date(SheetState.since)).join(
            SheetState, SheetState.sheet_id == Sheet.id
        )
        rows = db.session.execute(
            query.where(Sheet.code.in_(["29524", "30167", "42988"]), SheetState.axis == "session")
        )
        stands = {code: (state, day.isoformat()) for code, state, day in rows}
    assert stands == {
        "29524": ("transmise", "2018-11-26"),
        "30167": ("a_finaliser", "2019-07-09"),
        "42988": ("transmise", "2021-12-08"),
    }


def test_every_state_has_an_example_and_the_catalogue_is_alive(app: Flask, runner: FlaskCliRunner) -> None:
    """Whoever opens the demonstration has something to do, whatever their part."""
    loaded(runner, "eos")
    with app.app_context(), tenant_scope("eos"):
        states = {tuple(row) for row in db.session.execute(select(SheetState.axis, SheetState.state).distinct())}
        open_now = db.session.scalar(
            select(func.count())
            .select_from(PublishedSession)
            .where(
                PublishedSession.tenant == "eos",
                PublishedSession.status == "open",
                PublishedSession.starts_on > func.current_date(),
            )
        )
    assert {("session", s) for s in ("a_finaliser", "validee_of", "transmise")} <= states
    assert {("annulation", "annulee"), ("demande", "en_elaboration"), ("dossier", "en_cours")} <= states
    assert open_now is not None
    assert open_now >= 6


def test_the_accounts_are_told(runner: FlaskCliRunner) -> None:
    """`./run` prints them."""
    output = runner.invoke(args=["demo", "accounts"]).output
    assert "demo-guichet" in output
    for mail in (
        "of@eos.test",
        "region@eos.test",
        "admin@eos.test",
        "of@sofi.test",
        "region@sofi.test",
        "admin@sofi.test",
    ):
        assert mail in output
    assert output.count("multi@guichet.test") == 3  # one person, a part in each region


@pytest.mark.parametrize("command", ["load", "accounts"])
def test_nothing_is_loaded_outside_a_demonstration(
    database_url: str, redis_url: str, tenants_dir: Path, command: str
) -> None:
    """Accounts with a known password would be an open door."""
    real = create_app(Settings(database_url, redis_url, services.SECRET_KEY, tenants_dir=tenants_dir))
    done = real.test_cli_runner().invoke(args=["demo", command])
    services.close_connections(real)
    assert done.exit_code == 1
    assert "Refusé" in done.output


def test_the_request_of_the_manual_says_why_it_is_made(app: Flask, runner: FlaskCliRunner) -> None:
    """The summary appears once its box is ticked; it is the manual's own."""
    loaded(runner, "eos")
    with app.app_context(), tenant_scope("eos"):
        (request,) = db.session.scalars(select(Sheet).where(Sheet.level == "demande", Sheet.title.contains("147")))
        assert request.data["resume_fiche_formation"] == "complétude dossier"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{today+2}", "2026-11-22"),  # a Sunday
        ("{weekday+2}", "2026-11-23"),
        ("{weekday+1}", "2026-11-23"),
        ("{weekday}", "2026-11-20"),
        ("{weekday-5}", "2026-11-16"),
        ("le {today} ou le {weekday+2}", "le 2026-11-20 ou le 2026-11-23"),
    ],
)
def test_days_are_told_from_today_and_may_keep_off_weekends(written: str, said: str) -> None:
    assert told({"rows": [{"jour": written}]}, date(2026, 11, 20)) == {"rows": [{"jour": said}]}
