"""What a region says of remarks: which move carries them, which messages are kept ready."""

from dataclasses import replace

import pytest

from portal.domain.checking.desk import check_desk
from portal.domain.checking.workflow import check_workflow
from portal.domain.corrections.rights import may_put, may_settle
from portal.tenancy.schema import DeskFile
from tests.support.tenants import tenant_named


@pytest.fixture
def tenant():
    return tenant_named("revue")


def with_template(tenant, **values):
    kept = {"id": "lieu", "label": "Lieu", "level": "action", "text": "Où ?", **values}
    desk = DeskFile.model_validate({**tenant.desk.model_dump(by_alias=True), "templates": [kept]})
    return replace(tenant, desk=desk)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"text": "L'action {code} de {formation.intitule}"}, None),
        ({"text": "L'action {cod}"}, "nom inconnu"),
        ({"level": "sessions"}, "niveau inconnu"),
    ],
)
def test_a_message_kept_ready_names_what_its_sheets_have(tenant, values, fault):
    found = [finding.message for finding in check_desk(with_template(tenant, **values))]
    assert bool(found) == bool(fault) and all(fault in message for message in found)


def test_remarks_are_carried_on_an_axis_of_validation_only(tenant):
    axis = tenant.workflow.axes["code"]
    moves = {**axis.moves, "vu": axis.moves["vu"].model_copy(update={"corrections": True})}
    axes = {**tenant.workflow.axes, "code": axis.model_copy(update={"moves": moves})}
    wrong = replace(tenant, workflow=tenant.workflow.model_copy(update={"axes": axes}))
    assert any("axe de validation" in finding.message for finding in check_workflow(wrong))
    assert not any("axe de validation" in finding.message for finding in check_workflow(tenant))


def test_those_who_may_send_back_put_remarks_from_the_state_where_they_may(tenant):
    waiting, typed = {"validation": "attente_validation"}, {"validation": "en_saisie"}
    assert may_put(tenant, "action", waiting, frozenset({"carif"}))
    assert not may_put(tenant, "action", typed, frozenset({"carif"}))
    assert not may_put(tenant, "action", waiting, frozenset({"of"}))
    assert may_settle(tenant, "action", frozenset({"carif"})) and not may_settle(tenant, "action", frozenset({"of"}))
    assert not may_put(tenant, "session", waiting, frozenset({"carif"}))
