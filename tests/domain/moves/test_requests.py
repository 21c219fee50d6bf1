"""Change requests: proposed within their scopes, decided, applied; the versions in force follow."""

import pytest

from portal.domain.entry.creating import create_sheet
from portal.domain.entry.requests import propose_step, targets_of
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.perform import perform_move
from portal.domain.sheets.errors import LockedError
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.revisions import approved_revision
from portal.domain.workflow import MoveRefused
from tests.support.offer import AT, TODAY


@pytest.fixture
def request_(desk):
    action = desk.session.get(Sheet, desk.sheet.parent_id)
    dossier = desk.session.get(Sheet, action.parent_id)
    made = create_sheet(desk.session, desk.tenant, level="demande", parent=dossier, actor=desk.of, at=AT, today=TODAY)
    made.data = {**made.data, "modif_fiche_formation": True, "resume_fiche_formation": "complétude dossier"}
    desk.session.flush()
    return made


def action_view(desk, request_):
    return next(v for v in targets_of(desk.session, desk.tenant, request_, TODAY) if v.node.level == "action")


def propose(desk, request_, **raws):
    target = action_view(desk, request_)
    step = next(s.id for s in target.form.steps if any(f.id in raws for f in s.fields))
    return propose_step(desk.session, desk.tenant, request_, target, step, raws, actor=desk.of, at=AT)


def do(desk, sheet, move, actor, **options):
    return perform_move(desk.session, desk.tenant, sheet, move, actor=actor, at=AT, **options)


def test_a_proposal_is_kept_apart_until_it_is_accepted(desk, request_):
    saved = propose(desk, request_, objectif="Un objectif nouveau")
    action = desk.session.get(Sheet, desk.sheet.parent_id)
    assert saved.changed == ["objectif"] and action.data["objectif"] == "Texte"
    assert action_view(desk, request_).stored("objectif") == "Un objectif nouveau"


def test_what_is_out_of_scope_is_refused(desk, request_):
    request_.data = {**request_.data, "modif_fiche_formation": False}
    desk.session.flush()
    assert [v for v in targets_of(desk.session, desk.tenant, request_, TODAY) if v.node.level == "action"] == []


def test_an_imported_field_is_never_proposed(desk, request_):
    assert propose(desk, request_, intitule="Autre titre").changed == []


def test_accepting_writes_the_values_and_amends_the_versions_in_force(desk, request_):
    do(desk, desk.sheet, "envoyer", desk.of)
    do(desk, desk.sheet, "approuver", desk.region)
    propose(desk, request_, objectif="Un objectif nouveau")
    do(desk, request_, "transmettre", desk.of)
    do(desk, request_, "accepter", desk.region)
    action = desk.session.get(Sheet, desk.sheet.parent_id)
    assert action.data["objectif"] == "Un objectif nouveau"
    revision = approved_revision(desk.session, desk.sheet)
    assert revision.kind == "amendment"
    assert revision.snapshot["sheets"][str(action.id)]["data"]["objectif"] == "Un objectif nouveau"
    (entry,) = desk.session.query(JournalEntry).filter_by(sheet_id=action.id, kind="request.applied").all()
    assert entry.before == {"objectif": "Texte"} and entry.after == {"objectif": "Un objectif nouveau"}


def test_a_request_whose_base_changed_asks_again(desk, request_):
    propose(desk, request_, objectif="Un objectif nouveau")
    do(desk, request_, "transmettre", desk.of)
    action = desk.session.get(Sheet, desk.sheet.parent_id)
    action.data = {**action.data, "objectif": "Changé par un import"}
    desk.session.flush()
    with pytest.raises(MoveRefused, match="a changé depuis la demande"):
        do(desk, request_, "accepter", desk.region)
    assert action.data["objectif"] == "Changé par un import"


def test_a_request_sent_is_no_longer_typed(desk, request_):
    propose(desk, request_, objectif="Un objectif nouveau")
    do(desk, request_, "transmettre", desk.of)
    with pytest.raises(LockedError, match="plus modifiable"):
        propose(desk, request_, objectif="Encore")


def test_refusing_changes_nothing(desk, request_):
    propose(desk, request_, objectif="Un objectif nouveau")
    do(desk, request_, "transmettre", desk.of)
    do(desk, request_, "refuser", desk.region, reason="Hors marché")
    assert desk.session.get(Sheet, desk.sheet.parent_id).data["objectif"] == "Texte"
