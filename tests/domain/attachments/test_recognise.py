"""What a file is, by its content."""

import io

import pytest

from portal.domain.attachments.errors import Unusable
from portal.domain.attachments.recognise import DAMAGED, LOCKED, MACROS, SWOLLEN, recognise
from tests.support.files import EXE, JPG, PDF, PNG, archive, docx, odt, xlsx


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "pdf"), (PNG, "png"), (JPG, "jpg"), (docx(), "docx"), (xlsx(), "xlsx"), (odt(), "odt")],
)
def test_content_says_what_a_file_is(content, kind):
    assert recognise(io.BytesIO(content)) == kind


@pytest.mark.parametrize(
    "content",
    [
        EXE,
        b"#!/bin/sh\nrm -rf /\n",
        b"<html><script>alert(1)</script>",
        b"\x7fELF" + bytes(100),
        EXE + docx(),  # an archive that unpacks itself
        archive({"virus.exe": EXE}),
        archive({"mimetype": b"application/java-archive"}),
        archive({"content.xml": b"<office/>", "mimetype": b"application/vnd.oasis.opendocument.text"}),
        b"",
    ],
)
def test_anything_else_is_not_recognised(content):
    assert recognise(io.BytesIO(content)) is None


def test_a_document_swollen_with_zeros_is_refused():
    bomb = docx(**{"word/media/image1.png": bytes(50_000_000)})

    assert len(bomb) < 100_000
    with pytest.raises(Unusable, match=SWOLLEN):
        recognise(io.BytesIO(bomb))


def test_a_document_of_too_many_members_is_refused():
    with pytest.raises(Unusable, match=SWOLLEN):
        recognise(io.BytesIO(docx(**{f"word/{n}.xml": b"" for n in range(2001)})))


def test_an_entry_that_lies_on_another_is_refused():
    content = bytearray(archive({"[Content_Types].xml": bytes(range(256)), "word/document.xml": b"<d/>"}, packed=0))
    place = content.rindex(b"PK\x01\x02")  # the last entry of the table claims more bytes than the file has
    content[place + 20 : place + 28] = (20_000).to_bytes(4, "little") * 2

    with pytest.raises(Unusable, match=SWOLLEN):
        recognise(io.BytesIO(bytes(content)))


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "word\\..\\..\\x"])
def test_a_document_that_would_write_elsewhere_is_refused(name):
    with pytest.raises(Unusable, match=DAMAGED[:30]):
        recognise(io.BytesIO(docx(**{name: b"x"})))


def test_macros_are_refused():
    with pytest.raises(Unusable, match=MACROS):
        recognise(io.BytesIO(docx(**{"word/vbaProject.bin": b"x"})))


def test_a_document_under_a_password_is_refused():
    content = bytearray(docx())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(Unusable, match=LOCKED):
        recognise(io.BytesIO(bytes(content)))


@pytest.mark.parametrize("content", [PDF[:-7], PNG[:-8], docx()[:-30], docx()[:200]])
def test_a_file_cut_on_the_way_is_refused(content):
    with pytest.raises(Unusable, match=DAMAGED[:30]):
        recognise(io.BytesIO(content))
