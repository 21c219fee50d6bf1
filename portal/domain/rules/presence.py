"""Rules of what must be there: fields, rows, events, people, or whatever a condition says."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.domain.fields import french
from portal.domain.rules.base import Args, Parameter, Problem, Rule, RuleView
from portal.domain.rules.values import empty, same, spelled


def _filled(args: Args, view: RuleView) -> list[Problem]:
    return [
        Problem(field, f"« {view.label(field)} » doit être renseigné.")
        for field in args["fields"]
        if not view.filled(field)
    ]


def _any_filled(args: Args, view: RuleView) -> list[Problem]:
    if any(not empty(value := view.value(field)) and value is not False for field in args["fields"]):
        return []
    labels = ", ".join(f"« {view.label(field)} »" for field in args["fields"])
    return [Problem(args["fields"][0], f"Renseignez au moins un de ces champs : {labels}.")]


def _each_filled(args: Args, view: RuleView) -> list[Problem]:
    problems = []
    level = args["across"].get("level") if args["across"] else args["fields"][0].rpartition(".")[0]
    fields = [field.removeprefix(f"{level}.") for field in args["fields"]]
    for sheet in view.siblings() if args["across"] else view.children(level):
        missing = [f"« {sheet.label(field)} »" for field in fields if not sheet.filled(field)]
        if missing:
            problems.append(Problem(None, f"{sheet.title} : à compléter, {', '.join(missing)}."))
    return problems


def _includes(args: Args, view: RuleView) -> list[Problem]:
    held = view.value(args["field"])
    if empty(held):
        return []
    missing = [value for value in args["values"] if value not in (held if isinstance(held, list) else [held])]
    if not missing:
        return []
    return [Problem(args["field"], f"« {view.label(args['field'])} » doit comprendre : {', '.join(missing)}.")]


def _counted(args: Args, view: RuleView) -> int:
    wanted, column = args["types"], args["column"] or "type"
    return sum(not wanted or row.get(column) in wanted for row in view.rows(args["rows"]))


def _min_rows(args: Args, view: RuleView) -> list[Problem]:
    least = int(args["min"])
    if _counted(args, view) >= least:
        return []
    return [Problem(args["rows"], f"« {view.label(args['rows'])} » : au moins {french.plural(least, 'ligne')}.")]


def _max_rows(args: Args, view: RuleView) -> list[Problem]:
    most = int(args["max"])
    if _counted(args, view) <= most:
        return []
    return [Problem(args["rows"], f"« {view.label(args['rows'])} » : {french.plural(most, 'ligne')} au plus.")]


def _min_children(args: Args, view: RuleView) -> list[Problem]:
    level, least = args["below"], int(args["min"] or 1)
    if len(view.children(level)) >= least:
        return []
    return [Problem(None, f"Il faut au moins {french.plural(least, 'fiche')} à ce niveau : {level}.", below=level)]


def _future_event(args: Args, view: RuleView) -> list[Problem]:
    rows, day, kind = args["rows"], args["date"] or "event.start_date", args["column"] or "event.type"
    if rows:
        given: list[Mapping[str, Any]] = view.rows(rows)
    else:
        rows, given = view.term_rows("session.events") or (None, [])
    if any(_upcoming(row.get(day), view.today) and _of_type(row, kind, args["type"]) for row in given):
        return []
    return [Problem(rows, "Aucune date à venir n'est renseignée.")]


def _upcoming(value: Any, today: date) -> bool:
    day = value.date() if isinstance(value, datetime) else value
    return isinstance(day, date) and day >= today


def _of_type(row: Mapping[str, Any], column: str, wanted: list[str] | None) -> bool:
    """Rows that have no type at all are all of the type asked: some regions only enter information meetings."""
    return not wanted or column not in row or row[column] in wanted


def _min_enrolments(args: Args, view: RuleView) -> list[Problem]:
    counts = view.facts.get("enrolments")
    if counts is None:
        return []
    found = counts.get(args["state"] or "", 0)
    if args["min"] is not None and found < args["min"]:
        return [Problem(None, f"Il faut au moins {_people(args['min'])} ; il y en a {french.number(found)}.")]
    if args["more_than"] is not None and found <= args["more_than"]:
        return [Problem(None, f"Il faut plus de {_people(args['more_than'])} ; il y en a {french.number(found)}.")]
    return []


def _people(count: Any) -> str:
    return french.plural(int(count), "inscription")


def _holds(args: Args, view: RuleView) -> list[Problem]:
    return [] if view.holds(args["that"]) else [Problem(args["field"], "Une condition de la région n'est pas remplie.")]


def _required_value(args: Args, view: RuleView) -> list[Problem]:
    value = view.value(args["field"])
    if empty(value) or any(same(value, written) for written in args["values"]):
        return []
    allowed = ", ".join(args["values"])
    return [
        Problem(args["field"], f"« {view.label(args['field'])} » ({spelled(value)}) doit être l'un de : {allowed}.")
    ]


_ROWS = {
    "rows": Parameter("field", "The rows."),
    "column": Parameter("cell", "Column of the type; `type` by default.", required=False),
    "types": Parameter("texts", "Only the rows of these types.", required=False),
}

RULES = (
    Rule(
        "filled",
        "Fields are filled; one problem for each that is not.",
        "{rule: filled, fields: [nir], valid_from: 2021-01-01}",
        "« NIR » doit être renseigné.",
        _filled,
        {"fields": Parameter("fields", "The fields.")},
    ),
    Rule(
        "any_filled",
        "At least one field is filled; a box not ticked is not.",
        "{rule: any_filled, fields: [modif_fiche_formation, ajout_sous_traitant], on: send}",
        "Renseignez au moins un de ces champs : « Fiche formation », « Ajout d'un sous-traitant ».",
        _any_filled,
        {"fields": Parameter("fields", "The fields.")},
    ),
    Rule(
        "each_filled",
        "Fields are filled on every sheet of a level: below this sheet or, with `across`, under an ancestor.",
        "{rule: each_filled, across: {level: action, under: dossier}, fields: [action.objectif, action.contenu]}",
        "1 - Agent thermal : à compléter, « Objectif », « Contenu ».",
        _each_filled,
        {
            "fields": Parameter("fields", "Fields of the level, as `level.field`."),
            "across": Parameter("across", "`{level, under}`.", required=False),
        },
        frozenset({"siblings"}),
    ),
    Rule(
        "includes",
        "A choice of several values comprises all of those named.",
        "{rule: includes, field: type_parcours, values: [modulaire], when: individualiser, severity: warn}",
        "« Type de parcours » doit comprendre : modulaire.",
        _includes,
        {"field": Parameter("field", "The choice."), "values": Parameter("texts", "The values.")},
    ),
    Rule(
        "one_of",
        "The field has one of the values named: a programme may accept less than the form offers.",
        "{rule: one_of, field: modalite, values: [presentiel, mixte], on: send}",
        "« Modalité » (distance) doit être l'un de : presentiel, mixte.",
        _required_value,
        {"field": Parameter("field", "The field."), "values": Parameter("texts", "The values.")},
    ),
    Rule(
        "min_rows",
        "There are enough rows, of the types named if any. No row at all is not enough.",
        "{rule: min_rows, rows: intervenants, min: 1, on: send}",
        "« Intervenants » : au moins 1 ligne.",
        _min_rows,
        {**_ROWS, "min": Parameter("number", "How many.")},
    ),
    Rule(
        "max_rows",
        "There are not too many rows, of the types named if any.",
        "{rule: max_rows, rows: evenements, types: [infocoll], max: 3}",
        "« Événements » : 3 lignes au plus.",
        _max_rows,
        {**_ROWS, "max": Parameter("number", "How many.")},
    ),
    Rule(
        "min_children",
        "There are enough sheets of a level below this one; the problem leads to where one is added.",
        "{rule: min_children, below: session, on: send, message: Ajoutez au moins une session.}",
        "Il faut au moins 1 fiche à ce niveau : session.",
        _min_children,
        {
            "below": Parameter("below", "The level."),
            "min": Parameter("number", "How many; 1 by default.", required=False),
        },
    ),
    Rule(
        "future_event",
        "An event is to come, today included, of the type named if any. The events are the rows tied to the term "
        "`session.events`, their day and type those tied to `event.start_date` and `event.type`, "
        "unless named otherwise.",
        "{rule: future_event, type: infocoll, message: Aucune information collective à venir.}",
        "Aucune date à venir n'est renseignée.",
        _future_event,
        {
            "type": Parameter("texts", "Types accepted.", required=False),
            "rows": Parameter("field", "The rows, when they carry no term.", required=False),
            "date": Parameter("cell", "Column of the day.", required=False),
            "column": Parameter("cell", "Column of the type.", required=False),
        },
    ),
    Rule(
        "min_enrolments",
        "Enough people are enrolled: at least `min`, or `more_than`; in a given state if any.",
        "{rule: min_enrolments, more_than: 15, on: send}",
        "Il faut plus de 15 inscriptions ; il y en a 12.",
        _min_enrolments,
        {
            "min": Parameter("number", "At least.", required=False),
            "more_than": Parameter("number", "More than.", required=False),
            "state": Parameter("text", "State of the enrolments counted.", required=False),
        },
        frozenset({"enrolments"}),
    ),
    Rule(
        "holds",
        "A condition holds; say it in `message`. For what no other rule says. Beware: an empty value never compares, "
        "so write `not filled(x) or …` where x may be empty.",
        '{rule: holds, that: "not filled(ttc) or ttc >= ht", field: ttc, message: Le TTC est inférieur au HT.}',
        "Une condition de la région n'est pas remplie.",
        _holds,
        {
            "that": Parameter("expression", "The condition."),
            "field": Parameter("field", "Field at which the problem is shown.", required=False),
        },
    ),
)
