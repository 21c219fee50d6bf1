"""Texts of one line and of several."""

import re
from functools import lru_cache
from typing import Any

from portal.domain.fields import french
from portal.domain.fields.base import Context, Kind, limit, review_whole
from portal.domain.fields.words import LONGEST, scalar, tidy
from portal.tenancy.schema import FormField

_SIGNS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[0-9]*,?[0-9]*\}|.", re.DOTALL)
_REPEATS = re.compile(r"[*+]|\{[0-9]*,?[0-9]*\}")


class Text(Kind):
    name = "text"
    doc = "A text of one line. 255 characters at most, unless `max` says otherwise."
    example = "{id: libelle_public, label: Libellé grand public, kind: text, max: 255}"
    settings = frozenset({"max", "pattern", "pattern_help"})
    default_max = 255

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """Length, counted in characters as people count them, and form."""
        value = value if isinstance(value, str) else ""
        most = limit(field.max, self.default_max)
        if len(value) > most:
            allowed = french.number(most)
            return [f"Ce texte fait {french.plural(len(value), 'caractère')} ; {allowed} au plus."]
        if field.pattern and value and not _compiled(field.pattern).fullmatch(value):
            return [field.pattern_help or "Ce texte n'a pas la forme attendue."]
        return []

    def review(self, field: FormField) -> list[str]:
        """Limits that are not numbers, patterns that cannot be read or could run without end."""
        faults = [*super().review(field), *review_whole(field, "max")]
        if limit(field.max, 0) > LONGEST:
            faults.append(f"« max » : {french.number(LONGEST)} au plus")
        if field.pattern and (fault := pattern_fault(field.pattern)):
            faults.append(fault)
        return faults


class LongText(Text):
    name = "longtext"
    doc = "A text of several lines. 3 000 characters at most, which is what LHÉO carries, unless `max` says otherwise."
    example = "{id: commentaire, label: Commentaire non diffusé, kind: longtext, max: 2000, public: false}"
    widget = "longtext"
    default_max = 3000

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The text with its lines."""
        return tidy(scalar(raw)) or None


def pattern_fault(pattern: str) -> str | None:
    """Why a pattern written by a tenant is refused, or None.

    A repeated group may hold neither a repetition nor an alternative: on a hostile text it could run for years.
    """
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return f"« pattern » : expression illisible « {pattern} »"
    if _explosive(pattern):
        return "« pattern » : un groupe répété ne peut contenir ni répétition ni « | »"
    return None


def _explosive(pattern: str) -> bool:
    signs = _SIGNS.findall(pattern)
    open_groups = [False]
    for sign, after in zip(signs, [*signs[1:], ""], strict=True):
        if sign == "(":
            open_groups.append(False)
        elif sign == ")":
            varied = open_groups.pop() if len(open_groups) > 1 else False
            if varied and _REPEATS.fullmatch(after):
                return True
            open_groups[-1] = open_groups[-1] or varied
        elif sign == "|" or _REPEATS.fullmatch(sign):
            open_groups[-1] = True
    return False


@lru_cache(256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern; one that `review` refuses matches nothing."""
    return re.compile("(?!)" if pattern_fault(pattern) else pattern)
