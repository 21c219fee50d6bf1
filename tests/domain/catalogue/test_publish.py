"""What publishing gives the public, from the revision in force alone."""

from datetime import date, time, timedelta

from sqlalchemy import select

from portal.domain.catalogue.actions import publish, withdraw
from portal.domain.catalogue.models import PublishedEvent
from portal.domain.people import SYSTEM
from portal.domain.sheets.revisions import amend, approved_revision
from tests.support.catalogue import approve_now, published, unit_of
from tests.support.offer import AT, make_sheet

LYON = {"numero": "12", "voie": "rue des Lilas", "code_postal": "69008", "commune": "LYON", "pays": "FRANCE"}
MEETING = {
    "_id": "e1", "type": "infocoll", "date_debut": "2022-02-15", "heure_debut": "09:00", "date_fin": "2022-02-15",
    "heure_fin": "12:30", "adresse": LYON, "description": "information collective en distanciel.",
}  # fmt: skip


def said(row, item):
    """The words of one item of a page."""
    return next((i["value"] for s in row.page["sections"] for i in s["items"] if i["id"] == item), None)


def test_page_says_what_the_manual_shows(eos):
    sheet = eos.put(
        date_debut="2022-02-14", date_fin="2022-07-28", debut_prescription="2022-02-03", fin_prescription="2022-07-28"
    )

    row = published(eos.session, sheet)

    assert said(row, "session") == "Session de formation du 14/02/2022 au 28/07/2022"
    assert said(row, "inscriptions") == "Inscriptions du 03/02/2022 au 28/07/2022"
    assert said(row, "responsable") == "HECATE FORMATION"
    assert said(row, "duree_centre") == "10 heures en centre"
    assert said(row, "non_certifiante") == "Formation non certifiante"
    assert said(row, "certifiante") is None
    assert said(row, "modification") == "02/03/2026 à 10h00"


def test_event_is_worded_as_the_manual_shows(eos):
    sheet = eos.put(evenements=[MEETING])

    event = eos.session.scalars(select(PublishedEvent).where(PublishedEvent.session_id == sheet.id)).one()

    assert (event.what, event.place) == ("INFOCOLL - information collective en distanciel.", "69008 LYON")
    assert (event.starts_on, event.starts_at, event.ends_at) == (date(2022, 2, 15), time(9), time(12, 30))


def test_columns_are_those_of_the_terms(eos):
    sheet = eos.put(
        date_debut="2026-09-01", date_fin="2026-12-18", effectif_vise=14, adresse_differente=True, adresse=LYON
    )

    row = published(eos.session, sheet)

    assert (row.starts_on, row.ends_on, row.visible_until) == (date(2026, 9, 1), date(2026, 12, 18), date(2026, 12, 18))
    assert (row.seats, row.status, row.reference, row.id) == (14, "open", sheet.reference, sheet.id)
    assert (row.insee, row.postal_code, row.department) == ("69388", "69008", "69"), (
        "the postal code and the town say which"
    )
    assert row.lat and row.lon


def test_sentence_with_a_hole_is_left_out(eos):
    sheet = eos.put(fin_prescription=None)

    assert said(published(eos.session, sheet), "inscriptions") is None


def test_draft_is_not_published(eos):
    sheet = make_sheet(eos.session, eos.tenant, "session", eos.parent, eos.holder)

    assert published(eos.session, sheet) is None


def test_change_is_published_with_its_approval_only(eos):
    sheet = eos.put(effectif_vise=14)
    eos.edit(sheet, effectif_vise=20)
    assert published(eos.session, sheet).seats == 14

    approve_now(eos.session, eos.tenant, sheet, at=AT + timedelta(days=1))

    row = published(eos.session, sheet)
    assert (row.seats, row.published_at, row.approved_at) == (20, AT + timedelta(days=1), AT + timedelta(days=1))


def test_event_that_left_the_session_is_gone(eos):
    sheet = eos.put(evenements=[MEETING, {**MEETING, "_id": "e2"}])
    eos.edit(sheet, evenements=[{**MEETING, "description": "reportée"}])

    approve_now(eos.session, eos.tenant, sheet, at=AT + timedelta(days=1))

    events = eos.session.scalars(select(PublishedEvent).where(PublishedEvent.session_id == sheet.id)).all()
    assert [(e.row_id, e.what) for e in events] == [("e1", "INFOCOLL - reportée")]


def amended(shelf, sheet, at, **states):
    """Carry a state into the version in force, and publish it."""
    revision = amend(shelf.session, sheet, {}, states={sheet.id: states}, at=at, actor=SYSTEM)
    publish(shelf.session, shelf.tenant, sheet, revision, at)


def test_cancelled_session_says_so_and_comes_back(eos):
    sheet = eos.put(evenements=[MEETING])

    amended(eos, sheet, AT + timedelta(days=1), annulation="annulee")
    row = published(eos.session, sheet)
    assert (row.status, row.published_at, row.approved_at) == ("cancelled", AT + timedelta(days=1), AT)

    amended(eos, sheet, AT + timedelta(days=2), annulation="maintenue")
    assert published(eos.session, sheet).status == "open"


def test_withdrawn_session_keeps_its_address_and_no_event(eos):
    sheet, other = eos.put(evenements=[MEETING]), eos.put()

    withdraw(eos.session, eos.tenant, sheet, AT + timedelta(days=1))

    row = published(eos.session, sheet)
    assert (row.status, row.published_at, row.reference) == ("withdrawn", AT + timedelta(days=1), sheet.reference)
    assert eos.session.scalars(select(PublishedEvent).where(PublishedEvent.session_id == sheet.id)).all() == []
    assert published(eos.session, other).status == "open"


def test_amendment_does_not_bring_a_deleted_session_back(eos):
    sheet = eos.put()
    sheet.deleted_at = AT + timedelta(days=1)
    withdraw(eos.session, eos.tenant, sheet, AT + timedelta(days=1))

    publish(eos.session, eos.tenant, sheet, approved_revision(eos.session, sheet), AT + timedelta(days=2))

    assert published(eos.session, sheet).status == "withdrawn"


def test_session_that_left_its_unit_is_withdrawn(open_shelf):
    revue = open_shelf("revue")
    kept, left = revue.put(), revue.put()
    assert unit_of(revue.session, revue.tenant, left).level == "action"
    left.deleted_at = AT
    revue.session.flush()

    approve_now(revue.session, revue.tenant, kept, at=AT + timedelta(days=1))

    assert published(revue.session, left).status == "withdrawn"
    assert published(revue.session, kept).status == "open"


def test_session_is_shown_where_the_region_says_so(open_shelf):
    revue = open_shelf("revue")
    sheet = revue.put(date_debut="2026-01-05", date_fin="2026-02-27")
    unit = unit_of(revue.session, revue.tenant, sheet)

    revision = amend(revue.session, unit, {}, states={sheet.id: {"recrutement": "ferme"}}, at=AT, actor=SYSTEM)
    publish(revue.session, revue.tenant, unit, revision, AT)

    assert published(revue.session, sheet).status == "withdrawn", "closed, and over: public.yaml shows it no more"


def test_no_place_means_that_it_will_not_take_place_where_the_region_says_so(open_shelf):
    declare = open_shelf("declare")
    seats = declare.tenant.term_field("session", "session.seats").id

    full, none = declare.put(**{seats: 8}), declare.put(**{seats: 0})

    assert published(declare.session, full).status == "open"
    assert published(declare.session, none).status == "off"
