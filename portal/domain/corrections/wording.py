"""Remarks told in a message."""

from collections.abc import Iterable

from portal.domain.corrections.models import Correction


def said(corrections: Iterable[Correction]) -> str:
    """One line per remark, under its place; the organisation's answer under it."""
    return "\n".join(line for one in corrections for line in _lines(one))


def _lines(one: Correction) -> list[str]:
    answer = [f"  Réponse : {one.answer}"] if one.answer else []
    return [f"- {one.place} : {one.text}", *answer]
