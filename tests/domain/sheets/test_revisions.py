"""Frozen copies: patching, merging three ways, and reading a copy as one reads a live sheet."""

import uuid
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.sheets.nodes import freeze, load_node, nodes_of, unit_of
from portal.domain.sheets.revisions import amend, approve, digest_of, freeze_unit, merge, patched, pending_revision
from portal.domain.sheets.view import View
from tests.support.offer import AT, TODAY

A, B = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


def snapshot(**sheets):
    return {"unit": A, "ancestors": [], "sheets": {k: {"data": dict(v), "states": {}} for k, v in sheets.items()}}


def test_a_patch_changes_a_copy_only():
    base = snapshot(**{A: {"x": 1}})
    out = patched(base, {uuid.UUID(A): {"x": 2}}, {uuid.UUID(A): {"axe": "clos"}}, frozenset())
    assert out["sheets"][A] == {"data": {"x": 2}, "states": {"axe": "clos"}}
    assert base["sheets"][A] == {"data": {"x": 1}, "states": {}}


def test_a_patch_ignores_sheets_the_copy_does_not_hold():
    base = snapshot(**{A: {"x": 1}})
    assert patched(base, {uuid.UUID(B): {"x": 2}}, {}, frozenset({uuid.UUID(int=9)})) == base


def test_what_was_amended_meanwhile_survives_an_approval():
    base = snapshot(**{A: {"tel": "1", "titre": "a"}})
    sent = snapshot(**{A: {"tel": "1", "titre": "b"}})
    now = snapshot(**{A: {"tel": "2", "titre": "a"}})
    assert merge(base, sent, now)["sheets"][A]["data"] == {"tel": "2", "titre": "b"}


def test_what_the_submission_changed_itself_wins():
    base, sent, now = (snapshot(**{A: {"tel": v}}) for v in "123")
    assert merge(base, sent, now)["sheets"][A]["data"] == {"tel": "2"}


def test_a_sheet_withdrawn_meanwhile_stays_withdrawn():
    base = snapshot(**{A: {}, B: {"x": 1}})
    assert B not in merge(base, base, snapshot(**{A: {}}))["sheets"]


def test_a_sheet_added_by_the_submission_stays():
    base = snapshot(**{A: {}})
    assert B in merge(base, snapshot(**{A: {}, B: {"x": 1}}), base)["sheets"]


values = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2), max_size=4)


@given(values, values)
def test_merging_with_an_unchanged_side_gives_the_other(base, other):
    start, changed = snapshot(**{A: base}), snapshot(**{A: other})
    assert merge(start, changed, start) == changed
    merged = merge(start, start, changed)["sheets"][A]["data"]
    assert {k: v for k, v in merged.items() if v is not None} == other


def test_a_copy_reads_as_the_live_sheet_did(desk):
    live = desk.view()
    copy = freeze(live.node, ["action", "dossier"], "session")
    frozen = View(desk.tenant, unit_of(copy), TODAY)
    for name in desk.tenant.fields("session"):
        assert frozen.stored(name) == live.stored(name), name
        assert frozen.show(name) == live.show(name), name
    assert frozen.fill("{title} — {dossier.numero}") == live.fill("{title} — {dossier.numero}")
    assert [n.level for n in nodes_of(copy).values()].count("session") == 1


def test_the_fingerprint_follows_the_content_alone(desk):
    node = load_node(desk.session, desk.sheet)
    one, two = (freeze(node, ["action"], "session") for _ in range(2))
    assert digest_of(one) == digest_of(two)
    node.data = {**node.data, "contact_nom": "Autre"}
    assert digest_of(freeze(node, ["action"], "session")) != digest_of(one)


def test_an_amendment_is_numbered_chained_and_in_force(desk):
    node = load_node(desk.session, desk.sheet)
    first = freeze_unit(desk.session, desk.tenant, desk.sheet, node, "session", actor=desk.of, at=AT)
    assert pending_revision(desk.session, desk.sheet).id == first.id
    approve(desk.session, desk.sheet, first, at=AT, actor=desk.region)
    second = amend(
        desk.session, desk.sheet, {desk.sheet.id: {"contact_tel": "0600000000"}}, at=AT + timedelta(1), actor=desk.of
    )
    assert (second.number, second.kind, second.base_id) == (2, "amendment", first.id)
    assert desk.sheet.approved_revision_id == second.id
    assert first.snapshot["sheets"][str(desk.sheet.id)]["data"]["contact_tel"] != "0600000000"
