"""Small files of each type, honest and not."""

import io
import zipfile
from collections.abc import Mapping

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"
EXE = b"MZ\x90\x00\x03" + bytes(200) + b"PE\x00\x00"
ODT = "application/vnd.oasis.opendocument.text"


def pdf(words: str = "") -> bytes:
    """A PDF unlike the others."""
    return PDF.replace(b"1 0 obj", f"% {words}\n1 0 obj".encode())


def archive(members: Mapping[str, bytes], *, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members; the first is not compressed when it says what a document is."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packed) as made:
        for name, content in members.items():
            made.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else packed)
    return held.getvalue()


def docx(**more: bytes) -> bytes:
    """A Word document, with other members as wanted."""
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>", **more})


def xlsx() -> bytes:
    """An Excel workbook."""
    return archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def odt() -> bytes:
    """An OpenDocument text."""
    return archive({"mimetype": ODT.encode(), "content.xml": b"<office/>"})
