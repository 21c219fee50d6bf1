"""What comes next at the foot of a sheet: a button for each kind of sheet that may be created below it."""

import uuid
from dataclasses import dataclass

from portal.domain.sheets.nodes import Node
from portal.domain.sheets.view import View
from portal.ids import uuid7
from portal.tenancy.tenant import Tenant
from portal.web.org.opened import Opened


@dataclass(frozen=True)
class Offer:
    """A button that creates a sheet of a level under another; `key` makes one sheet of a button pressed twice."""

    label: str
    level_id: str
    parent: uuid.UUID
    key: uuid.UUID


def creation_offer(opened: Opened, level_id: str) -> Offer | None:
    """The button that creates a sheet of a level under this one; None where this person may not."""
    level = opened.tenant.level(level_id)
    here = level.parent == opened.sheet.level
    if level.creatable is None or not here or not opened.roles & set(level.creatable.by):
        return None
    if not opened.view.holds(level.creatable.when):
        return None
    label = only_choice(opened.view, level_id) or creation_words(opened.view, opened.tenant, level_id)
    return Offer(label, level_id, opened.sheet.id, uuid7())


def creation_words(parent: View | None, tenant: Tenant, level_id: str) -> str:
    """The words of what creates a sheet of a level, as the sheet that will hold it words them."""
    level = tenant.level(level_id)
    told = parent.form.labels.get(f"create.{level_id}") if parent is not None else None
    return told or (level.creatable.label if level.creatable else level.label)


def offers_below(opened: Opened) -> list[Offer]:
    """What may be created under a sheet, its change requests aside: they have a tab of their own."""
    tenant = opened.tenant
    levels = [i for i, level in tenant.who.levels.items() if level.parent == opened.sheet.level and not level.amends]
    return [offer for level in levels if (offer := creation_offer(opened, level)) is not None]


def only_choice(parent: View, level_id: str) -> str | None:
    """The words of the only value that a choice of the region may take in a sheet created here; None if it has more."""
    creation = parent.tenant.desk.creations.get(level_id)
    if creation is None or creation.choice is None:
        return None
    node = Node(
        uuid7(), level_id, programme=parent.node.programme, organisation=parent.node.organisation, parent=parent.node,
        directory=parent.node.directory,
    )  # fmt: skip
    shown = parent.of(node).form.fields.get(creation.choice)
    choices = dict(shown.field.choices or {}) if shown is not None else {}
    forced = shown.forced if shown is not None else None
    if isinstance(forced, str) and forced in choices:
        return choices[forced]
    return next(iter(choices.values())) if len(choices) == 1 else None
