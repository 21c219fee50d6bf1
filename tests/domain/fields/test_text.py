import time
from typing import Any

import pytest

from portal.domain.fields import KINDS
from tests.domain.fields.support import CONTEXT, clean, make_field, refusal


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  Agent thermal  ", "Agent thermal"),
        ("text", "e\u0301te\u0301", "été"),
        ("text", "deux\r\nlignes\tici", "deux lignes ici"),
        ("text", "L’œuvre « fine » – 10 € …", "L’œuvre « fine » – 10 € …"),
        ("text", "\ufeffsans\u200b marque\u00ad", "sans marque"),
        ("text", "abc\u202egnp.exe", "abcgnp.exe"),
        ("text", "👩‍🔧", "👩‍🔧"),
        ("text", "   ", None),
        ("text", "\u200b", None),
        ("text", 12, "12"),
        ("longtext", "un\r\ndeux\rtrois\u2028quatre", "un\ndeux\ntrois\nquatre"),
        ("longtext", "\n\nun\n\ndeux\n", "un\n\ndeux"),
    ],
)
def test_text_is_stored_in_one_normal_form(kind: str, raw: Any, value: str | None) -> None:
    assert clean(kind, raw) == value


@pytest.mark.parametrize(
    ("raw", "code"), [("a\x00b", "0000"), ("a\x07", "0007"), ("\x92", "0092"), ("\ud800", "D800"), ("a\uffff", "FFFF")]
)
@pytest.mark.parametrize("kind", ["text", "longtext", "email", "url", "choice"])
def test_text_with_an_invisible_character_is_refused(kind: str, raw: str, code: str) -> None:
    message = refusal(kind, raw)
    assert message == (
        f"Ce texte contient un caractère invisible qui ne peut pas être enregistré (U+{code}). "
        "Effacez-le, ou tapez le texte au lieu de le coller."
    )


@pytest.mark.parametrize(
    ("kind", "raw", "keys", "message"),
    [
        ("text", "x" * 256, {}, "Ce texte fait 256 caractères ; 255 au plus."),
        ("text", "x" * 11, {"max": "10"}, "Ce texte fait 11 caractères ; 10 au plus."),
        ("longtext", "x" * 3001, {}, "Ce texte fait 3\u202f001 caractères ; 3\u202f000 au plus."),
        ("longtext", "é" * 251, {"max": "250"}, "Ce texte fait 251 caractères ; 250 au plus."),
        ("text", "x" * 100_001, {}, "Ce texte est beaucoup trop long : 100 000 caractères au plus."),
        ("text", ["a", "b"], {}, "Cette valeur n'a pas la forme attendue."),
        ("text", {"a": "b"}, {}, "Cette valeur n'a pas la forme attendue."),
        ("text", "A1", {"pattern": "[A-Z]{2}"}, "Ce texte n'a pas la forme attendue."),
        ("text", "A1", {"pattern": "[A-Z]{2}", "pattern_help": "Deux lettres."}, "Deux lettres."),
    ],
)
def test_text_out_of_its_limits_is_refused(kind: str, raw: Any, keys: dict[str, Any], message: str) -> None:
    assert refusal(kind, raw, **keys) == message


def test_length_is_counted_after_normalising() -> None:
    assert clean("text", "e\u0301" * 10, max="10") == "é" * 10


def test_lines_count_for_one_character_each() -> None:
    assert clean("longtext", "ab\r\ncd", max="5") == "ab\ncd"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_hundred_kilobytes_never_take_long(kind: str) -> None:
    field, inner = make_field(kind, fields=[{"id": "a"}]) if kind == "rows" else make_field(kind), KINDS[kind]
    start = time.perf_counter()
    for text in ("a" * 99_999, "1" * 99_999, " \t" * 50_000 + "x", "@." * 50_000, "(" * 99_999, "9h9" * 33_000):
        try:
            inner.clean(text, field, CONTEXT)
        except ValueError:
            continue
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("pattern", "faults"),
    [
        (r"[0-9]{3}-[A-Z]+", []),
        (r"(RNCP|RS)?[0-9]+", []),
        (r"([0-9]{2}){1,5}", ["« pattern » : un groupe répété ne peut contenir ni répétition ni « | »"]),
        (r"(a+)+", ["« pattern » : un groupe répété ne peut contenir ni répétition ni « | »"]),
        (r"(?:(a|b))*", ["« pattern » : un groupe répété ne peut contenir ni répétition ni « | »"]),
        (r"([)+(]x)", []),
        (r"[a-z", ["« pattern » : expression illisible « [a-z »"]),
    ],
)
def test_pattern_that_could_run_without_end_is_a_fault_of_the_tenant(pattern: str, faults: list[str]) -> None:
    assert KINDS["text"].review(make_field("text", pattern=pattern)) == faults


def test_refused_pattern_matches_nothing_and_stays_quick() -> None:
    assert refusal("text", "a" * 200 + "!", pattern="(a+)+") == "Ce texte n'a pas la forme attendue."
