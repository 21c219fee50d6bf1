"""The official schemas and real documents of LHÉO, which are not ours to keep here: found beside the repository."""

from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
PLACE = Path("shared/data/lheo")
ABSENT = "les schémas officiels de LHÉO ne sont pas à côté du dépôt (shared/data/lheo)"


@cache
def folder() -> Path | None:
    """The folder that holds them, in `shared` beside the repository or beside a folder it is in; None when absent."""
    found = (above / PLACE for above in ROOT.parents)
    return next((path for path in found if (path / "xsd").is_dir()), None)


def needed() -> Path:
    """The folder; the test is skipped, with words, where it is absent."""
    path = folder()
    if path is None:
        pytest.skip(ABSENT)
    return path


def samples() -> list[Path]:
    """The real documents; none where the folder is absent."""
    path = folder()
    return sorted((path / "samples").glob("*.xml")) if path else []


@cache
def _lxml(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(needed() / "xsd" / f"lheo-{version}.xsd"))


@cache
def _xmlschema(version: str) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(needed() / "xsd" / f"lheo-{version}.xsd"))


def official_faults(document: bytes, version: str = "2.3") -> list[str]:
    """What the official schema says of a document; both readers of schemas must agree."""
    schema, parser = _lxml(version), etree.XMLParser(resolve_entities=False, no_network=True)
    schema.validate(etree.parse(BytesIO(document), parser))
    one = [str(error) for error in schema.error_log]
    other = [str(error.reason) for error in _xmlschema(version).iter_errors(BytesIO(document))]
    assert bool(one) == bool(other), (one, other)
    return [*one, *other]
