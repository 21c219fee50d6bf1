"""What refusals mean: by the folder, as worded on screen, or in the target's own words until then."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.deliveries.actions import Tried, claim_due, record_answers, retry_delivery
from portal.domain.deliveries.models import Delivery, RefusalWording
from portal.domain.deliveries.parcels import Answer
from portal.domain.deliveries.refusals import (
    BadWording,
    UnknownRefusal,
    field_named,
    key_of,
    meanings_of,
    word_refusal,
    wordings,
)
from portal.domain.people import SYSTEM
from portal.ids import uuid7
from tests.support.deliveries import AT, TARGETS, World, region_with

MakeWorld = Callable[[str], World]
TO_MFME = "  - {target: mfme, on: session.approuver}\n"
DATE = Answer("rejected", 422, code="DATE", message="start must be in the future", field_name="session.start")


def refused(world: World, answer: Answer = DATE) -> Delivery:
    if not world.rows("mfme"):
        world.open()
    (claim,) = claim_due(world.session, "mfme", now=AT)
    record_answers(world.session, world.tenant, [Tried(claim, answer, AT, AT)], at=AT)
    return world.rows("mfme")[-1]


def word(world: World, row: RefusalWording, **said: str | None) -> int:
    told = {"message": "La session a déjà commencé.", "action": "Corrigez sa date.", "field": None, **said}
    return word_refusal(world.session, world.tenant, row.id, actor=SYSTEM, at=AT, **told)  # type: ignore[arg-type]


def test_a_refusal_nobody_knows_waits_to_be_worded_once_however_often_it_comes(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    row = refused(world)
    retry_delivery(world.session, world.tenant, row.id, at=AT)
    refused(world)

    (waiting,), total = wordings(world.session, worded=False)

    assert (waiting.target, waiting.code, waiting.said, waiting.seen, total) == (
        "mfme", "DATE", "start must be in the future", 2, 1,
    )  # fmt: skip
    assert wordings(world.session, worded=True) == ([], 0)
    meaning = meanings_of(world.session, world.tenant, [row])[row.id]
    assert "start must be in the future" in meaning.message
    assert meaning.field == "session.date_debut"  # the target named a term


def test_once_worded_it_is_french_for_those_refused_before_and_after(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    row = refused(world)
    (waiting,), _ = wordings(world.session, worded=False)

    assert word(world, waiting, field="session.date_debut") == 1

    row = world.rows("mfme")[-1]
    assert row.problem == "Ma Formation a refusé l'envoi : La session a déjà commencé. Corrigez sa date."
    meaning = meanings_of(world.session, world.tenant, [row])[row.id]
    assert (meaning.message, meaning.action, meaning.field) == (
        "La session a déjà commencé.", "Corrigez sa date.", "session.date_debut",
    )  # fmt: skip
    retry_delivery(world.session, world.tenant, row.id, at=AT)
    assert refused(world).problem == row.problem
    assert wordings(world.session, worded=False) == ([], 0)


def test_what_the_folder_says_needs_nobody(session: Session) -> None:
    known = (
        "refusals: {DATE: {message: La date est passée, action: Choisissez-en une autre., field: session.date_fin}},"
    )
    targets = TARGETS.replace("contact: Assistance\n", f"contact: Assistance\n    {known.rstrip(',')}\n")
    world = World(session, region_with(TO_MFME, targets))

    row = refused(world)

    assert row.problem == "Ma Formation a refusé l'envoi : La date est passée. Choisissez-en une autre."
    assert meanings_of(session, world.tenant, [row])[row.id].field == "session.date_fin"
    assert session.scalars(select(RefusalWording)).all() == []


@pytest.mark.parametrize(("said", "error"), [({"message": " "}, BadWording), ({"field": "session.nulle"}, BadWording)])
def test_a_wording_says_something_about_a_field_there_is(
    make_world: MakeWorld, said: dict[str, str], error: type[Exception]
) -> None:
    world = make_world(TO_MFME)
    refused(world)
    (waiting,), _ = wordings(world.session, worded=False)

    with pytest.raises(error):
        word(world, waiting, **said)


def test_an_unknown_refusal_is_not_worded(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)

    with pytest.raises(UnknownRefusal):
        word(world, RefusalWording(id=uuid7()))


def test_words_that_differ_by_their_figures_are_one_refusal() -> None:
    assert key_of(None, "SIRET  123 inconnu") == key_of(None, "Siret 9 inconnu")
    assert key_of("A1", "x") != key_of("A2", "x")
    assert key_of(None, None) == "—"


@pytest.mark.parametrize(
    ("name", "field"),
    [("session.start", "session.date_debut"), ("session.date_fin", "session.date_fin"), ("inconnu", None), ("", None)],
)
def test_the_fields_that_targets_name(make_world: MakeWorld, name: str, field: str | None) -> None:
    assert field_named(make_world(TO_MFME).tenant, name) == field
