"""The words of a public page, written once at publication: sections, items, events."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from portal.domain.catalogue.public_view import PublicView, names_in
from portal.domain.fields import KINDS
from portal.domain.organisations.directory import TABLES
from portal.domain.sheets.answering import PATTERN
from portal.domain.sheets.view import View
from portal.tenancy.schema import FormField, PublicEvents, PublicItem, PublicSection

EDGES = " -–—,;:/|"  # what a pattern leaves at its ends when a name at its end is empty
NOTHING = "\x00"  # stands for a name that says nothing: no text holds it
SEPARATED = re.compile(rf"(\s*[-–—,;:/|])?\s*{NOTHING}")
LETTERS = re.compile(r"[^\W\d_]")
REGISTRATION = ("session.registration", "session.contact")
PARTS = {"phone": "phone", "email": "mail", "url": "link"}
ENTRY_PARTS = {"phone": "phone", "telephone": "phone", "mail": "mail"}
PHONE = FormField(id="phone", kind="phone")
REMOTE = "À distance"


def sections(view: PublicView) -> list[dict[str, Any]]:
    """The sections of the page that have something to say."""
    public = view.tenant.public
    assert public is not None
    made = (_section(view, section) for section in public.sections if view.holds(section.when))
    return [section for section in made if section["items"]]


def _section(view: PublicView, section: PublicSection) -> dict[str, Any]:
    said = [item for item in _items(view, section) if item]
    return {"id": section.id, "label": section.label, "items": said}


def _items(view: PublicView, section: PublicSection) -> Iterator[dict[str, Any] | None]:
    """The items, once; or once per sheet of the level below that the section names, each told apart by its number."""
    if section.each is None:
        yield from (_item(view, item) for item in section.items if view.holds(item.when))
        return
    for number, node in enumerate(view.node.at_level(section.each), 1):
        below = view.of(node)
        for item in section.items:
            if below.holds(item.when) and (said := _item(below, item)) is not None:
                yield {**said, "sheet": number}


def _item(view: PublicView, item: PublicItem) -> dict[str, Any] | None:
    parts = list(_parts(view, item.value)) if item.kind == "contact" else []
    words = _words_of(view, item, parts)
    if not words:
        return None
    said: dict[str, Any] = {"id": item.id, "label": item.label, "kind": item.kind, "value": words}
    if item.kind == "contact":
        said["parts"] = parts
    if item.strong and (strong := line(view, item.strong)) and strong in words:
        said["strong"] = strong
    named = f"{{{item.each}}}" if item.each else item.value
    if item.kind in ("contact", "action") or _is_about_registration(view, named):
        said["registration"] = True
    return said


def _words_of(view: PublicView, item: PublicItem, parts: list[dict[str, str]]) -> str:
    if parts:
        return " ".join(part["value"] for part in parts)
    return _lines(view, item.each, item.value) if item.each else line(view, item.value)


def line(view: PublicView, pattern: str) -> str:
    """A pattern in words. One with words of its own (« du … au … ») is a sentence: it is said whole, or not at all.
    In others, what says nothing takes with it the sign before it.
    """
    names = names_in(pattern)
    filled = [bool(view.show(name)) for name in names]
    if LETTERS.search(PATTERN.sub("", pattern)):
        return view.fill(pattern) if all(filled) else ""
    if names and not any(filled):
        return ""
    return SEPARATED.sub("", PATTERN.sub(lambda m: view.show(m[1]) or NOTHING, pattern)).strip(EDGES)


def _lines(view: PublicView, name: str, pattern: str) -> str:
    """One line per row of a field that has something to say."""
    found = view.field_at(name)
    if found is None:
        return ""
    holder, field = found
    rows = holder.stored(field.id) or []
    said = (_row_line(holder, field, row, pattern, {}) for row in rows if isinstance(row, Mapping))
    return "\n".join(words for words in said if words)


def _parts(view: PublicView, pattern: str) -> Iterator[dict[str, str]]:
    """The values of a contact one by one, so that a page may make links of telephones and mails."""
    for name in names_in(pattern):
        found, words = view.field_at(name), view.show(name)
        if found is None or not words:
            continue
        kind = _part_kind(found[1], name)
        number = kind == "phone" and found[1].kind in TABLES  # as the directory keeps it: bare digits
        yield {"kind": kind, "value": KINDS["phone"].show(words, PHONE) if number else words}


def _part_kind(field: FormField, name: str) -> str:
    """How a value is linked: by the kind of its field, or by which part of an entry of the directory it is."""
    last = name.rpartition(".")[2]
    return ENTRY_PARTS.get(last, "text") if field.kind in TABLES else PARTS.get(field.kind, "text")


def _is_about_registration(view: PublicView, pattern: str) -> bool:
    """Whether it says how or until when to register: what a cancelled session must no longer promote."""
    fields = (view.field_at(name) for name in names_in(pattern))
    return any(found[1].term.startswith(REGISTRATION) for found in fields if found and found[1].term)


def events(view: PublicView) -> list[dict[str, Any]]:
    """What is dated inside the session, in order: kind, days, hours, « Quoi ? », « Où ? »."""
    public = view.tenant.public
    shown = public.events if public else None
    found = view.field_at(shown.field) if shown else None
    if shown is None or found is None:
        return []
    holder, field = found
    rows = holder.stored(field.id) or []
    made = [_event(view, field, row, shown) for row in rows if isinstance(row, Mapping) and row.get("_id")]
    return sorted(made, key=lambda e: (e["starts_on"] is None, str(e["starts_on"]), str(e["starts_at"]), e["row_id"]))


def _event(view: PublicView, field: FormField, row: Mapping[str, Any], shown: PublicEvents) -> dict[str, Any]:
    cells = {cell.term: cell for cell in field.fields if cell.term}

    def typed(term: str) -> Any:
        cell = cells.get(term)
        return KINDS[cell.kind].python(row.get(cell.id), cell) if cell else None

    return {
        "row_id": row["_id"],
        "kind": typed("event.type"),
        "what": _row_line(view, field, row, shown.what, shown.codes),
        "place": _row_line(view, field, row, shown.where, shown.codes) or (REMOTE if typed("event.remote") else ""),
        "starts_on": day_of(typed("event.start_date")),
        "starts_at": typed("event.start_time"),
        "ends_on": day_of(typed("event.end_date")),
        "ends_at": typed("event.end_time"),
    }


def day_of(value: Any) -> date | None:
    """The day of a date or of a moment; None of anything else."""
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _row_line(view: View, field: FormField, row: Mapping[str, Any], pattern: str, codes: Mapping[str, str]) -> str:
    cells = {cell.id: cell for cell in field.fields}

    def said(match: re.Match[str]) -> str:
        head, _, part = match[1].partition(".")
        if head not in cells:
            return view.show(match[1])
        value = row.get(head)
        if part == "code":
            return codes.get(str(value), str(value or ""))
        if part:
            return str(value.get(part) or "") if isinstance(value, Mapping) else ""
        return KINDS[cells[head].kind].show(value, cells[head], view.context.inside(field.id))

    return PATTERN.sub(said, pattern).strip(EDGES)
