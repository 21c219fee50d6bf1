"""The files that nothing refers to are removed by the clock, region by region."""

import io
import uuid
from datetime import UTC, datetime, timedelta

from portal.domain.attachments.actions import store_upload
from portal.domain.attachments.storage import path_of
from portal.domain.people import Actor
from portal.jobs.clock import SLOTS, do_duties
from portal.jobs.setup import jobs_of
from portal.tenancy.registry import registry
from portal.tenancy.schema import FormField
from tests.support.files import PDF
from tests.support.people import inside

SLUG = "revue"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIELD = FormField(id="plaquette", kind="file", types=["pdf"], max_size="1MB")


def test_the_clock_purges_what_nothing_refers_to_once_a_day_has_passed(app):
    jobs = jobs_of(app)
    folder = jobs.settings.var_dir / "files"
    with inside(app, SLUG) as session:
        somebody = Actor(uuid.uuid4(), "Ida Lot")
        kept = store_upload(session, io.BytesIO(PDF), "a.pdf", FIELD, at=AT, actor=somebody, folder=folder)
    path = path_of(folder, SLUG, kept["digest"])
    with app.app_context():
        do_duties(SLOTS["purge"], registry.get(SLUG), jobs, AT + timedelta(hours=23))
    assert path.exists()
    with app.app_context():
        do_duties(SLOTS["purge"], registry.get(SLUG), jobs, AT + timedelta(hours=25))
    assert not path.exists()
