"""The table of moves, generated from every tenant: each move it holds is allowed, each other one is refused."""

from itertools import product

import pytest

from portal.domain.workflow import MoveRefused, check_move, find_move, may_edit, moves_for
from portal.tenancy.tenant import Tenant
from tests.support.tenants import every_tenant

TENANTS = every_tenant()


def _cases():
    for tenant in TENANTS:
        for level, definition in tenant.who.levels.items():
            for axis_id in definition.axes:
                axis = tenant.axis(axis_id)
                for state, move_id in product(axis.states, axis.moves):
                    for role in [*tenant.who.roles, "system"]:
                        yield tenant, level, axis_id, state, move_id, role


def _allowed(tenant: Tenant, axis_id: str, state: str, move_id: str, role: str) -> bool:
    move = tenant.axis(axis_id).moves[move_id]
    if move.sources and state not in move.sources:
        return False
    if move.automatic:
        return role == "system"
    return role in (move.sources.get(state) or move.by)


def _states(tenant: Tenant, level: str, axis_id: str, state: str, move_id: str) -> dict[str, str]:
    within = tenant.axis(axis_id).moves[move_id].within
    return {**{other: names[0] for other, names in within.items()}, axis_id: state}


def test_every_tenant_has_moves():
    assert len(list(_cases())) > 100


@pytest.mark.parametrize("tenant", TENANTS, ids=lambda t: t.slug)
def test_each_move_of_the_table_is_allowed_and_every_other_refused(tenant):
    for _, level, axis_id, state, move_id, role in (c for c in _cases() if c[0] is tenant):
        states = _states(tenant, level, axis_id, state, move_id)
        expected = _allowed(tenant, axis_id, state, move_id, role)
        try:
            check_move(tenant, level, axis_id, move_id, states, frozenset({role}), lambda _: True)
            allowed = True
        except MoveRefused:
            allowed = False
        assert allowed is expected, (level, axis_id, state, move_id, role)


@pytest.mark.parametrize("tenant", TENANTS, ids=lambda t: t.slug)
def test_moves_offered_are_the_pressed_ones_allowed(tenant):
    for _, level, axis_id, state, move_id, role in (c for c in _cases() if c[0] is tenant and c[5] != "system"):
        states = _states(tenant, level, axis_id, state, move_id)
        offered = {(p.axis, p.id) for p in moves_for(tenant, level, states, frozenset({role}), lambda _: True)}
        pressed = not tenant.axis(axis_id).moves[move_id].automatic
        assert ((axis_id, move_id) in offered) is (pressed and _allowed(tenant, axis_id, state, move_id, role))


@pytest.mark.parametrize("tenant", TENANTS, ids=lambda t: t.slug)
def test_a_guard_that_does_not_hold_refuses_with_its_words(tenant):
    guarded = [
        c for c in _cases() if c[0] is tenant and tenant.axis(c[2]).moves[c[4]].when and _allowed(tenant, *c[2:])
    ]
    for _, level, axis_id, state, move_id, role in guarded:
        states = _states(tenant, level, axis_id, state, move_id)
        with pytest.raises(MoveRefused) as refusal:
            check_move(tenant, level, axis_id, move_id, states, frozenset({role}), lambda _: False)
        why = tenant.axis(axis_id).moves[move_id].why
        assert refusal.value.message == (why or "Les conditions de cette action ne sont pas réunies.")


@pytest.mark.parametrize("tenant", TENANTS, ids=lambda t: t.slug)
def test_a_state_required_on_another_axis_is_required(tenant):
    crossed = [
        c for c in _cases() if c[0] is tenant and tenant.axis(c[2]).moves[c[4]].within and _allowed(tenant, *c[2:])
    ]
    for _, level, axis_id, state, move_id, role in crossed:
        with pytest.raises(MoveRefused):
            check_move(tenant, level, axis_id, move_id, {axis_id: state}, frozenset({role}), lambda _: True)


def test_an_unknown_move_is_refused():
    for tenant in TENANTS:
        for level, definition in tenant.who.levels.items():
            with pytest.raises(MoveRefused, match="n'existe pas"):
                find_move(tenant, level, "envoler")
            for axis_id in definition.axes:
                with pytest.raises(MoveRefused):
                    check_move(tenant, level, axis_id, "envoler", {}, frozenset({"system"}), lambda _: True)


def test_only_the_roles_of_a_state_may_edit_in_it():
    for tenant in TENANTS:
        for level in tenant.who.levels:
            for axis_id, axis in tenant.axes_of(level).items():
                if tenant.unit_axis(level) != axis_id or not tenant.level(level).editable:
                    continue
                for (state_id, state), role in product(axis.states.items(), tenant.who.roles):
                    assert may_edit(tenant, level, {axis_id: state_id}, frozenset({role})) is (role in state.edit)
