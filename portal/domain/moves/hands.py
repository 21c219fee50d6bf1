"""Several hands validate one submission: it stays the same from one to the next, with what they typed meanwhile."""

import uuid
from collections.abc import Iterator
from typing import Any

from portal.domain.entry.saving import lock_of
from portal.domain.moves.amending import Change, amend_waiting
from portal.domain.moves.effects import Run
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.revisions import decide


def stays_pending(run: Run) -> bool:
    """Whether a move leads to a state held by somebody who decides: the submission then goes from hand to hand."""
    if run.move.to is None or "revise" in run.move.effects:
        return False
    holder = run.tenant.axis(run.axis).states[run.move.to].holder
    role = run.tenant.role(holder) if holder is not None else None
    return role is not None and role.side != "org"


def typed_by(run: Run) -> Change:
    """What whoever lets a submission through, or approves it, has typed in it since it was sent; read before the state
    changes.
    """
    own = run.pending is not None and run.pending.axis == run.axis and run.actor.side == "validator"
    if not own or not (stays_pending(run) or "publish" in run.move.effects):
        return Change()
    return Change(dict(_typed(run)))


def _typed(run: Run) -> Iterator[tuple[uuid.UUID, dict[str, Any]]]:
    assert run.pending is not None
    frozen = run.pending.snapshot["sheets"]
    for node in run.view.node.down():
        if str(node.id) in frozen and (values := _open_to(run, node, frozen[str(node.id)]["data"])):
            yield node.id, values


def _open_to(run: Run, node: Node, sent: dict[str, Any]) -> dict[str, Any]:
    view, roles = run.view.of(node), run.actor.roles_on(node)
    differ = {n for n in node.data.keys() | sent.keys() if node.data.get(n) != sent.get(n) and n not in node.raw}
    mine = {n for n in differ & view.form.visible.keys() if lock_of(view, n, roles) is None}
    return {name: node.data.get(name) for name in mine}


def carry(run: Run, typed: Change) -> None:
    """Put what was typed in the submission, before it goes on."""
    if typed.values:
        changed = amend_waiting(
            run.session, run.tenant, run.sheet, typed, at=run.at, actor=run.actor, reason=run.reason
        )
        run.pending = changed or run.pending


def settle(run: Run) -> None:
    """A submission that a move leaves behind without approving it was returned, or replaced by the next one; one that
    goes to the next hand waits still.
    """
    pending = run.pending
    if pending is None or run.decided or pending.axis != run.axis or run.move.to is None or stays_pending(run):
        return
    outcome = "superseded" if "revise" in run.move.effects else "returned"
    assert run.entry is not None
    decide(run.session, pending, outcome, at=run.at, actor=run.actor, reason=run.reason, entry_id=run.entry.id)
