"""Rules of dates and of order."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.domain.conditions import Closures
from portal.domain.fields import french
from portal.domain.rules.base import Args, Parameter, Problem, Rule, RuleView
from portal.domain.rules.values import nearest, operand, order, spelled, subject, words_of


def _not_after(args: Args, view: RuleView) -> list[Problem]:
    first, then = args["first"], args["then"]
    if order(operand(first, view), operand(then, view)) != 1:
        return []
    low = isinstance(operand(then, view), Decimal)
    verb = "ne peut pas être inférieur à" if low else "ne peut pas être avant"
    return [Problem(nearest(then, first), f"{subject(then, view)} {verb} {words_of(first, view)}.")]


def _before(args: Args, view: RuleView) -> list[Problem]:
    first, then = args["first"], args["then"]
    if order(operand(first, view), operand(then, view)) not in (0, 1):
        return []
    low = isinstance(operand(then, view), Decimal)
    verb = "doit être supérieur à" if low else "doit être après"
    return [Problem(nearest(then, first), f"{subject(then, view)} {verb} {words_of(first, view)}.")]


def _period_in_order(args: Args, view: RuleView) -> list[Problem]:
    days = order(view.value(args["start_date"]), view.value(args["end_date"]))
    hours = order(view.value(args["start_time"]), view.value(args["end_time"]))
    if days == 1:
        return _not_after({"first": args["start_date"], "then": args["end_date"]}, view)
    if days == 0 and hours == 1:
        return _not_after({"first": args["start_time"], "then": args["end_time"]}, view)
    return []


def _not_before_today(args: Args, view: RuleView) -> list[Problem]:
    field = args["field"]
    if order(view.value(field), view.today) != -1:
        return []
    return [Problem(field, f"« {view.label(field)} » est déjà passé : {spelled(view.value(field))}.")]


def _not_before_now(args: Args, view: RuleView) -> list[Problem]:
    field, value = args["field"], view.value(args["field"])
    if value == view.now or order(value, view.now) == -1:
        return [Problem(field, f"« {view.label(field)} » est déjà passé : {spelled(value)}.")]
    earliest = view.now + timedelta(hours=float(args["hours"] or 0))
    if order(value, earliest) != -1:
        return []
    return [Problem(field, f"« {view.label(field)} » : au plus tôt le {spelled(_next_minute(earliest))}.")]


def _next_minute(moment: datetime) -> datetime:
    """A moment as people type one: without seconds, and not before it."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def _within(args: Args, view: RuleView) -> list[Problem]:
    field, start, end = args["field"], args["start"], args["end"]
    value = view.value(field)
    if start and order(value, operand(start, view)) == -1:
        return [Problem(field, f"« {view.label(field)} » ne peut pas être avant {words_of(start, view)}.")]
    if end and order(value, operand(end, view)) == 1:
        return [Problem(field, f"« {view.label(field)} » ne peut pas être après {words_of(end, view)}.")]
    return []


def _starts_in_year(args: Args, view: RuleView) -> list[Problem]:
    value = view.value(args["field"])
    if not isinstance(value, date) or value.year == int(args["year"]):
        return []
    return [Problem(args["field"], f"« {view.label(args['field'])} » doit être en {int(args['year'])}.")]


def _lead_time(args: Args, view: RuleView) -> list[Problem]:
    value: Any = view.value(args["field"])
    if not isinstance(value, date):
        return []
    asked = {name: int(args[name] or 0) for name in ("weeks", "days", "working_days")}
    closures = _closures(args["closed"], view)
    earliest = _earliest(view.today, asked, view.closures, closures)
    day = value.date() if isinstance(value, datetime) else value
    late = earliest is None or day < earliest
    if late and closures is not None and asked["weeks"] and not asked["days"] and not asked["working_days"]:
        last = closures.weeks_before(day, asked["weeks"])  # for a day on which nobody works, which the earliest is not
        late = last is None or last < view.today
    if not late or earliest is None:
        return []
    return [Problem(args["field"], f"« {view.label(args['field'])} » : au plus tôt le {french.day(earliest)}.")]


def _closures(closed: list[str] | None, view: RuleView) -> Closures | None:
    """The days off that do not count in the weeks; None when all days do."""
    if not closed:
        return None
    given = view.closures
    return Closures(given.public if "public" in closed else (), given.school if "school" in closed else ())


