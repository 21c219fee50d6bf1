"""The region that declares: what it refuses, what it warns of, and what it says of a session without being asked."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.domain.entry.completeness import problems_of_sheet
from portal.domain.organisations.models import Site
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.reference.models import Certification
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import TODAY, make_sheet, organisation
from tests.support.tenants import tenant_named

VOTED = {"numero": "20005341_1", "debut": "2026-01-01", "fin": "2026-12-31", "date_vote": "2026-01-15"}
WHOLE = {"date_debut": "2026-04-01", "date_fin": "2026-06-30", "nb_places": 10, "infos_coll": []}
MEETING = {"_id": "ic1", "type": "infocoll", "date": "2026-03-20"}
Made = Callable[..., View]


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("sigma")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


@pytest.fixture
def made(tenant: Tenant) -> Made:
    """`made(on=day, convention={…}, composante={…}, **session)`: a session as it reads on a day."""
    holder = organisation(db.session)
    place = {"code_postal": "48000", "commune": "MENDE", "insee": "48095"}
    site = Site(organisation_id=holder.id, name="Université", address=place)
    db.session.add(site)
    db.session.flush()

    def make(on: date = TODAY, convention: Any = None, composante: Any = None, **values: Any) -> View:
        top = make_sheet(db.session, tenant, "convention", None, holder, **{**VOTED, **(convention or {})})
        action = make_sheet(db.session, tenant, "action", top, holder)
        one = make_sheet(db.session, tenant, "composante", action, holder, **(composante or {}))
        given = {**WHOLE, "site": str(site.id), **values}
        return seen(tenant, make_sheet(db.session, tenant, "session", one, holder, **given), on)

    return make


def seen(tenant: Tenant, sheet: Sheet, on: date) -> View:
    db.session.expire_all()
    return View(tenant, load_node(db.session, sheet), on, lookups=ReferenceLookups())


def said(view: View, path: str, severity: str = "block") -> list[str]:
    found = problems_of_sheet(db.session, view, "send")
    return [p.message for p in found if p.path == path and p.severity == severity]


def test_a_complete_session_has_nothing_that_refuses(made: Made) -> None:
    assert [p for p in problems_of_sheet(db.session, made(), "send") if p.severity == "block"] == []


def test_numbers_start_again_under_each_parent(tenant: Tenant, made: Made) -> None:
    first, other = made(), made()
    parent = db.session.get(Sheet, first.node.parent.id)
    second = make_sheet(db.session, tenant, "session", parent)
    assert [first.node.code, second.code, other.node.code] == ["01", "02", "01"]


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({"date_debut": "2026-03-01"}, "date_debut", "déjà passée"),
        ({"date_debut": "2026-02-01", "date_fin": "2026-03-01"}, "date_fin", "déjà passée"),
        ({"date_fin": "2026-03-31"}, "date_debut", "avant de commencer"),
        ({"date_fin": "2027-01-04"}, "date_fin", "ne peut pas être après"),
    ],
)
def test_dates_that_refuse(made: Made, values: dict[str, str], path: str, words: str) -> None:
    view = made(**values)
    refused = [*said(view, path), *said(view, "date_fin")]
    assert any(words in message for message in refused)


def test_a_session_that_has_begun_keeps_its_dates_without_complaint(tenant: Tenant, made: Made) -> None:
    view = made()
    next(s for s in db.session.get(Sheet, view.node.id).states if s.axis == "declaration").state = "transmise"
    db.session.flush()
    assert said(seen(tenant, db.session.get(Sheet, view.node.id), date(2026, 5, 1)), "date_debut") == []


def test_a_meeting_after_the_beginning_warns_and_refuses_nothing(made: Made) -> None:
    view = made(infos_coll=[{**MEETING, "date": "2026-04-02"}])
    assert said(view, "infos_coll.ic1.date") == []
    assert len([p for p in problems_of_sheet(db.session, view, "send") if p.path.startswith("infos_coll.ic1")]) == 1


@pytest.mark.parametrize(
    ("convention", "values", "words"),
    [
        ({}, {"infos_coll": [MEETING]}, "Positionnement dématérialisé ouvert"),
        ({}, {}, "Fiche de prescription seulement"),
        ({}, {"infos_coll": [{**MEETING, "date": "2026-03-01"}]}, "Fiche de prescription seulement"),
        ({"date_vote": "2026-05-01"}, {"infos_coll": [MEETING]}, "Fiche de prescription seulement"),
        ({}, {"infos_coll": [MEETING], "nb_places": 0}, "Fiche de prescription seulement"),
    ],
)
def test_which_prescription_is_possible(made: Made, convention: Any, values: Any, words: str) -> None:
    assert made(convention=convention, **values).state_label("positionnement") == words


def test_no_place_says_that_it_will_not_take_place(made: Made) -> None:
    assert [made(nb_places=n).state_label("tenue") for n in (0, 1)] == ["N'aura pas lieu (0 place)", ""]


def test_a_code_archived_yesterday_is_told_at_entry(made: Made) -> None:
    own = {"kind": "Licence", "title": "Licence", "certifying": True, "status": "archived", "words": "", "search": ""}
    db.session.add(Certification(certif_info="990001", valid_until=date(2026, 3, 1), replaced_by="108917", **own))
    db.session.flush()
    view = made(composante={"certification": "990001"})
    assert view.state_label("code_valide") == "Code Certif Info archivé"
    (message,) = said(view, "code_certifinfo", "warn")
    assert "01/03/2026" in message
    assert "108917" in message
    assert not view.holds(view.tenant.public.visible if view.tenant.public else None)


def test_a_code_nobody_knows_warns_without_holding(made: Made) -> None:
    view = made(composante={"certification": "999999"})
    assert "inconnu" in said(view, "code_certifinfo", "warn")[0]
    assert view.holds("code_valide")


@pytest.mark.parametrize(
    ("day", "level", "warned"),
    [
        (date(2020, 12, 31), "6", False),
        (date(2020, 12, 31), "15", True),
        (date(2021, 1, 1), "6", True),
        (date(2021, 1, 1), "17", False),
    ],
)
def test_the_nomenclature_of_levels_changes_on_a_day(made: Made, day: date, level: str, warned: bool) -> None:
    view = made(on=day, composante={"niveau_sortie": level})
    assert bool(said(view, "niveau_diplome", "warn")) is warned
    above = view.of(view.node.parent)
    assert (level in above.form.fields["niveau_sortie"].field.choices) is not warned


def test_the_level_of_the_action_is_never_public(tenant: Tenant) -> None:
    shown = str(tenant.public.model_dump())
    assert "composante.niveau_sortie" in shown
    assert "action.niveau_sortie" not in shown
    assert not tenant.field("action", "niveau_sortie").public
    assert not tenant.field("session", "niveau_action").public


def test_both_exports_have_the_heads_of_the_manual(tenant: Tenant) -> None:
    view = tenant.desk.lists["actions"]
    actions, components = view.exports
    assert (actions.label, components.label) == ("Export des actions", "Export des composantes")
    assert [c.label for c in view.columns] == [
        "N Contrat/Conv.", "N Action", "Intitulé de l'action", "Statut", "Année", "Date de début réelle",
        "Date de fin prévue",
    ]  # fmt: skip
    assert [c.label for c in components.extra][-9:] == [
        "Numéro session", "Date début session", "Date fin session", "Code postal s", "Code Insee session",
        "Commune session", "Nom site s", "Nombre de places session", "Dates d'informations collectives",
    ]  # fmt: skip


def test_a_session_has_no_move_that_cancels_or_deletes_it(tenant: Tenant) -> None:
    moves = [m for axis in tenant.axes_of("session").values() for m in axis.moves.values()]
    assert {"delete", "withdraw"} & {effect for move in moves for effect in move.effects} == set()
