"""The area of the training organisations: their offer, typed step by step, sent, followed."""

from portal.web.org import (
    actions,
    bundles,
    choosing,
    copying,
    corrections,
    creation,
    dashboard,
    deletion,
    deliveries,
    directory,
    endings,
    entries,
    exports,
    files,
    history,
    lists,
    menu,
    move_codes,
    moves,
    requests,
    rows,
    sheets,
    steps,
    suggestions,
    summary,
    trees,
)
from portal.web.org.blueprint import blueprint

__all__ = [
    "actions", "blueprint", "bundles", "choosing", "copying", "corrections", "creation", "dashboard", "deletion",
    "deliveries", "directory", "endings", "entries", "exports", "files", "history", "lists", "menu", "move_codes",
    "moves", "requests", "rows", "sheets", "steps", "suggestions", "summary", "trees",
]  # fmt: skip
