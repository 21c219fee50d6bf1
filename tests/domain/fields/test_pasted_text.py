"""A long text pasted from a word processor: kept as it was typeset, counted as people count, refused with its count."""

import pytest

from portal.domain.fields import KINDS, Context, Fault
from portal.domain.fields.text import LongText
from portal.tenancy.schema import FormField
from tests.support.offer import TODAY
from tests.support.tenants import every_tenant

CONTEXT = Context(TODAY)
PASTED = "L’élève dit\u00a0: «\u00a0cœur\u00a0», – puis…\r\n"
LINES = PASTED.replace("\r\n", "\n")


def every_limit() -> list[FormField]:
    """One field for each limit that the regions give to a long text."""
    fields = (f for t in every_tenant() for form in t.forms.values() for step in form.steps for f in step.fields)
    each = [inner for field in fields for inner in (field, *field.fields) if inner.kind == "longtext"]
    return list({f.max: f for f in each}.values())


LIMITS = every_limit()


def typeset(length: int) -> str:
    """A pasted text of so many characters, as people count them: the end of a line is one."""
    whole = PASTED * (length // len(LINES))
    return whole + "œ" * (length - len(whole.replace("\r\n", "\n")))


def most(field: FormField) -> int:
    return int(field.max or LongText.default_max)


def test_the_regions_give_several_limits() -> None:
    assert {"250", "500", "3000", None} <= {f.max for f in LIMITS}


@pytest.mark.parametrize("field", LIMITS, ids=lambda f: str(f.max))
def test_the_last_character_allowed_is_kept_with_all_the_others(field: FormField) -> None:
    pasted = typeset(most(field))
    kept = KINDS["longtext"].clean(pasted, field, CONTEXT)
    assert kept == pasted.replace("\r\n", "\n")
    assert all(sign in kept for sign in "’«»–…œ\u00a0")
    assert KINDS["longtext"].clean(KINDS["longtext"].raw(kept, field), field, CONTEXT) == kept


@pytest.mark.parametrize("field", LIMITS, ids=lambda f: str(f.max))
def test_one_more_is_refused_with_its_count(field: FormField) -> None:
    with pytest.raises(Fault) as refusal:
        KINDS["longtext"].clean(typeset(most(field) + 1), field, CONTEXT)
    told = refusal.value.message.replace("\u00a0", " ").replace("\u202f", " ")
    assert f"{most(field) + 1:,}".replace(",", " ") in told or str(most(field) + 1) in told


def test_an_accent_typed_apart_counts_as_one_letter() -> None:
    field = FormField(id="t", kind="longtext", max="5")
    assert KINDS["longtext"].clean("e\u0301te\u0301\r\n\r\nx"[:6], field, CONTEXT) == "été"
