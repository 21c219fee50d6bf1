"""A source that changed while a submission waits is told to whoever decides of it."""

from datetime import UTC, datetime

from portal.domain.journal.actions import append
from portal.domain.people import SYSTEM
from tests.support.people import inside
from tests.web.validator.conftest import SLUG


def test_the_review_says_what_the_source_changed_since_it_was_sent(region):
    sheet_id = region.session()
    page = region.region.get(f"/{SLUG}/validation/fiches/{sheet_id}").get_data(as_text=True)
    assert "La source a changé depuis l’envoi" not in page

    with inside(region.app, SLUG) as session:
        append(
            session, at=datetime(2030, 1, 1, tzinfo=UTC), actor=SYSTEM, sheet_id=sheet_id, kind="sheet.imported",
            before={"date_fin": "2026-12-18"}, after={"date_fin": "2027-01-29"},
        )  # fmt: skip

    page = region.region.get(f"/{SLUG}/validation/fiches/{sheet_id}").get_data(as_text=True)
    assert "La source a changé depuis l’envoi" in page
    assert "18/12/2026 à l’envoi, 29/01/2027 maintenant" in page
