"""Keeping the directory: what is asked, what is told in the journal, what may go and what must stay."""

import pytest
from sqlalchemy import select

from portal.domain.directory.actions import offer_again, remove_entry, write_entry
from portal.domain.directory.errors import EntryError
from portal.domain.directory.nouns import NOUNS
from portal.domain.directory.queries import is_referred_to
from portal.domain.directory.validators import remarks_on
from portal.domain.journal.models import JournalEntry
from portal.domain.organisations.models import Contact, OpenDay, Site
from portal.domain.sheets.revisions import freeze_unit
from tests.support.directory import ADDRESS, contact, site
from tests.support.offer import AT

SITES, CONTACTS, DAYS = NOUNS["sites"], NOUNS["contacts"], NOUNS["journees"]


def told(kept):
    entries = kept.session.scalars(
        select(JournalEntry).where(JournalEntry.sheet_id.is_(None)).order_by(JournalEntry.id)
    )
    return [(e.kind, e.before, e.after) for e in entries]


def test_a_site_is_kept_and_told(kept):
    row = write_entry(kept.session, SITES, {"name": "Nantes", "address": ADDRESS}, kept.writing, None)

    assert kept.session.scalars(select(Site)).one() is row
    assert (row.organisation_id, row.offered) == (kept.holder.id, True)
    [(kind, before, after)] = told(kept)
    assert (kind, before, after["name"], after["id"]) == ("site.created", None, "Nantes", str(row.id))


def test_a_change_tells_what_changed_and_nothing_else(kept):
    row = site(kept.session, kept.holder)
    values = {"name": "Principal", "code": "1", "address": ADDRESS}

    write_entry(kept.session, SITES, values, kept.writing, row)
    write_entry(kept.session, SITES, values, kept.writing, row)

    whose = {"id": str(row.id), "organisation": str(kept.holder.id)}
    assert told(kept) == [("site.changed", {"code": "36364"}, {"code": "1", **whose})]


@pytest.mark.parametrize(
    ("noun", "values", "wrong"),
    [
        (SITES, {"address": ADDRESS}, "name"),
        (SITES, {"name": "Nantes"}, "address"),
        (SITES, {"name": "Nantes", "address": {"voie": "rue Arago", "commune": "Nantes"}}, "address"),
        (CONTACTS, {"mail": "ida@exemple.fr"}, "name"),
        (DAYS, {"starts_at": "2026-05-02T09:00"}, "text"),
        (DAYS, {"starts_at": "2026-05-02T09:00", "ends_at": "2026-05-02T08:00", "text": "Venez"}, "ends_at"),
    ],
)
def test_what_is_missing_or_upside_down_is_refused(kept, noun, values, wrong):
    with pytest.raises(EntryError) as refusal:
        write_entry(kept.session, noun, values, kept.writing, None)

    assert list(refusal.value.faults) == [wrong]
    assert kept.session.scalars(select(noun.model)).all() == []
    assert told(kept) == []


def test_an_open_day_is_in_the_region_s_own_time(kept):
    place = site(kept.session, kept.holder)
    values = {"site_id": str(place.id), "starts_at": "2026-05-02T09:00", "text": "Venez"}

    row = write_entry(kept.session, DAYS, values, kept.writing, None)

    assert row.starts_at.isoformat() == "2026-05-02T09:00:00"
    assert row.site_id == place.id and row.ends_at is None


def test_what_nothing_refers_to_goes(kept):
    row = site(kept.session, kept.holder)

    assert remove_entry(kept.session, SITES, row, kept.writing) is True
    assert kept.session.scalars(select(Site)).all() == []
    assert [kind for kind, _, _ in told(kept)] == ["site.removed"]


def test_what_a_sheet_names_stays_and_is_no_longer_offered(kept):
    row = contact(kept.session, kept.holder)
    kept.choose(referent=row.id)

    assert remove_entry(kept.session, CONTACTS, row, kept.writing) is False
    assert kept.session.scalars(select(Contact)).one().offered is False
    offer_again(kept.session, CONTACTS, row, kept.writing)
    offer_again(kept.session, CONTACTS, row, kept.writing)
    assert row.offered is True
    assert [kind for kind, _, _ in told(kept)] == ["contact.withdrawn", "contact.offered"]


def test_what_only_a_revision_or_an_open_day_names_stays_too(kept):
    frozen, opened = site(kept.session, kept.holder), site(kept.session, kept.holder, "Portes ouvertes")
    view = kept.choose(lieu=frozen.id)
    unit = view.of(view.node.ancestor("action")).node
    freeze_unit(kept.session, kept.tenant, kept.sheet.parent, unit, "validation", actor=kept.of, at=AT)
    kept.sheet.data = {name: value for name, value in kept.sheet.data.items() if name != "lieu"}
    kept.session.add(OpenDay(organisation_id=kept.holder.id, site_id=opened.id, starts_at=AT.replace(tzinfo=None)))
    kept.session.flush()

    assert is_referred_to(kept.session, frozen.id)
    assert is_referred_to(kept.session, opened.id)


def test_a_site_that_moves_takes_the_sheets_that_name_it_along(kept):
    row = site(kept.session, kept.holder)
    kept.choose(lieu=row.id)
    moved = {**ADDRESS, "code_postal": "69008", "commune": "Lyon", "insee": "69388"}

    write_entry(kept.session, SITES, {"name": "Principal", "address": moved}, kept.writing, row)

    assert kept.sheet.insee == "69388"


def test_a_siret_of_another_company_and_an_unknown_town_deserve_a_second_look(kept):
    own = kept.holder.siret[:9] + "00000"

    assert remarks_on(kept.holder, {"siret": own, "address": ADDRESS}) == {}
    remarks = remarks_on(kept.holder, {"siret": "13000511900032", "address": {"commune": "Nulle-Part"}})
    assert set(remarks) == {"siret", "address"}
    assert kept.holder.siret[:9] in remarks["siret"]
