"""What a file is, by its content: its name may say anything."""

import io
import zipfile
from typing import Literal

OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"Rar!", b"\x1f\x8b", b"7z\xbc\xaf")
"""How files begin that are taken for tables: PDF, images, the Excel of before 2007, archives."""

WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16 holds NUL bytes, and is text all the same


def form_of(content: bytes) -> Literal["csv", "xlsx"] | None:
    """`xlsx` for a workbook, `csv` for a text, None for anything else."""
    if content.startswith(b"PK"):
        return "xlsx" if _is_workbook(content) else None
    if content.startswith(OTHERS) or (b"\x00" in content[:4096] and not content.startswith(WIDE)):
        return None
    return "csv"


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.lower() == "xl/workbook.xml" for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        return False
