"""Files that come and go with pages: their seal in forms, where they are kept, how they are served."""

import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, send_file
from itsdangerous import Signer

from portal.domain.attachments.queries import Reference, attachment_of
from portal.domain.attachments.storage import path_of
from portal.domain.fields.files import safe_name
from portal.extensions import db
from portal.tenancy.scope import require_slug

PARTS = ("digest", "name", "size", "type")
SEAL = "seal"


def files_folder() -> Path:
    """Where files are kept, region by region."""
    return Path(current_app.config["GUICHET"].var_dir) / "files"


def seal_of(sheet_id: object, field_id: str, parts: Mapping[str, Any]) -> str:
    """What proves, in a form, that these parts of a file were written by us: nobody claims a file by its digest."""
    said = json.dumps([require_slug(), str(sheet_id), field_id, *(str(parts.get(p) or "") for p in PARTS)])
    return Signer(current_app.secret_key or "", salt=b"attachment").get_signature(said).decode()


def is_sealed(given: str, sheet_id: object, field_id: str, parts: Mapping[str, Any]) -> bool:
    """Whether a seal is ours, for these parts."""
    return hmac.compare_digest(given.encode(), seal_of(sheet_id, field_id, parts).encode())


def file_answer(reference: Reference | None) -> Response:
    """A file to be saved by the browser, never shown within our pages; a page that does not exist when there is none.

    Whether the person may see it is for the caller to know.
    """
    digest = str(reference["digest"]) if reference else ""
    known = attachment_of(db.session(), digest) if reference else None
    path = path_of(files_folder(), require_slug(), digest)
    if reference is None or known is None or not path.is_file():
        abort(404)
    name = safe_name(str(reference.get("name") or known.name), str(reference.get("type") or ""))
    response = send_file(path, known.content_type, as_attachment=True, download_name=name, etag=digest)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
