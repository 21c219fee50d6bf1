"""One trainer is not in two sessions at once: told as a warning, wherever the other session is in the region."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.domain.entry.completeness import problems_of_sheet
from portal.domain.organisations.models import Contact
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, TODAY, make_tree, organisation
from tests.support.tenants import tenant_named

Span = tuple[str, str]
MORNING = ("2026-06-02T09:00", "2026-06-02T12:00")


@pytest.fixture
def tenant(app: Flask) -> Iterator[Tenant]:
    found = tenant_named("plan")
    with app.app_context(), tenant_scope(found.slug):
        yield found
        db.session.rollback()


def trainer(name: str = "Irène Costil", number: int = 1) -> str:
    contact = Contact(organisation_id=organisation(db.session, name, number).id, name=name)
    db.session.add(contact)
    db.session.flush()
    return str(contact.id)


def session(tenant: Tenant, number: int, *given: tuple[str, Span]) -> Sheet:
    rows = [{"_id": f"i{n}", "personne": who, "de": a, "a": b, "heures": "1"} for n, (who, (a, b)) in enumerate(given)]
    return make_tree(db.session, tenant, "session", organisation(db.session, f"O{number}", number), intervenants=rows)


def told(tenant: Tenant, sheet: Sheet) -> list[tuple[str, str, str]]:
    view = View(tenant, load_node(db.session, sheet), TODAY)
    found = problems_of_sheet(db.session, view, "save")
    return [(p.path, p.message, p.severity) for p in found if p.path.startswith("intervenants.")]


@pytest.mark.parametrize(
    ("span", "overlaps"),
    [
        (("2026-06-02T11:00", "2026-06-02T13:00"), True),
        (("2026-06-02T08:00", "2026-06-02T18:00"), True),
        (("2026-06-02T12:00", "2026-06-02T13:00"), False),  # one begins when the other ends
        (("2026-06-03T09:00", "2026-06-03T12:00"), False),
        (("2026-06-01T22:00", "2026-06-02T09:30"), True),  # over midnight
    ],
)
def test_a_trainer_taken_by_another_session_is_a_warning(tenant: Tenant, span: Span, overlaps: bool) -> None:
    who = trainer()
    session(tenant, 2, (who, MORNING))
    mine = session(tenant, 3, (who, span))
    found = told(tenant, mine)
    assert [(path, severity) for path, _, severity in found] == ([("intervenants.i0.de", "warn")] if overlaps else [])
    assert all("déjà pris par ailleurs" in message for _, message, _ in found)


def test_another_trainer_or_a_deleted_session_takes_nothing(tenant: Tenant) -> None:
    who, other = trainer(), trainer("Luc Petit", 4)
    session(tenant, 2, (other, MORNING))
    gone = session(tenant, 3, (who, MORNING))
    gone.deleted_at = AT
    db.session.flush()
    assert told(tenant, session(tenant, 5, (who, MORNING))) == []


def test_two_rows_of_one_session_are_still_compared(tenant: Tenant) -> None:
    who = trainer()
    mine = session(tenant, 2, (who, MORNING), (who, ("2026-06-02T11:00", "2026-06-02T13:00")))
    assert [message for _, message, _ in told(tenant, mine)] == [
        "De 02/06/2026 à 11h00 à 02/06/2026 à 13h00 : chevauche une autre ligne."
    ]


@pytest.mark.parametrize(
    ("slot", "overlaps"),
    [
        ({"jour": "2026-06-02", "debut": "10:00", "fin": "11:00"}, True),
        ({"jour": "2026-06-02", "debut": "12:00", "fin": "14:00"}, False),
        ({"jour": "2026-06-03", "debut": "09:00", "fin": "12:00"}, False),
        ({"jour": "2026-06-02", "debut": "10:00"}, False),  # nobody knows until when
        ({"jour": "2026-06-02", "debut": "11:00", "fin": "10:00"}, False),  # told by another rule
    ],
)
def test_a_trainer_without_hours_is_there_at_every_slot(tenant: Tenant, slot: dict[str, str], overlaps: bool) -> None:
    who = trainer()
    session(tenant, 2, (who, MORNING))
    mine = session(tenant, 3)
    mine.data = {
        **mine.data,
        "creneaux": [{"_id": "c1", **slot}],
        "intervenants": [{"_id": "i0", "personne": who, "heures": "1"}],
    }
    db.session.flush()
    found = told(tenant, mine)
    assert [(path, severity) for path, _, severity in found] == ([("intervenants.i0.de", "warn")] if overlaps else [])


@pytest.mark.parametrize(
    ("slots", "paths"),
    [
        # the hour that does not exist, and the one that comes twice: hours are those of the wall
        ([("2026-03-29", "01:30", "03:30"), ("2026-03-29", "03:30", "04:00")], []),
        ([("2026-10-25", "01:00", "02:30"), ("2026-10-25", "02:30", "03:30")], []),
        ([("2026-10-25", "01:00", "03:00"), ("2026-10-25", "02:30", "03:30")], ["creneaux.c1.debut"]),
        # neither a slot that ends before it begins, nor one over midnight, which is written as two
        ([("2026-06-02", "14:00", "12:00")], ["creneaux.c0.fin"]),
        ([("2026-06-02", "22:00", "02:00")], ["creneaux.c0.fin"]),
        ([("2026-06-02", "22:00", "23:59"), ("2026-06-03", "00:00", "02:00")], []),
    ],
)
def test_slots_around_midnight_and_the_change_of_hour(
    tenant: Tenant, slots: list[tuple[str, str, str]], paths: list[str]
) -> None:
    rows = [{"_id": f"c{n}", "jour": day, "debut": a, "fin": b} for n, (day, a, b) in enumerate(slots)]
    sheet = make_tree(db.session, tenant, "session", organisation(db.session), creneaux=rows)
    view = View(tenant, load_node(db.session, sheet), TODAY)
    found = problems_of_sheet(db.session, view, "save")
    assert [p.path for p in found if p.path.startswith("creneaux")] == paths
