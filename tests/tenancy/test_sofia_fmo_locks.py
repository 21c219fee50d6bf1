"""What is locked when: every field, every file, every row and every move of a session and of its group, posted straight
by everyone at each phase. What the form asks is read from it; what may change is written here, from the vade-mecum.
"""

import io
from itertools import groupby
from typing import Any

import pytest
from flask import Flask

from portal.domain.entry.saving import lock_of
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.tenancy.registry import registry
from tests.support.files import pdf
from tests.support.offer import TODAY
from tests.support.people import inside
from tests.tenancy.fmo_http import EAFC, SLUG, Place, place, typed

PHASES = [
    ("s1", "jamais"), ("s1", "publiee"), ("s1", "avis"), ("s1", "avis_clos"), ("s2", "avis_clos"), ("s3", "avis_clos"),
    ("s4", "avis_clos"), ("s5", "avis_clos"), ("s6", "avis_clos"),
]  # fmt: skip
GIVEN = {"debut_publication", "fin_publication", "limite_levee", "piece_eafc"}
"""Written by a move, or by the EAFC: never by the pilote."""

MAIN = {"modalite", "asynchrone", "creneaux", "lieu", "preinscriptions", "nombre_max", "avis", "programmation"}
"""« les caractéristiques principales de la session (dates, lieu...) »"""

REMOTE = {"lien_visio", "instructions_visio", "acces_asynchrone"}
FILE = "FILE"
PERIMETER = {"preinscriptions", "perimetre", "perimetre_departements", "perimetre_disciplines"}
OTHERS = ("administrateur", "stranger")
"""Who may change nothing, ever; tried where most is open."""

ATTACHED_BY = {"s3": "difor", "s4": "gestionnaire"}
PUBLISHED = {"debut_publication": "2026-01-05T10:00", "fin_publication": "2026-01-20T18:00"}

MOVES = {
    "pilote": {("s1", "jamais"): {"publier", "supprimer"}, ("s1", "avis_clos"): {"transmettre"}},
    "ingenieur": {("s2", "avis_clos"): {"valider_pedagogie", "retour"}},
    "difor": {("s3", "avis_clos"): {"valider_administration", "retour"}},
    "gestionnaire": {("s4", "avis_clos"): {"saisir_gaia", "retour"}},
}  # fmt: skip
"""Who may do what, when: the session stands with 22 people pre-registered, so it is not deleted afterwards."""


def may_change(role: str, phase: tuple[str, str], asked: set[str]) -> set[str]:
    """The fields that somebody may change, of those asked."""
    status, publication = phase
    if role in EAFC:
        return asked & {"piece_eafc"} if ATTACHED_BY.get(status) == role else set()
    if role != "pilote" or publication == "publiee":
        return set()
    if status != "s1":
        return asked & REMOTE
    return asked - GIVEN - (set() if publication == "jamais" else MAIN)


Sent = tuple[str, str, dict[str, Any]]
"""A step, a field of it, and what a form sends to change it."""


def everything(found: Place, level: str) -> list[Sent]:
    """What to send to change each field, the last first, so that no answer hides another one."""
    held = found.stored(level)
    every = [
        (step, one.id, {one.id: FILE} if one.kind == "file" else typed(found, one, one.id, held.get(one.id)))
        for step, one in found.asked(level)
    ]
    return [one for one in reversed(every) if one[2]]


def post_everything(found: Place, role: str, level: str = "session") -> tuple[set[str], set[str]]:
    """Post all of it: field by field for the pilote while they hold the sheet, else step by step. The fields changed,
    of those asked; what was there is put back.
    """
    before, every = found.stored(level), everything(found, level)
    alone = role == "pilote" and found.stands()[0] == "s1"
    for (step, _), group in groupby(every, lambda one: (one[0], one[1] if alone else "")):
        sent = {name: value for _, _, values in group for name, value in values.items()}
        href = found.at(level, f"/etapes/{step}")
        for name in [n for n, value in sent.items() if value == FILE]:
            chosen = {name: (io.BytesIO(pdf(role)), "devis.pdf")}
            found.post(role, f"{href}/champs/{name}/fichier", chosen, content_type="multipart/form-data")
        if typed_ones := {n: value for n, value in sent.items() if value != FILE}:
            found.post(role, href, typed_ones)
    after = found.stored(level)
    found.restore(level, before)
    changed = {name.rstrip("!") for name in {*before, *after} if before.get(name) != after.get(name)}
    return changed, {name for _, name, _ in every}