def _earliest(today: date, asked: Mapping[str, int], off: Closures, closures: Closures | None) -> date | None:
    day: date | None = today + timedelta(weeks=asked["weeks"])
    if closures is not None and asked["weeks"]:
        day = closures.weeks_after(today, asked["weeks"])
    return off.working_days_after(day + timedelta(days=asked["days"]), asked["working_days"]) if day else None


_FIRST_THEN = {
    "first": Parameter("operand", "What comes first: a field, a day, `today`."),
    "then": Parameter("operand", "What comes then."),
}

RULES = (
    Rule(
        "not_after",
        "`first` is not after `then`; they may be equal. Days, hours, moments or numbers.",
        "{rule: not_after, first: debut_prescription, then: fin_prescription}",
        "« Date fin prescription » ne peut pas être avant « Date début prescription » (22/07/2019).",
        _not_after,
        _FIRST_THEN,
    ),
    Rule(
        "before",
        "`first` is before `then`; they may not be equal.",
        "{rule: before, first: debut_prescription, then: date_debut, severity: warn}",
        "« Date début » doit être après « Date début prescription » (22/07/2019).",
        _before,
        _FIRST_THEN,
    ),
    Rule(
        "period_in_order",
        "A period given by days and hours ends after it begins; hours are compared only on the same day.",
        "{rule: period_in_order, start_date: date_debut, end_date: date_fin, start_time: de, end_time: a}",
        "« Heure de fin » ne peut pas être avant « Heure de début » (12h30).",
        _period_in_order,
        {
            "start_date": Parameter("field", "First day."),
            "end_date": Parameter("field", "Last day."),
            "start_time": Parameter("field", "Hour of beginning."),
            "end_time": Parameter("field", "Hour of end."),
        },
    ),
    Rule(
        "not_before_today",
        "The day is today or later.",
        "{rule: not_before_today, field: fin_publication, on: save}",
        "« Fin de la publication » est déjà passé : 13/09/2023.",
        _not_before_today,
        {"field": Parameter("field", "The day.")},
    ),
    Rule(
        "not_before_now",
        "The moment is yet to come; with `hours`, it leaves at least that many from now. A day is judged as a day.",
        "{rule: not_before_now, field: fin_publication, hours: 1}",
        "« Date et heure de fin de la publication » est déjà passé : 13/09/2023 à 18h00.",
        _not_before_now,
        {
            "field": Parameter("field", "The moment."),
            "hours": Parameter("number", "Hours at least from now.", required=False),
        },
    ),
    Rule(
        "within",
        "The value lies between `start` and `end`, both included; either may be left out.",
        "{rule: within, field: date_fin, start: dossier.debut, end: dossier.fin_execution}",
        "« Date fin » ne peut pas être après « Fin d'exécution » (05/08/2020).",
        _within,
        {
            "field": Parameter("field", "The value."),
            "start": Parameter("operand", "Least value.", required=False),
            "end": Parameter("operand", "Greatest value.", required=False),
        },
    ),
    Rule(
        "starts_in_year",
        "The day is in a given year.",
        "{rule: starts_in_year, field: date_debut, year: 2026, on: send}",
        "« Date début » doit être en 2026.",
        _starts_in_year,
        {"field": Parameter("field", "The day."), "year": Parameter("number", "The year.")},
    ),
    Rule(
        "lead_time",
        "The day leaves enough time from today: weeks, days, working days, added to one another. With `closed`, the "
        "days off named make no week, and both ends are days on which people work.",
        "{rule: lead_time, field: date_debut, weeks: 8, closed: [public, school], severity: warn}",
        "« Date début » : au plus tôt le 12/11/2026.",
        _lead_time,
        {
            "field": Parameter("field", "The day."),
            "weeks": Parameter("number", "Weeks.", required=False),
            "days": Parameter("number", "Days.", required=False),
            "working_days": Parameter("number", "Working days.", required=False),
            "closed": Parameter(
                "closed",
                "Days off that do not count in the weeks: `public`, `school` (zones of tenant.yaml).",
                required=False,
            ),
        },
        frozenset({"holidays", "school"}),
    ),
)
