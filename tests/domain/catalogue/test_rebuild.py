"""The catalogue can be lost: the revisions write it again, word for word."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal.domain.catalogue.actions import publish, rebuild, withdraw
from portal.domain.catalogue.models import PublishedEvent, PublishedSession
from portal.domain.journal.actions import append
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Revision
from portal.domain.sheets.revisions import amend
from portal.tenancy.registry import registry
from tests.support.catalogue import approve_now, put_row, shelf, snapshot_of, unit_of
from tests.support.offer import AT
from tests.support.people import inside


def days(number):
    return AT + timedelta(days=number)


def lived(own):
    """Sessions to which something happened: changed, cancelled, withdrawn, left out of their unit."""
    changed, cancelled, gone = own.put(), own.put(), own.put()
    own.edit(changed, date_fin="2026-12-31")
    approve_now(own.session, own.tenant, changed, at=days(1))
    axes = {
        axis: next(iter(a.states))
        for axis, a in own.tenant.axes_of(cancelled.level).items()
        if not a.unit and a.initial
    }
    unit = unit_of(own.session, own.tenant, cancelled)
    states = {cancelled.id: {axis: list(own.tenant.axis(axis).states)[-1] for axis in axes}}
    revision = amend(own.session, unit, {}, states=states, at=days(2), actor=SYSTEM)
    publish(own.session, own.tenant, unit, revision, days(2))
    gone.deleted_at = days(3)
    own.session.flush()
    if unit_of(own.session, own.tenant, gone).id == gone.id:
        withdraw(own.session, own.tenant, gone, days(3))
    else:
        approve_now(own.session, own.tenant, changed, at=days(3))


@pytest.mark.parametrize("slug", ["eos", "revue", "declare"])
@pytest.mark.parametrize("lost", [False, True], ids=["again", "from nothing"])
def test_rows_are_the_same(open_shelf, slug, lost):
    own = open_shelf(slug)
    lived(own)
    before = snapshot_of(own.session, own.tenant)
    if lost:
        own.session.execute(delete(PublishedEvent).where(PublishedEvent.tenant == slug))
        own.session.execute(delete(PublishedSession).where(PublishedSession.tenant == slug))

    written = rebuild(own.session, own.tenant)

    assert written == 3
    assert snapshot_of(own.session, own.tenant) == before
    statuses = set(own.session.scalars(select(PublishedSession.status).where(PublishedSession.tenant == slug)))
    assert "withdrawn" in statuses, "the history did hold one"


def test_row_that_nothing_explains_is_removed(eos):
    eos.put()
    stray = put_row(eos.session, "eos", "Fantôme")

    assert rebuild(eos.session, eos.tenant) == 1

    assert eos.session.scalar(select(PublishedSession).where(PublishedSession.id == stray)) is None


def test_move_that_withdraws_is_remembered(open_shelf):
    own = open_shelf("revue")
    moves = {
        f"{a}.{m}": move.effects for a, axis in own.tenant.axes_of("action").items() for m, move in axis.moves.items()
    }
    move = next((name for name, effects in moves.items() if "withdraw" in effects), None)
    assert move, "this region has a move that withdraws"
    unit = unit_of(own.session, own.tenant, own.put())
    append(own.session, at=days(1), actor=SYSTEM, sheet_id=unit.id, kind="state.changed", move=move)
    withdraw(own.session, own.tenant, unit, days(1))
    before = snapshot_of(own.session, own.tenant)

    revision = amend(own.session, unit, {}, at=days(2), actor=SYSTEM)
    publish(own.session, own.tenant, unit, revision, days(2))
    assert snapshot_of(own.session, own.tenant) == before, "an amendment does not bring it back"
    rebuild(own.session, own.tenant)
    assert snapshot_of(own.session, own.tenant) == before

    approve_now(own.session, own.tenant, unit, at=days(3))
    assert own.session.scalar(select(PublishedSession.status)) == "open"


def test_submission_never_approved_is_not_told(eos):
    sheet = eos.put()
    before = snapshot_of(eos.session, eos.tenant)
    fields = {
        c.name: getattr(eos.session.scalars(select(Revision)).first(), c.name) for c in Revision.__table__.columns
    }
    waiting = Revision(**{**fields, "id": None, "number": 9, "kind": "submitted", "made_at": days(4)})
    eos.session.add(waiting)
    eos.session.flush()

    rebuild(eos.session, eos.tenant)

    assert sheet.approved_revision_id != waiting.id
    assert snapshot_of(eos.session, eos.tenant) == before


def test_command_rebuilds_one_region_or_all(app, runner):
    with inside(app, "eos") as session:
        shelf(session, registry.get("eos")).put()
    with inside(app, "eos") as session:
        session.execute(delete(PublishedSession).where(PublishedSession.tenant == "eos"))

    one, every = runner.invoke(args=["catalogue", "rebuild", "eos"]), runner.invoke(args=["catalogue", "rebuild"])

    assert one.output == "eos : 1 session\n"
    assert "eos : 1 session\n" in every.output
    assert len(every.output.splitlines()) == len(registry.slugs())
    with inside(app, "eos") as session:
        assert session.scalar(select(PublishedSession.tenant)) == "eos"


def test_command_names_the_regions_when_it_does_not_know_one(app, runner):
    done = runner.invoke(args=["catalogue", "rebuild", "atlantide"])

    assert done.exit_code == 1
    assert "Région inconnue : « atlantide »." in done.output