def stand(found: Place, phase: tuple[str, str]) -> None:
    status, publication = phase
    found.change(statut=status, publication=publication, **({} if publication == "jamais" else PUBLISHED))


@pytest.mark.parametrize("phase", PHASES, ids="-".join)
def test_every_field_posted_changes_what_it_may_and_nothing_else(app: Flask, phase: tuple[str, str]) -> None:
    found = place(app)
    stand(found, phase)
    for role in ("pilote", *EAFC, *(OTHERS if phase == PHASES[0] else ())):
        changed, asked = post_everything(found, role)
        assert changed == may_change(role, phase, asked), role
        assert len(asked) > 15, asked
    locks_alone(found, phase)


def locks_alone(found: Place, phase: tuple[str, str]) -> None:
    """Steps are posted whole by those who decide: one lock of theirs must not hide that another is missing."""
    asked = {name for _, name, _ in everything(found, "session")}
    with inside(found.app, SLUG) as session:
        view = View(registry.get(SLUG), load_node(session, session.get_one(Sheet, found.ids["session"])), TODAY)
        for role in ("pilote", *EAFC, "administrateur"):
            free = {name for name in asked if lock_of(view, name, frozenset({role})) is None}
            assert free == may_change(role, phase, asked), role


def test_the_place_of_a_session_is_locked_with_its_dates(app: Flask) -> None:
    found = place(app, mode="0")
    for phase in PHASES[:3]:
        stand(found, phase)
        changed, asked = post_everything(found, "pilote")
        assert changed == may_change("pilote", phase, asked), phase
        assert "lieu" in asked


def test_the_perimeter_of_the_group_is_locked_once_a_session_is_published(app: Flask) -> None:
    found = place(app)
    for phase in PHASES:
        stand(found, phase)
        for role in ("pilote", "ingenieur", "stranger"):
            changed, asked = post_everything(found, role, "groupe")
            free = set() if role != "pilote" else asked - (PERIMETER if phase[1] != "jamais" else set())
            assert changed == free, (phase, role)
            assert asked > PERIMETER


def moves_of(role: str) -> set[str]:
    """The moves that a role may do one day; all of them for the pilote, and for those who may do none."""
    every = {m: move for axis in registry.get(SLUG).workflow.axes.values() for m, move in axis.moves.items()}
    if role not in EAFC:
        return set(every)
    return {m for m, move in every.items() if role in set(move.by).union(*(by or () for by in move.sources.values()))}


def test_every_move_posted_out_of_turn_is_refused(app: Flask) -> None:
    found = place(app)
    sent = {"fin_publication": "2099-01-01T18:00", "motif": "Parce que.", "confirmer": "oui"}
    for phase in PHASES:
        stand(found, phase)
        for role in ("pilote", *EAFC, *(OTHERS if phase == PHASES[0] else ())):
            for name in sorted(moves_of(role) - MOVES.get(role, {}).get(phase, set())):
                answer = found.post(role, found.at("session", f"/actions/{name}"), sent)
                assert answer.status_code in (403, 404, 409, 422), (phase, role, name)
            assert found.stands() == (*phase, True), (phase, role)


def test_no_row_is_added_to_or_taken_from_what_is_locked(app: Flask) -> None:
    found = place(app)
    for phase in (PHASES[1], PHASES[2], PHASES[4]):
        stand(found, phase)
        before = found.stored()
        for role in ("pilote", "difor", "stranger"):
            rows = found.at("session", "/etapes/dates/lignes/creneaux")
            found.post(role, rows)
            found.post(role, f"{rows}/c1/supprimer")
            found.post(role, found.at("session", "/etapes/dates"), {"_ligne": "creneaux:c1"})
            assert found.stored() == before, (phase, role)
