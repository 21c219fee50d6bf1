"""What differs between two frozen versions of a unit, told without opening them: how many values, in which steps."""

from collections.abc import Iterator

from portal.domain.fields import KINDS
from portal.domain.sheets.nodes import Snapshot
from portal.tenancy.schema import FormField
from portal.tenancy.tenant import Tenant


def changed_fields(tenant: Tenant, before: Snapshot, after: Snapshot) -> Iterator[tuple[str, FormField]]:
    """(level, field) of each value given by people or by sources that differs; what is computed from them is
    left out, and so are sheets that only one version holds.
    """
    old, new = before["sheets"], after["sheets"]
    for key, sheet in new.items():
        if key not in old or sheet["data"] == old[key]["data"]:
            continue
        for field in tenant.fields(sheet["level"]).values():
            was, now = old[key]["data"].get(field.id), sheet["data"].get(field.id)
            if is_given(field) and not KINDS[field.kind].same(was, now, field):
                yield sheet["level"], field


def count_changes(tenant: Tenant, before: Snapshot, after: Snapshot) -> int:
    """How many values differ, plus the sheets added and removed."""
    fields = sum(1 for _ in changed_fields(tenant, before, after))
    return fields + len(before["sheets"].keys() ^ after["sheets"].keys())


def changed_steps(tenant: Tenant, before: Snapshot, after: Snapshot) -> list[str]:
    """The labels of the steps in which something differs, in the order of the forms; then what came and went."""
    found = {(level, step.id) for level, field in changed_fields(tenant, before, after)
             if (step := tenant.step_of(level, field.id)) is not None}  # fmt: skip
    labels = [s.label for level in tenant.forms for s in tenant.steps(level) if (level, s.id) in found]
    added, removed = (a["sheets"].keys() - b["sheets"].keys() for a, b in ((after, before), (before, after)))
    came_and_went = [words for keys, words in ((added, "fiches ajoutées"), (removed, "fiches retirées")) if keys]
    return list(dict.fromkeys(labels)) + came_and_went


def is_given(definition: FormField) -> bool:
    """Whether a field's value is given, rather than computed from others or always taken from elsewhere."""
    computed = definition.value is not None or definition.function is not None
    return not computed and not (definition.fill is not None and definition.fill.locked and not definition.fill.when)
