"""A sheet as the public may see it. Whatever `public.yaml` asks for, what a region keeps to itself is not there to be
read.

Two walls: the values of fields that are not public are taken out before anything is worded, and a name that leads to
such
a field (computed, inherited, filled from elsewhere) says nothing.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.domain.fields import french
from portal.domain.fields.base import Lookups
from portal.domain.sheets.answering import PATTERN
from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant


class PublicView(View):
    """A view that says nothing of what is not public. `moments` are the names it knows besides the region's own."""

    moments: Mapping[str, datetime] = {}

    def of(self, node: Node) -> "PublicView":
        """The public view of a relative, made once."""
        if node.id not in self._relatives:
            view = PublicView(self.tenant, node, self.today, lookups=self.lookups, at=self.at)
            view._relatives, view.shared = self._relatives, self.shared
            self._relatives[node.id] = view
        return self._relatives[node.id]  # type: ignore[return-value]

    def value_of(self, field: FormField) -> Any:
        """Public values alone: every reading of a sheet comes through here."""
        return public_value(field, super().value_of(field)) if field.public else None

    def show(self, dotted: str) -> str:
        """In French words; `moments` (`published_at`, `approved_at`) are told in the region's time."""
        moment = self.moments.get(dotted)
        return super().show(dotted) if moment is None else _in_words(moment, self.tenant)


def public_view(
    tenant: Tenant, node: Node, today: date, moments: Mapping[str, datetime], lookups: Lookups
) -> PublicView:
    """The public view of a sheet, over a tree of its own that holds public values alone."""
    view = PublicView(tenant, public_tree(tenant, node, today, lookups), today, lookups=lookups)
    view.moments = moments
    return view


def public_tree(tenant: Tenant, node: Node, today: date, lookups: Lookups) -> Node:
    """A copy of a node with its ancestors and what is below it, without any value that is not public.

    A field that is not asked on its sheet (its condition, its step, an override) is left out too: its value is stale.
    """
    top = list(node.up())[-1]
    copies: dict[uuid.UUID, Node] = {}
    for one in top.down():
        parent = copies.get(one.parent.id) if one.parent else None
        copy = replace(one, data=_public_data(tenant, one, today, lookups), raw={}, parent=parent, children=[])
        if parent is not None:
            parent.children.append(copy)
        copies[one.id] = copy
        if private_names(tenant, one.level, ["title"]):
            copy.title = PublicView(tenant, copy, today, lookups=lookups).fill(tenant.level(one.level).title)
    return copies[node.id]


def _public_data(tenant: Tenant, node: Node, today: date, lookups: Lookups) -> dict[str, Any]:
    asked = View(tenant, node, today, lookups=lookups).form.visible
    fields = tenant.fields(node.level)
    return {
        name: public_value(fields[name], value)
        for name, value in node.data.items()
        if name in fields and fields[name].public and name in asked
    }


def public_value(field: FormField, value: Any) -> Any:
    """A value without the cells that are not public, nor those the region's form does not name."""
    if field.kind != "rows" or not isinstance(value, list):
        return value
    cells = {cell.id: cell for cell in field.fields if cell.public}
    rows = [row for row in value if isinstance(row, Mapping)]
    return [{"_id": row.get("_id"), **{c: public_value(cells[c], row[c]) for c in cells if c in row}} for row in rows]


def private_names(tenant: Tenant, level: str, names: Iterable[str]) -> list[str]:
    """Those of these names, said on a sheet of a level, that lead to a field or a cell that is not public."""
    return [name for name in names if _is_private(tenant, level, name)]


def names_in(pattern: str) -> list[str]:
    """The names a pattern says: `{dossier.numero} - {code}`."""
    return [match[1] for match in PATTERN.finditer(pattern)]


def _is_private(tenant: Tenant, level: str, name: str) -> bool:
    head, _, rest = name.partition(".")
    if rest and head in [level, *tenant.ancestors(level)]:
        return _is_private(tenant, head, rest)
    if name == "title":  # a title is words over other fields
        own = names_in(tenant.level(level).title)
        return bool(private_names(tenant, level, (n for n in own if n != "title")))
    if (field := tenant.field(level, head)) is not None:
        return not field.public or _reaches_private(tenant, level, field, rest)
    tied = (tenant.term_field(above, name) for above in [level, *tenant.ancestors(level)])
    return not next((field.public for field in tied if field), True)


def _reaches_private(tenant: Tenant, level: str, field: FormField, path: str) -> bool:
    if field.among and _is_private(tenant, level, f"{field.among}.{path}".rstrip(".")):
        return True
    return any(not cell.public for cell in field.fields if cell.id in path.split("."))


def _in_words(moment: datetime, tenant: Tenant) -> str:
    local = moment.astimezone(ZoneInfo(tenant.who.time_zone))
    return f"{french.day(local.date())} à {french.hour(local.time())}"
