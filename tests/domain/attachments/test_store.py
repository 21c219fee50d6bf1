"""Files kept and removed: their place on disk, their row, what a purge leaves alone."""

import hashlib
import io
import os
import stat
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.domain.attachments.actions import EMPTY, Purged, purge, store_upload
from portal.domain.attachments.errors import NotAccepted, TooHeavy, Unusable
from portal.domain.attachments.models import Attachment
from portal.domain.attachments.queries import reference_in, referred
from portal.domain.attachments.storage import path_of
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.revisions import freeze_unit
from portal.tenancy.registry import registry
from portal.tenancy.schema import FormField
from tests.support.files import EXE, PDF, docx, pdf
from tests.support.offer import make_sheet, organisation
from tests.support.people import inside

SLUG, ELSEWHERE = "revue", "plan"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIELD = FormField(id="plaquette", kind="file", types=["pdf", "docx"], max_size="1MB")
SOMEBODY = Actor(uuid.uuid4(), "Ida Lot")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "files"


def upload(session, folder, content=PDF, name="plaquette.pdf", at=AT):
    return store_upload(session, io.BytesIO(content), name, FIELD, at=at, actor=SOMEBODY, folder=folder)


def count(session):
    return session.scalar(select(func.count()).select_from(Attachment))


def files_under(folder):
    return [p for p in folder.rglob("*") if p.is_file()]


def test_an_upload_is_kept_under_its_digest_and_readable_by_us_alone(app, folder):
    digest = hashlib.sha256(PDF).hexdigest()

    with inside(app, SLUG) as session:
        value = upload(session, folder)
        row = session.scalars(select(Attachment)).one()
        assert (row.digest, row.content_type, row.uploaded_by) == (digest, "application/pdf", SOMEBODY.user_id)

    assert value == {"digest": digest, "name": "plaquette.pdf", "size": len(PDF), "type": "pdf"}
    (path,) = files_under(folder)
    assert path == folder / SLUG / digest[:2] / digest
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_content_is_kept_once_in_a_region_and_apart_from_the_others(app, folder):
    with inside(app, SLUG) as session:
        upload(session, folder)
        again = upload(session, folder, name="Autre nom.pdf", at=AT + timedelta(hours=1))
        row = session.scalars(select(Attachment)).one()
        assert (again["name"], row.name, row.at) == ("Autre nom.pdf", "plaquette.pdf", AT + timedelta(hours=1))
    with inside(app, ELSEWHERE) as session:
        assert count(session) == 0
        upload(session, folder)
        assert count(session) == 1

    assert {p.parts[len(folder.parts)] for p in files_under(folder)} == {SLUG, ELSEWHERE}


@pytest.mark.parametrize(
    ("content", "name", "refusal", "words"),
    [
        (EXE, "plaquette.pdf", NotAccepted, "Types de fichier acceptés : pdf, docx."),
        (b"\x89PNG\r\n\x1a\nIEND", "image.png", NotAccepted, "Types de fichier acceptés : pdf, docx."),
        (b"", "vide.pdf", Unusable, EMPTY),
        (PDF + bytes(1_000_000), "lourd.pdf", TooHeavy, "Ce fichier est trop lourd : 1\u00a0Mo au plus."),
        (docx(**{"x.xml": bytes(30_000_000)}), "bombe.docx", Unusable, "anormalement compressé"),
    ],
)
def test_what_is_refused_leaves_nothing(app, folder, content, name, refusal, words):
    with inside(app, SLUG) as session:
        with pytest.raises(refusal, match=words):
            upload(session, folder, content, name)
        assert count(session) == 0

    assert files_under(folder) == []


def test_an_endless_upload_is_refused_at_the_first_byte_too_many(app, folder):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            assert self.given < 2_000_000, "it is read on"
            return bytes(size)

    with inside(app, SLUG) as session, pytest.raises(TooHeavy):
        store_upload(session, Endless(), "x.pdf", FIELD, at=AT, actor=SOMEBODY, folder=folder)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Ida\\Devis n°2.PDF", "Devis n°2.PDF"),
        ("facture.pdf.exe", "facture.pdf.pdf"),
        ("devis\u202efdp.exe", "devis fdp.pdf"),
        ('a"b\r\nSet-Cookie: x=1.pdf', 'a"b Set-Cookie: x=1.pdf'),
        (".pdf", "fichier.pdf"),
        ("...", "fichier.pdf"),
        ("é" * 400 + ".pdf", "é" * 146 + ".pdf"),
        ("rapport", "rapport.pdf"),
        ("Rapport v1.2 final", "Rapport v1.2 final.pdf"),
    ],
)
def test_names_are_made_safe(app, folder, given, kept):
    with inside(app, SLUG) as session:
        assert upload(session, folder, name=given)["name"] == kept


@pytest.fixture
def formation(app):
    """A sheet of the region that will hold a file, and a unit below it."""
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        holder = organisation(session)
        sheet = make_sheet(session, tenant, "formation", None, holder)
        unit = make_sheet(session, tenant, "action", sheet, holder)
        return sheet.id, unit.id


def hold(session, sheet_id, value):
    sheet = session.get(Sheet, sheet_id)
    sheet.data = {**sheet.data, "plaquette": value}
    session.flush()
    return sheet


def test_purge_keeps_what_a_sheet_or_a_version_refers_to(app, folder, formation):
    sheet_id, unit_id = formation
    with inside(app, SLUG) as session:
        frozen, held, lost = (upload(session, folder, pdf(n)) for n in ("figé", "tenu", "perdu"))
        hold(session, sheet_id, frozen)
        unit = session.get(Sheet, unit_id)
        freeze_unit(session, registry.get(SLUG), unit, load_node(session, unit), "validation", actor=SOMEBODY, at=AT)
        hold(session, sheet_id, held)
    with inside(app, SLUG) as session:
        assert referred(session) == {frozen["digest"], held["digest"]}
        assert reference_in(session, [unit_id], frozen["digest"]) == frozen
        assert reference_in(session, [sheet_id], held["digest"]) == held
        assert reference_in(session, [sheet_id], lost["digest"]) is None
        assert purge(session, folder, now=AT + timedelta(days=2)) == Purged(1, lost["size"])
        assert set(session.scalars(select(Attachment.digest))) == {frozen["digest"], held["digest"]}

    assert {p.name for p in files_under(folder)} == {frozen["digest"], held["digest"]}


def test_purge_leaves_the_uploads_of_the_day(app, folder):
    with inside(app, SLUG) as session:
        value = upload(session, folder)
        assert purge(session, folder, now=AT + timedelta(hours=23)) == Purged(0, 0)

    assert path_of(folder, SLUG, value["digest"]).exists()


def test_purge_removes_files_of_requests_that_did_not_end_well(app, folder):
    now = datetime.now(UTC)
    with inside(app, SLUG) as session:
        value = upload(session, folder, at=now)
        session.rollback()
        assert purge(session, folder, now=now) == Purged(0, 0)
        path = path_of(folder, SLUG, value["digest"])
        os.utime(path, (0, 0))
        assert purge(session, folder, now=now) == Purged(1, value["size"])

    assert not path.exists()


def test_purge_of_a_region_touches_no_other(app, folder):
    with inside(app, ELSEWHERE) as session:
        upload(session, folder)
    with inside(app, SLUG) as session:
        assert purge(session, folder, now=AT + timedelta(days=3)) == Purged(0, 0)

    assert len(files_under(folder)) == 1
