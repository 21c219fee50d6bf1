"""A limit that several sheets share: told with what is left, and never passed by two people at once."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.domain.entry.completeness import Problem, problems_of_sheet
from portal.domain.entry.sharing import shared_levels
from portal.domain.moves.perform import perform_move
from portal.domain.moves.saving import save
from portal.domain.organisations.models import Contact, Organisation
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.jobs.waiting import until
from tests.support.offer import AT, TODAY, make_sheet, make_tree, organisation
from tests.support.tenants import tenant_named

BLOCKED = "select count(*) from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0"


@dataclass
class Module:
    """A module that pays 24 hours, two of its sessions in two groups, and who types them."""

    app: Flask
    tenant: Tenant
    holder: Organisation
    trainer: str
    ids: list[Any]
    pilote: Actor

    def session(self, which: int) -> Sheet:
        found = db.session.get(Sheet, self.ids[which])
        assert found is not None
        return found

    def view(self, which: int) -> View:
        return View(self.tenant, load_node(db.session(), self.session(which)), TODAY)

    def give(self, which: int, hours: str, **cells: str) -> None:
        """Write hours as they are stored, and commit."""
        row = {"_id": "i1", "personne": self.trainer, "heures": hours, **cells}
        self.session(which).data = {**self.session(which).data, "intervenants": [row]}
        db.session.commit()

    def told(self, which: int, moment: str = "save", severity: str = "block") -> list[str]:
        problems = problems_of_sheet(db.session(), self.view(which), moment)
        return [plain(p.message) for p in problems if p.severity == severity and p.path.startswith("intervenants")]

    def in_thread(self, act: Callable[[], None]) -> threading.Thread:
        """Somebody else: another thread, another connection, another transaction."""

        def run() -> None:
            with self.app.app_context(), tenant_scope(self.tenant.slug):
                act()
                db.session.rollback()
                db.session.remove()

        return threading.Thread(target=run, daemon=True)


@pytest.fixture
def module(app: Flask) -> Iterator[Module]:
    tenant = tenant_named("plan")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session)
        trainer = Contact(organisation_id=holder.id, name="Irène Costil")
        db.session.add(trainer)
        top = make_tree(db.session, tenant, "module", holder, plafond_heures="24.00", type="individuelle")
        groups = [make_sheet(db.session, tenant, "groupe", top, holder) for _ in range(2)]
        sessions = [make_sheet(db.session, tenant, "session", g, holder, bon=False, intervenants=[]) for g in groups]
        for sheet in sessions:
            sheet.data = {k: v for k, v in sheet.data.items() if k != "creneaux"}
        pilote = Actor(None, "Pilote", frozenset({"pilote"}), organisations=frozenset({holder.id}))
        db.session.flush()
        made = Module(app, tenant, holder, str(trainer.id), [s.id for s in sessions], pilote)
        db.session.commit()
        yield made
        db.session.rollback()


def test_what_is_left_of_the_limit_is_told_to_a_quarter_of_an_hour(module: Module) -> None:
    module.give(0, "20.25")
    module.give(1, "3.75")
    assert module.told(1) == []
    module.give(1, "4.00")
    assert module.told(1) == ["Le plafond du module est dépassé. Il reste 3,75 h sur 24 h : 0,25 h de trop."]
    module.give(0, "24.00")
    assert module.told(1) == ["Le plafond du module est dépassé. Il ne reste rien sur 24 h : 4 h de trop."]


def test_the_hours_of_a_deleted_session_are_free_again(module: Module) -> None:
    module.give(0, "20.25")
    module.give(1, "4.00")
    module.session(0).deleted_at = AT
    assert [p.message for p in problems_of_sheet(db.session(), module.view(1), "save") if p.severity == "block"] == []


def test_what_the_others_took_is_a_value_of_the_sheet(module: Module) -> None:
    module.give(0, "20.25")
    module.give(1, "1.50")
    view = module.view(1)
    assert [plain(view.show(name)) for name in ("heures_prises", "heures_reste")] == ["21,75 h", "2,25 h"]
    view.node.data["intervenants"] = [{"_id": "i1", "heures": "2.00"}]  # as typed, not yet saved
    assert plain(view.show("heures_reste")) == "1,75 h"


def test_two_people_who_send_the_same_hours_at_once_do_not_both_pass(module: Module) -> None:
    module.give(1, "15.00")
    refused: list[str] = []

    def second() -> None:
        mine, theirs = (db.session.get(Sheet, module.ids[i]) for i in (1, 0))  # as read before the other one spends
        assert mine is not None and theirs is not None
        try:
            perform_move(db.session, module.tenant, mine, "transmettre", actor=module.pilote, at=AT)
        except MoveRefused as refusal:
            refused.extend(plain(p.message) for p in refusal.problems if isinstance(p, Problem))

    save_hours(module, 0, "15")  # not committed yet: alone, either of them could be sent
    other = module.in_thread(second)
    other.start()
    until(lambda: _blocked() > 0)
    db.session.commit()
    other.join(20)
    assert refused == ["Le plafond du module est dépassé. Il reste 9 h sur 24 h : 6 h de trop."]


def test_two_moves_at_once_on_two_sessions_of_one_module_wait_for_one_another(module: Module) -> None:
    module.give(0, "12.00")
    module.give(1, "12.00")
    done: list[str] = []

    def second() -> None:
        sheet = db.session.get(Sheet, module.ids[1])
        assert sheet is not None
        perform_move(db.session, module.tenant, sheet, "transmettre", actor=module.pilote, at=AT)
        db.session.commit()
        done.append("s2")

    perform_move(db.session, module.tenant, module.session(0), "transmettre", actor=module.pilote, at=AT)
    other = module.in_thread(second)
    other.start()
    until(lambda: _blocked() > 0)
    assert done == []
    db.session.commit()
    other.join(20)
    assert done == ["s2"]


def test_the_second_of_two_saves_at_once_is_told_what_the_first_took(module: Module) -> None:
    told: list[str] = []

    def second() -> None:
        save_hours(module, 1, "15")
        told.extend(module.told(1))

    save_hours(module, 0, "15")
    other = module.in_thread(second)
    other.start()
    until(lambda: _blocked() > 0)
    db.session.commit()
    other.join(20)
    assert told == ["Le plafond du module est dépassé. Il reste 9 h sur 24 h : 6 h de trop."]


def test_only_what_is_counted_above_the_unit_is_kept(module: Module) -> None:
    assert shared_levels(module.tenant, "session") == {"module"}
    assert shared_levels(module.tenant, "module") == {"module"}
    assert shared_levels(module.tenant, "dispositif") == frozenset()


def plain(words: str) -> str:
    """With ordinary spaces where French wants narrow or unbreakable ones."""
    return " ".join(words.split())


def save_hours(module: Module, which: int, hours: str) -> None:
    rows = [{"_id": "i1", "personne": module.trainer, "heures": hours}]
    raws = {"intervenants": rows}
    outcome = save(db.session(), module.tenant, module.ids[which], "dates", raws, actor=module.pilote, at=AT, keep=True)
    assert not outcome.saved.faults


def _blocked() -> int:
    with db.engine.connect() as connection:
        return int(connection.scalar(text(BLOCKED)) or 0)
