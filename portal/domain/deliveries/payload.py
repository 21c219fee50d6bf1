"""What is sent: a document made from a revision alone, so that every try of a delivery sends the same bytes.

A format is an entry of FORMATS. `json` is a neutral document by terms: any region's session reads the same, whatever
the region calls its fields; what has no term is the region's own business and stays at home. Private terms go to the
targets that the region says are private, and to no other. `lheo-2.3` is the official language: what it cannot say of a
sheet holds the delivery.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from portal.domain.entry.completeness import Problem
from portal.domain.lheo import delivering as lheo
from portal.domain.organisations.directory import TABLES
from portal.domain.sheets.nodes import Node, nodes_of
from portal.domain.sheets.view import View
from portal.domain.vocabulary import TERMS
from portal.tenancy.schema import Flow, FormField
from portal.tenancy.schema.flows import Target
from portal.tenancy.tenant import Tenant

SCHEMA = "guichet-session/1"
EVENTS = "session.events"


class FrozenUnit(Protocol):
    """What is read of a revision."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def number(self) -> int: ...
    @property
    def snapshot(self) -> dict[str, Any]: ...
    @property
    def config_version(self) -> int: ...
    @property
    def made_at(self) -> datetime: ...


class Owed(Protocol):
    """What is read of a delivery."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def sheet_id(self) -> uuid.UUID: ...
    @property
    def target(self) -> str: ...
    @property
    def verb(self) -> str: ...


@dataclass(frozen=True)
class Format:
    """How a document is written, what it is called on the wire, and what of a sheet keeps it from being written."""

    content_type: str
    write: Callable[[Tenant, FrozenUnit, Owed], bytes]
    problems: Callable[[View, Target], list[Problem]] | None = None


def build(tenant: Tenant, revision: FrozenUnit, delivery: Owed) -> bytes:
    """The document of a delivery, in its target's format. `tenant` is the region at the revision's version.

    Raises KeyError when the target or the format is unknown, or when the revision does not hold the sheet.
    """
    return format_of(tenant, delivery.target).write(tenant, revision, delivery)


def format_of(tenant: Tenant, target: str) -> Format:
    """The format a target reads; KeyError when unknown."""
    return FORMATS[tenant.flows.targets[target].format]


def problems_for(view: View, flow: Flow) -> list[Problem]:
    """What keeps the document of a sheet from being made for the target of a flow; nothing is made for a relay."""
    target = view.tenant.flows.targets[flow.target]
    problems = FORMATS[target.format].problems
    return problems(view, target) if problems and is_checked(view.tenant, flow) else []


def is_checked(tenant: Tenant, flow: Flow) -> bool:
    """Whether the format of a flow's target may hold a sheet."""
    return flow.via is None and FORMATS[tenant.flows.targets[flow.target].format].problems is not None


def digest_of(body: bytes) -> str:
    """The fingerprint kept of what was sent: SHA-256."""
    return hashlib.sha256(body).hexdigest()


def local_day(tenant: Tenant, moment: datetime) -> date:
    """The day it is in the region at a moment."""
    return moment.astimezone(ZoneInfo(tenant.who.time_zone)).date()


def _write_json(tenant: Tenant, revision: FrozenUnit, delivery: Owed) -> bytes:
    node = nodes_of(revision.snapshot)[delivery.sheet_id]
    view = View(tenant, node, local_day(tenant, revision.made_at))
    said = Saying(view, tenant.flows.targets[delivery.target].private)
    card = node.organisation or next((n.organisation for n in node.up() if n.organisation), None)
    document = {
        "schema": SCHEMA,
        "tenant": tenant.slug,
        "delivery": str(delivery.id),
        "verb": delivery.verb,
        "config_version": revision.config_version,
        "revision": {"id": str(revision.id), "number": revision.number, "made_at": revision.made_at.isoformat()},
        "session": {**said.sheet(), "states": dict(node.states), "events": said.events()},
        "ancestors": [Saying(view.of(above), said.private).sheet() for above in list(node.up())[1:]],
        "organisation": {"siret": card.siret, "name": card.name} if card else None,
        "codes": _codes(view),
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _write_lheo(tenant: Tenant, revision: FrozenUnit, delivery: Owed) -> bytes:
    """The document of a sheet; that of a withdrawal is not checked: what is there must go whatever it says."""
    node, day = nodes_of(revision.snapshot)[delivery.sheet_id], local_day(tenant, revision.made_at)
    view, target = View(tenant, node, day), tenant.flows.targets[delivery.target]
    return lheo.body_of(view, target, day, checked=delivery.verb == "put")


@dataclass(frozen=True)
class Saying:
    """What a document says of one sheet; `private` says whether to one who may know what is private."""

    view: View
    private: bool

    def sheet(self) -> dict[str, Any]:
        """What it is, and its terms."""
        node: Node = self.view.node
        return {
            "id": str(node.id),
            "level": node.level,
            "code": node.code,
            "reference": node.reference,
            "title": node.title,
            "programme": node.programme,
            "terms": self._terms(),
        }

    def _terms(self) -> dict[str, Any]:
        """The values tied to a term, but for the events, which have their own place."""
        fields = [f for f in self._fields() if f.term and f.term != EVENTS and self._may_say(f)]
        return _given({f.term: self._value(f, self.view.stored(f.id)) for f in fields})

    def events(self) -> list[dict[str, Any]]:
        """The rows tied to events."""
        fields = [f for f in self._fields() if f.term == EVENTS and f.kind == "rows"]
        return [self._row(field, row) for field in fields for row in self.view.stored(field.id) or []]

    def _fields(self) -> list[FormField]:
        return [f.field for f in self.view.form.fields.values() if not f.hidden]

    def _may_say(self, field: FormField) -> bool:
        return self.private or not (field.term and TERMS[field.term].private)

    def _value(self, field: FormField, stored: Any) -> Any:
        if field.kind == "rows":
            return [self._row(field, row) for row in stored or []]
        return self._person(stored) if field.kind == "person" else stored

    def _row(self, field: FormField, row: dict[str, Any]) -> dict[str, Any]:
        cells = [cell for cell in field.fields if self._may_say(cell)]
        return {"id": row.get("_id"), **_given({c.term or c.id: self._value(c, row.get(c.id)) for c in cells})}

    def _person(self, key: Any) -> Any:
        """Somebody of the directory, by the code and the name they are known by elsewhere."""
        entry = self.view.node.directory.find(TABLES["person"], key) if isinstance(key, str) else None
        return _given({"id": key, "code": entry.values.get("code"), "name": entry.values.get("name")}) if entry else key


def _given(values: dict[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _codes(view: View) -> dict[str, Any]:
    """The codes that targets gave this sheet and its ancestors, under the names the region gave them."""
    names = {name for target in view.tenant.flows.targets.values() for name in target.writes}
    found = {name: _code(view, name) for name in sorted(names)}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _code(view: View, name: str) -> Any:
    level, _, field = name.partition(".")
    node = view.node.ancestor(level)
    return view.of(node).stored(field) if node is not None else None


FORMATS: dict[str, Format] = {
    "json": Format("application/json", _write_json),
    lheo.FORMAT: Format(lheo.CONTENT_TYPE, _write_lheo, lheo.problems_of),
}
