"""The publication of a session: its end asked and checked, two pilotes at once, what closes by itself, and the three
hands of a designated session.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.moves.asked import NotHeeded, warning_key
from portal.domain.moves.clock import due_moves, perform_due
from portal.domain.moves.perform import perform_move
from portal.domain.people import SYSTEM
from portal.domain.sheets.models import Decision, Revision, Sheet
from portal.domain.sheets.revisions import approved_revision, pending_revision
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT
from tests.support.tenants import tenant_named
from tests.tenancy.test_sofia_fmo import CLOSED, END, fmo

SLUG = "sofia-fmo"


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named(SLUG)
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


@pytest.mark.parametrize("end", ["2026-03-01T18:00", "2026-03-02T09:00", "2026-03-02T10:00", "2026-06-03T09:00"])
def test_a_publication_ends_after_now_and_before_the_session(tenant: Tenant, end: str) -> None:
    one = fmo(tenant, "individuelle")
    with pytest.raises(MoveRefused) as refusal:
        one.move("publier", one.pilote, inputs={"fin_publication": end})
    assert [told[0] for told in refusal.value.problems] == ["fin_publication"]


def test_midnight_is_warned_of_and_so_is_what_the_form_warns_of(tenant: Tenant) -> None:
    one = fmo(tenant, "individuelle")
    late = datetime(2026, 4, 20, 8, 0, tzinfo=UTC)  # six weeks before the session: less than the eight asked
    with pytest.raises(NotHeeded) as refusal, db.session.begin_nested():
        one.move("publier", one.pilote, late, inputs={"fin_publication": "2026-05-02T00:00"}, heeded=())
    told = [p.message for p in refusal.value.problems]
    assert told[0].startswith("Évitez de choisir 00:00") and any("au plus tôt le" in words for words in told[1:])
    read = [warning_key(p) for p in refusal.value.problems]
    one.move("publier", one.pilote, late, inputs={"fin_publication": "2026-05-02T00:00"}, heeded=read)
    assert one.stands()[1] == "publiee"


@pytest.mark.parametrize(("asked", "stood"), [(True, ["avis", "avis", "avis_clos"]), (False, ["avis_clos"] * 3)])
def test_three_days_of_opinions_follow_only_when_there_are_opinions(
    tenant: Tenant, asked: bool, stood: list[str]
) -> None:
    one = fmo(tenant, "individuelle")
    one.session.data = {**one.session.data, "avis": asked}
    db.session.flush()
    one.move("publier", one.pilote, inputs={"fin_publication": END})
    assert one.session.data["debut_publication"] == "2026-03-02T10:00"
    seen = []
    for at in (CLOSED, CLOSED + timedelta(days=3), CLOSED + timedelta(days=3, hours=6)):
        for state_id in due_moves(db.session, at):
            perform_due(db.session, tenant, state_id, at)
        seen.append(one.stands()[1])
    assert seen == stood


def test_two_pilotes_publish_at_once_and_one_is_told_it_is_done(app: Flask, tenant: Tenant) -> None:
    one = fmo(tenant, "individuelle")
    sheet_id, pilote = one.session.id, one.pilote
    db.session.commit()
    together = Barrier(2)

    def publish(end: str) -> str:
        with app.app_context(), tenant_scope(SLUG):
            sheet = db.session.get_one(Sheet, sheet_id)
            together.wait(10)
            try:
                perform_move(db.session, tenant, sheet, "publier", actor=pilote, at=AT, inputs={"fin_publication": end})
                db.session.commit()
            except MoveRefused as refusal:
                db.session.rollback()
                return refusal.message
            return end

    with ThreadPoolExecutor(2) as pool:
        ends = ["2026-03-12T18:00", "2026-03-13T18:00"]
        said = list(pool.map(publish, ends))
    (won,) = set(said) & set(ends)
    assert set(said) - {won} == {"Cette action n'est pas possible dans l'état « Publiée »."}
    with app.app_context(), tenant_scope(SLUG):
        sheet = db.session.get_one(Sheet, sheet_id)
        revisions = db.session.scalars(select(Revision.kind).where(Revision.unit_id == sheet_id)).all()
        assert sheet.data["fin_publication"] == won and revisions.count("submitted") == 1


def test_a_designated_session_is_one_submission_in_four_hands(tenant: Tenant) -> None:
    one = fmo(tenant, "designe")
    one.move("transmettre", one.pilote)
    one.move("valider_pedagogie", one.by("ingenieur"))
    one.move("retour", one.by("difor"), reason="Joignez le devis.")
    assert [d.outcome for d in db.session.scalars(select(Decision))] == ["returned"]
    one.move("transmettre", one.pilote)
    sent = pending_revision(db.session, one.session)
    for role, name in (("ingenieur", "valider_pedagogie"), ("difor", "valider_administration")):
        one.move(name, one.by(role))
        assert pending_revision(db.session, one.session).id == sent.id
    one.move("saisir_gaia", one.by("gestionnaire"))
    in_force = approved_revision(db.session, one.session)
    assert (in_force.made_by_name, in_force.number) == ("Pilote", 2)
    one.move("convoquer", SYSTEM)
    assert one.stands() == ("s6", "jamais")
