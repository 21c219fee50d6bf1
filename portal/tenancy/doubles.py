"""Two things under one name where each must have its own: cells, columns, filters, tabs, parts of the public page."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from portal.tenancy.faults import Finding
from portal.tenancy.tenant import Tenant

TOLD_ELSEWHERE = frozenset({("steps",), ("steps", "fields")})  # unique over the whole form, not in one step alone
Path = tuple[str | int, ...]


def double_findings(tenant: Tenant) -> Iterator[Finding]:
    """Every entry of a list whose `id` another entry of that list already has."""
    parts: dict[str, BaseModel | None] = {
        "workflow.yaml": tenant.workflow,
        "desk.yaml": tenant.desk,
        "public.yaml": tenant.public,
        **{f"forms/{level}.yaml": form for level, form in tenant.forms.items()},
    }
    for file, part in parts.items():
        yield from _walk(file, part, ())


def _walk(file: str, thing: Any, at: Path) -> Iterator[Finding]:
    if isinstance(thing, BaseModel):
        for name, field in type(thing).model_fields.items():
            yield from _walk(file, getattr(thing, name), (*at, field.alias or name))
    elif isinstance(thing, dict):
        for key, inner in thing.items():
            yield from _walk(file, inner, (*at, key))
    elif isinstance(thing, list):
        if tuple(part for part in at if isinstance(part, str)) not in TOLD_ELSEWHERE:
            yield from _doubles(file, thing, at)
        for i, inner in enumerate(thing):
            yield from _walk(file, inner, (*at, i))


def _doubles(file: str, entries: list[Any], at: Path) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, entry in enumerate(entries):
        name = getattr(entry, "id", None) if isinstance(entry, BaseModel) else None
        if name is None:
            continue
        if name in seen:
            yield Finding(file, (*at, i, "id"), f"« {name} » est déjà là : chaque « id » ne sert qu'une fois par liste")
        seen.add(name)
