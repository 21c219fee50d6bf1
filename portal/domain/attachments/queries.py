"""Which files sheets refer to, and whether one of them does."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, func, select, union
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.attachments.models import Attachment
from portal.domain.fields import KINDS
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.view import View

Reference = Mapping[str, Any]
ANY_DIGEST = '$.** ? (@.digest.type() == "string").digest'
THIS_FILE = "$.** ? (@.digest == $digest)"


def attachment_of(session: Session, digest: str) -> Attachment | None:
    """What is known of a content in the region; None when nothing is."""
    return session.scalar(select(Attachment).where(Attachment.digest == digest))


def reference_in(session: Session, sheet_ids: Iterable[uuid.UUID], digest: str) -> Reference | None:
    """How some sheets, or the versions frozen of them, refer to a content: {digest, name, size, type}; None when they
    do not.

    What a change request proposes, and what it found, is in its own values. The rights to see the sheets are the
    caller's matter.
    """
    ids = list(sheet_ids)
    places: list[Select[Any]] = [
        select(_found(Sheet.data, digest)).where(Sheet.id.in_(ids)),
        select(_found(Revision.snapshot, digest)).where(Revision.unit_id.in_(ids)).order_by(Revision.number.desc()),
    ]
    for place in places:
        found = next((one for one in session.scalars(place) if isinstance(one, Mapping)), None)
        if found is not None:
            return found
    return None


def _found(column: InstrumentedAttribute[Any], digest: str) -> ColumnElement[Any]:
    variables = cast({"digest": digest}, JSONB)
    return func.jsonb_path_query_first(column, cast(THIS_FILE, JSONPATH), variables, type_=JSONB)


def shown_in(view: View, digest: str) -> Reference | None:
    """How a sheet shows a content though it does not hold it: a value taken from elsewhere; None when it does not."""
    for name, shown in view.form.fields.items():
        held = view.stored(name) if shown.field.kind == KINDS["file"].name else None
        if isinstance(held, Mapping) and held.get("digest") == digest:
            return held
    return None


def referred(session: Session) -> set[str]:
    """Every digest that a sheet of the region holds, deleted ones included, or that a version frozen of one holds."""
    path = cast(ANY_DIGEST, JSONPATH)
    columns = (Sheet.data, Sheet.raw, Revision.snapshot)
    asked = union(*(select(func.jsonb_path_query(column, path).label("digest")) for column in columns))
    return {one for one in session.scalars(asked) if isinstance(one, str)}
