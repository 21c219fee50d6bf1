"""What is approved is amended by its source; what waits for a decision stays as it was sent, and says so."""

from datetime import timedelta

from sqlalchemy import select

from portal.domain.imports.models import ImportedRow
from portal.domain.imports.queries import changed_since_sent
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.perform import perform_move
from portal.domain.organisations.models import Site
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.revisions import approved_revision, pending_revision
from tests.domain.imports.conftest import as_csv, siret
from tests.support.offer import fill, make_sheet, member

HEADINGS = ("Lot", "SIRET", "Organisme", "Intitulé", "Places")


def file_of(places, lot="L1"):
    row = {"Lot": lot, "SIRET": siret(1), "Organisme": "Hécate", "Intitulé": "Soudure", "Places": places}
    return as_csv([row], HEADINGS)


def sent(order, *, approved=False, lot="L1"):
    """The action of the file with a session, sent or approved too; `lot` is what the source said then."""
    order.load(file_of(12))
    (action,), (formation,) = order.sheets("action"), order.sheets("formation")
    row = order.session.scalar(select(ImportedRow).where(ImportedRow.sheet_id == formation.id))
    row.values, formation.data = {**row.values, "lot": lot}, {**formation.data, "lot": lot}
    order.session.add(Site(organisation_id=action.organisation_id, name="Siège", address={"insee": "44109"}))
    for sheet in (formation, action):
        fill(order.session, order.tenant, sheet)
    make_sheet(order.session, order.tenant, "session", action, horaires="9-12 h")
    order.session.commit()
    order.at += timedelta(hours=1)
    of = member(order.tenant, "org", organisations={action.organisation_id})
    perform_move(order.session, order.tenant, action, "envoyer", actor=of, at=order.at)
    if approved:
        perform_move(order.session, order.tenant, action, "valider", actor=order.actor, at=order.at)
    order.session.commit()
    order.at += timedelta(hours=1)
    return action


def test_a_unit_in_force_is_amended_and_stays_approved(order):
    action = sent(order, approved=True)
    before = approved_revision(order.session, action)

    order.load(file_of(15))

    (action,) = order.sheets("action")
    revision = approved_revision(order.session, action)
    assert action.state("validation") == "validee"
    assert (revision.kind, revision.base_id) == ("amendment", before.id)
    assert revision.snapshot["sheets"][str(action.id)]["data"]["places_commandees"] == 15
    assert before.snapshot["sheets"][str(action.id)]["data"]["places_commandees"] == 12
    kinds = order.session.scalars(select(JournalEntry.kind).where(JournalEntry.sheet_id == action.id)).all()
    assert {"sheet.imported", "sheet.amended"} <= set(kinds)


def test_an_ancestor_that_changes_amends_the_unit_that_froze_it(order):
    action = sent(order, approved=True, lot="ancien")
    (formation,) = order.sheets("formation")
    assert approved_revision(order.session, action).snapshot["sheets"][str(formation.id)]["data"]["lot"] == "ancien"

    order.load(file_of(12))

    revision = approved_revision(order.session, order.session.get(Sheet, action.id))
    assert revision.snapshot["sheets"][str(formation.id)]["data"]["lot"] == "L1"
    assert order.sheets("formation")[0].data["lot"] == "L1"


def test_a_submission_stays_as_it_was_sent_and_says_that_its_source_changed(order):
    action = sent(order)
    pending = pending_revision(order.session, action)
    assert changed_since_sent(order.session, order.tenant, pending) == []

    order.load(file_of(15))

    (action,) = order.sheets("action")
    still = pending_revision(order.session, action)
    assert (still.id, action.state("validation")) == (pending.id, "attente_validation")
    assert still.snapshot["sheets"][str(action.id)]["data"]["places_commandees"] == 12
    (change,) = changed_since_sent(order.session, order.tenant, still)
    assert (change.sheet_id, change.field.id, change.sent, change.now) == (action.id, "places_commandees", 12, 15)
    assert len(order.session.scalars(select(Revision)).all()) == 1


def test_a_source_that_comes_back_to_what_was_sent_is_no_change(order):
    action = sent(order)
    order.load(file_of(15))

    order.load(file_of(12))

    assert changed_since_sent(order.session, order.tenant, pending_revision(order.session, action)) == []
