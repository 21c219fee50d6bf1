"""Rules of what must not occur twice, nor at the same time."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from portal.domain.rules.base import Args, Parameter, Problem, Rule, RuleView
from portal.domain.rules.values import empty, order, spelled

Row = Mapping[str, Any]


def _unique_within(args: Args, view: RuleView) -> list[Problem]:
    own = set(_keys(args["fields"], view))
    problems = []
    for sheet in view.siblings():
        shared = own.intersection(_keys(args["fields"], sheet)) if own and sheet.id != view.id else ()
        for key in sorted(shared, key=str):
            message = f"{spelled(list(key))} : existe déjà ({sheet.title})."
            problems.append(Problem(args["fields"][0].partition(".*")[0], message))
    return problems


def _keys(fields: list[str], view: RuleView) -> Iterator[tuple[Any, ...]]:
    """What must be unique: the values of the fields taken together, or each value of a pattern of rows."""
    if any("*" in field for field in fields):
        yield from ((_hashable(value),) for field in fields for value in view.values(field) if not empty(value))
        return
    values = tuple(_hashable(view.value(field)) for field in fields)
    if not any(map(empty, values)):
        yield values


def _hashable(value: Any) -> Any:
    return value if value is None or isinstance(value, str | Decimal | date | time | bool) else repr(value)


def _distinct_rows(args: Args, view: RuleView) -> list[Problem]:
    seen: set[tuple[Any, ...]] = set()
    problems = []
    for row in view.rows(args["rows"]):
        key = tuple(_hashable(row.get(cell)) for cell in args["cells"])
        if any(map(empty, key)):
            continue
        if key in seen:
            field = f"{args['rows']}.{row.get('_id')}.{args['cells'][0]}"
            problems.append(Problem(field, f"{spelled(list(key))} : déjà indiqué plus haut."))
        seen.add(key)
    return problems


def _no_overlap(args: Args, view: RuleView) -> list[Problem]:
    groups: dict[Any, list[tuple[Any, Any, Row]]] = {}
    for start, end, row in _spans(args, view):
        groups.setdefault(_hashable(row.get(args["by"])) if args["by"] else None, []).append((start, end, row))
    problems = []
    for spans in groups.values():
        spans = [span for span in spans if type(span[0]) is type(spans[0][0])]
        spans.sort(key=lambda span: span[:2])
        problems += [_overlap(args, late) for early, late in _overlapping(spans)]
    return problems + (_taken_elsewhere(args, view) if args["elsewhere"] else [])


def _spans(args: Args, view: RuleView) -> Iterator[tuple[Any, Any, Row]]:
    for row in view.rows(args["rows"]):
        start, end = (_moment(row, args["date"], args[name]) for name in ("start", "end"))
        if order(start, end) in (-1, 0):
            yield start, end, row
        elif args["slots"] and empty(start) and empty(end):
            yield from ((*slot, row) for one in view.rows(args["slots"]) if (slot := _slot(one)) is not None)


def _slot(row: Row) -> tuple[datetime, datetime] | None:
    """When a row of slots begins and ends: the day it holds, and its first two hours; None when it says less."""
    day = next((v for v in row.values() if isinstance(v, date)), None)
    hours = [v for v in row.values() if isinstance(v, time)][:2]
    if day is None or len(hours) < 2 or hours[0] >= hours[1]:
        return None
    return datetime.combine(day, hours[0]), datetime.combine(day, hours[1])


def _taken_elsewhere(args: Args, view: RuleView) -> list[Problem]:
    """The rows whose time another sheet has given to the same person, or to the same room."""
    taken = [(span, sheet) for sheet in view.elsewhere() for span in _spans(args, sheet)]
    problems = []
    for start, end, row in _spans(args, view):
        for (from_, to, other), sheet in taken:
            same = not empty(row.get(args["by"])) and other.get(args["by"]) == row.get(args["by"])
            if same and order(start, to) == -1 and order(from_, end) == -1:
                field = f"{args['rows']}.{row.get('_id')}.{args['start']}"
                words = f"De {spelled(start)} à {spelled(end)} : déjà pris par ailleurs ({sheet.title})."
                problems.append(Problem(field, words))
                break
    return problems


def _moment(row: Row, date_cell: str | None, cell: str) -> Any:
    value = row.get(cell)
    if date_cell is None or not isinstance(value, time):
        return value
    day = row.get(date_cell)
    return datetime.combine(day, value) if isinstance(day, date) else None


def _overlapping(spans: list[tuple[Any, Any, Row]]) -> Iterator[tuple[Any, Any]]:
    """Each span that begins before the longest of those begun earlier ends."""
    latest = None
    for span in spans:
        if latest is not None and span[0] < latest[1]:
            yield latest, span
        latest = span if latest is None or span[1] > latest[1] else latest


def _overlap(args: Args, span: tuple[Any, Any, Row]) -> Problem:
    start, end, row = span
    field = f"{args['rows']}.{row.get('_id')}.{args['start']}"
    return Problem(field, f"De {spelled(start)} à {spelled(end)} : chevauche une autre ligne.")


RULES = (
    Rule(
        "unique_within",
        "The values of the fields, taken together, are those of no other sheet of the level under the ancestor; with a "
        "pattern of rows, each value is in no other sheet.",
        "{rule: unique_within, fields: membres.*.stagiaire, across: {level: groupe, under: module}}",
        "Camille Martin : existe déjà (Groupe 01).",
        _unique_within,
        {
            "fields": Parameter("fields", "Fields, or a pattern."),
            "across": Parameter(
                "across", "`{level, under}`: among which sheets; the siblings by default.", required=False
            ),
        },
        frozenset({"siblings"}),
        among_siblings=True,
    ),
    Rule(
        "distinct_rows",
        "No two rows have the same values in these columns.",
        "{rule: distinct_rows, rows: evenements, cells: [type, date_debut]}",
        "infocoll, 15/02/2022 : déjà indiqué plus haut.",
        _distinct_rows,
        {"rows": Parameter("field", "The rows."), "cells": Parameter("cells", "The columns.")},
    ),
    Rule(
        "no_overlap",
        "Rows that say when do not overlap; one may begin when another ends. With `by`, only among rows of one value.",
        "{rule: no_overlap, rows: creneaux, date: jour, start: heure_debut, end: heure_fin}",
        "De 28/11/2022 à 14h00 à 28/11/2022 à 17h00 : chevauche une autre ligne.",
        _no_overlap,
        {
            "rows": Parameter("field", "The rows."),
            "start": Parameter("cell", "Column of the beginning: hour, day or moment."),
            "end": Parameter("cell", "Column of the end."),
            "date": Parameter("cell", "Column of the day, when the others are hours.", required=False),
            "by": Parameter("cell", "Column that tells rows apart: a trainer, a room.", required=False),
            "slots": Parameter(
                "field",
                "Rows of a day and two hours: when a row without beginning nor end is taken to be there.",
                required=False,
            ),
            "elsewhere": Parameter(
                "level",
                "Level whose other sheets hold the same rows: what they give to the same `by`, anywhere in the "
                "region, is not given twice.",
                required=False,
            ),
        },
        frozenset({"elsewhere"}),
        goes_with={"elsewhere": "by"},
    ),
)
