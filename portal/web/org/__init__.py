"""The area of the training organisations: their offer, typed step by step, sent, followed."""

from portal.web.org import (
    creation,
    dashboard,
    deliveries,
    exports,
    history,
    lists,
    menu,
    moves,
    requests,
    rows,
    sheets,
    steps,
    suggestions,
    summary,
)
from portal.web.org.blueprint import blueprint

__all__ = [
    "blueprint", "creation", "dashboard", "deliveries", "exports", "history", "lists", "menu", "moves", "requests",
    "rows", "sheets", "steps", "suggestions", "summary",
]  # fmt: skip
