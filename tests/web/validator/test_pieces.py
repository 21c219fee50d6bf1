"""Two texts side by side: only the words that changed are marked, and no word is ever lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.validator.pieces import LONGEST, pieces

TEXT = st.text(alphabet="ab \n", max_size=80)


def whole(side):
    return side if isinstance(side, str) else "".join(text for text, _ in side)


def marked(side):
    return [text for text, changed in side if changed]


def test_the_changed_words_are_marked():
    old, new = pieces("Venir avec une tenue de travail.", "Venir avec deux tenues de travail.")

    assert marked(old) == ["une tenue"] or marked(old) == ["une", "tenue"]
    assert whole(new) == "Venir avec deux tenues de travail."
    assert "Venir" not in "".join(marked(new))


@pytest.mark.parametrize(
    ("old", "new"),
    [("Lyon", "Paris"), ("un deux trois quatre cinq", "six sept huit neuf dix onze"), ("a " * LONGEST, "b " * LONGEST)],
)
def test_short_foreign_and_endless_texts_are_left_whole(old, new):
    assert pieces(old, new) == (old, new)


@given(TEXT, TEXT)
def test_nothing_is_lost(old, new):
    assert tuple(map(whole, pieces(old, new))) == (old, new)
