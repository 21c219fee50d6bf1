"""What a submission changes, said so that the same change made elsewhere says the same: read in two frozen versions,
without opening them.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from portal.domain.fields import ID, KINDS
from portal.domain.sheets.changed import is_given
from portal.domain.sheets.nodes import Snapshot
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant

Part = list[Any]


def signature_of(tenant: Tenant, before: Snapshot, after: Snapshot) -> str | None:
    """The fingerprint of all that differs; None when nothing does. Two submissions that share it make the same change,
    and no other.
    """
    found = sorted(json.dumps(part, sort_keys=True, ensure_ascii=False) for part in _parts(tenant, before, after))
    return hashlib.sha256("\n".join(found).encode()).hexdigest() if found else None


def _parts(tenant: Tenant, before: Snapshot, after: Snapshot) -> Iterator[Part]:
    old, new = before["sheets"], after["sheets"]
    for key in old.keys() | new.keys():
        was, now = old.get(key), new.get(key)
        if was is None or now is None:
            sheet = now or was
            yield [*_place(after if now else before, sheet), "added" if now else "removed", _bare(sheet["data"])]
            continue
        place = _place(after, now)
        for field in tenant.fields(now["level"]).values():
            one, other = was["data"].get(field.id), now["data"].get(field.id)
            if is_given(field) and not KINDS[field.kind].same(one, other, field):
                yield [*place, field.id, _value(field, one), _value(field, other)]
        for axis in was["states"].keys() | now["states"].keys():
            if was["states"].get(axis) != now["states"].get(axis):
                yield [*place, f"state.{axis}", was["states"].get(axis), now["states"].get(axis)]


def _place(snapshot: Snapshot, sheet: dict[str, Any]) -> Part:
    """What a sheet is to the unit: its level, and its code where there may be several of them."""
    alone = sheet["id"] == snapshot["unit"] or sheet["id"] in snapshot["ancestors"]
    return [sheet["level"], "" if alone else sheet["code"]]


def _value(field: FormField, value: Any) -> Any:
    """A value; the rows people add are known by what they hold, and not by the id each was given."""
    keyed = field.rows is not None and field.rows.keys
    return value if keyed else _bare(value)


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return {k: _bare(v) for k, v in value.items() if k != ID} if isinstance(value, dict) else value
