"""What a row of a nomenclature or of a list of certifications must say."""

import re
from collections.abc import Iterable

from portal.domain.reference.actions.cells import Row, Values, code, code_or_none, day, one_of, optional, text
from portal.domain.reference.models import STATUSES
from portal.domain.reference.names import plain_form, word_list

FORMACODE_COLUMNS = ("code", "label", "field", "field_label", "parent", "synonyms", "note", "path")
CERTIFICATION_COLUMNS = (
    *("certif_info", "rncp", "level", "kind", "title", "rncp_title", "certifying"),
    *("certifier", "status", "valid_until", "replaced_by", "last_session_year"),
)
BLOCK_COLUMNS = ("code", "rncp", "title")
CODE_COLUMNS = ("code", "label")
LEVEL_CELLS = ("1", "2", "3", "4", "5", "6", "7", "8", "")

FORMACODE = re.compile(r"[0-9]{5}")
FIELD = re.compile(r"[0-9]{3}")
PATH = re.compile(r"([A-Z][0-9]){2,10}")
NSF = re.compile(r"[0-9]{3}")
ROME = re.compile(r"[A-Z][0-9]{4}")
CERTIF_INFO = re.compile(r"[0-9]{2,10}")
RNCP = re.compile(r"[0-9]{1,6}")
YEAR = re.compile(r"(19|20)[0-9]{2}")
BLOCK = re.compile(r"RNCP[0-9]{1,6}BC[0-9]{1,3}")


def formacode(row: Row) -> Values:
    """A term of the thesaurus."""
    own, label = code(row, "code", FORMACODE), text(row, "label")
    synonyms = [synonym.strip() for synonym in row["synonyms"].split("|") if synonym.strip()]
    return {
        "code": own,
        "label": label,
        "field": code(row, "field", FIELD),
        "field_label": text(row, "field_label"),
        "parent": code_or_none(row, "parent", FORMACODE),
        "synonyms": synonyms,
        "note": optional(row, "note"),
        "path": code(row, "path", PATH),
        **_searched(label, own, *synonyms),
    }


def formacodes_hang_together(rows: list[Values]) -> Iterable[str]:
    """One message per term whose generic term is not in the file, or is not the one its path says."""
    paths = {row["code"]: row["path"] for row in rows}
    for row in rows:
        if row["parent"] is None:
            continue
        if row["parent"] not in paths:
            yield f"{row['code']} {row['label']} : terme générique {row['parent']} absent du fichier"
        elif paths[row["parent"]] != row["path"][:-2]:
            yield f"{row['code']} {row['label']} : path ne prolonge pas celui du terme générique {row['parent']}"


def public(row: Row) -> Values:
    """A kind of people."""
    return {"code": code(row, "code", FORMACODE), "label": text(row, "label")}


def nsf(row: Row) -> Values:
    """A group of specialities."""
    own, label = code(row, "code", NSF), text(row, "label")
    return {"code": own, "label": label, **_searched(label, own)}


def rome(row: Row) -> Values:
    """A trade."""
    own, label = code(row, "code", ROME), text(row, "label")
    return {"code": own, "label": label, **_searched(label, own)}


def certification(row: Row) -> Values:
    """A certification."""
    own, title, kind = code(row, "certif_info", CERTIF_INFO), text(row, "title"), text(row, "kind")
    rncp, rncp_title, certifier = (
        code_or_none(row, "rncp", RNCP),
        optional(row, "rncp_title"),
        optional(row, "certifier"),
    )
    level, year = one_of(row, "level", LEVEL_CELLS), code_or_none(row, "last_session_year", YEAR)
    found_by = [own, *([f"rncp{rncp}", rncp] if rncp else []), rncp_title, kind, certifier]
    values = {
        "certif_info": own,
        "rncp": rncp,
        "level": int(level) if level else None,
        "kind": kind,
        "title": title,
        "rncp_title": rncp_title,
        "certifying": one_of(row, "certifying", ("yes", "no")) == "yes",
        "certifier": certifier,
        "status": one_of(row, "status", (*STATUSES, "")) or None,
        "valid_until": day(row, "valid_until") if row["valid_until"].strip() else None,
        "replaced_by": code_or_none(row, "replaced_by", CERTIF_INFO),
        "last_session_year": int(year) if year else None,
        **_searched(title, *(name for name in found_by if name)),
    }
    _validate_end(values)
    return values


def block(row: Row) -> Values:
    """A block of skills."""
    own, rncp = code(row, "code", BLOCK), code(row, "rncp", RNCP)
    if not own.startswith(f"RNCP{rncp}BC"):
        raise ValueError(f"code : le bloc « {own} » n'est pas de la fiche RNCP{rncp}")
    return {"code": own, "rncp": rncp, "title": text(row, "title")}


def _validate_end(values: Values) -> None:
    """Refuse what could not be told to a person: an end without a day, a successor that is oneself."""
    if values["status"] == "archived" and not (values["valid_until"] or values["last_session_year"]):
        raise ValueError("status : une certification archivée porte valid_until ou last_session_year")
    if values["replaced_by"] == values["certif_info"]:
        raise ValueError("replaced_by : la certification se remplace elle-même")


def _searched(label: str, *names: str) -> Values:
    return {"search": plain_form(label), "words": word_list((label, *names))}
