"""Reading a reference file: CSV in UTF-8, compressed or not; every fault told at once, by line."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from portal.domain.reference.actions.cells import Row, Values
from portal.domain.reference.actions.datasets import Dataset
from portal.domain.reference.errors import FaultyRowsError, UnreadableFileError

FAULTS_SHOWN = 20


def read_rows(dataset: Dataset, path: Path) -> list[Values]:
    """All the rows of a file, ready for the dataset's table.

    Raises UnreadableFileError when it is not such a file, FaultyRowsError when some of its rows are wrong.
    """
    keys = [column.name for column in dataset.model.__table__.primary_key]
    rows: list[Values] = []
    faults: list[str] = []
    seen: dict[tuple[object, ...], int] = {}
    for line, raw in _lines(dataset, path):
        try:
            values = dataset.parse(raw)
        except ValueError as fault:
            faults.append(f"ligne {line} : {fault}")
            continue
        key = tuple(values[name] for name in keys)
        if (first := seen.setdefault(key, line)) != line:
            faults.append(f"ligne {line} : déjà présente à la ligne {first}")
        rows.append(values)
    faults.extend(dataset.check(rows))
    if faults:
        raise FaultyRowsError(_told(path, faults))
    return rows


def _lines(dataset: Dataset, path: Path) -> Iterator[tuple[int, Row]]:
    reader = csv.DictReader(io.StringIO(_content(path), newline=""), restval="")
    try:
        missing = [name for name in dataset.columns if name not in (reader.fieldnames or ())]
        if missing:
            raise UnreadableFileError(
                f"{path} : colonnes manquantes : {', '.join(missing)}. "
                "Le fichier attendu est un CSV en UTF-8 séparé par des virgules, avec une ligne d'en-tête."
            )
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise UnreadableFileError(f"{path} : CSV illisible à la ligne {reader.line_num} ({error}).") from error


def _content(path: Path) -> str:
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        return data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFileError(f"Fichier illisible : {path} ({error}).") from error
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{path} : ce fichier n'est pas en UTF-8.") from error


def _told(path: Path, faults: list[str]) -> str:
    shown = [f"{path} : rien n'a été chargé, {len(faults)} anomalie(s).", *faults[:FAULTS_SHOWN]]
    if len(faults) > FAULTS_SHOWN:
        shown.append(f"… et {len(faults) - FAULTS_SHOWN} autre(s)")
    return "\n".join(shown)
