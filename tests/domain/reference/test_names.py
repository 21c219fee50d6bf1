"""The form in which names are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.reference.names import LONGEST_TEXT, core, plain_form, search_form, typed_forms, word_list


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("ST ETIENNE", "saint etienne"),
        ("Ste-Foy-lès-Lyon", "sainte foy les lyon"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("Chalon s/ Saône", "chalon sur saone"),
        ("Bors (Canton de Tude-et-Lavalette)", "bors canton de tude et lavalette"),
        ("Paris 1er Arrondissement", "paris 1er arrondissement"),
        ("  Le   Mans ", "le mans"),
        ("E\u0301vry", "evry"),
        ("Stains", "stains"),
        ("", ""),
        ("😀 % _ \x00 '", ""),
    ],
)
def test_search_form(name: str, form: str) -> None:
    assert search_form(name) == form


@given(st.text())
def test_search_form_is_stable_and_plain(text: str) -> None:
    form = search_form(text)
    assert search_form(form) == form
    assert set(form) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert "  " not in form
    assert form == form.strip()


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("St", ["saint", "st"]),
        ("St ", ["saint"]),
        ("Mont st", ["mont saint", "mont st"]),
        ("st étienne", ["saint etienne"]),
        ("NARBONNE CEDEX 3", ["narbonne"]),
        ("Narbonne cédex", ["narbonne"]),
        ("Cedex", []),
        ("", []),
        ("   ", []),
    ],
)
def test_typed_forms(text: str, forms: list[str]) -> None:
    assert typed_forms(text) == forms


def test_typed_forms_of_an_endless_text_look_at_its_beginning_only() -> None:
    assert typed_forms("a" * 10_000) == ["a" * LONGEST_TEXT]


@pytest.mark.parametrize(
    ("form", "own"),
    [("villefranche sur saone", "villefranche saone"), ("saint etienne", "etienne"), ("le saint", "le saint")],
)
def test_core_leaves_out_common_words_unless_nothing_else_remains(form: str, own: str) -> None:
    assert core(form) == own


@pytest.mark.parametrize(
    ("text", "form"),
    [("Développeur d’art", "developpeur d art"), ("STMG - st", "stmg st"), ("M1501", "m1501"), ("😀 |", "")],
)
def test_plain_form_completes_no_word(text: str, form: str) -> None:
    assert plain_form(text) == form


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("Théorie graphes", "11001"), "| theorie graphes | 11001 |"),
        (("Bois", "bois", "|", "BOIS !"), "| bois |"),
        ((), "|"),
    ],
)
def test_word_list_holds_each_name_once(names: tuple[str, ...], words: str) -> None:
    assert word_list(names) == words
