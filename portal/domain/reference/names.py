"""The form in which names are compared: no accent, no capital, no hyphen, and « saint » however it is shortened."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST_TEXT = 80  # No commune's name is longer: what follows cannot help a search, only slow it.

LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
SHORTENED = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
ARTICLES = ("le", "la", "les", "l")
COMMON = frozenset({*ARTICLES, "saint", "sainte", "d", "de", "du", "des", "en", "sur", "sous", "et", "au", "aux", "a"})

_over = re.compile(r"\bs\s*/")  # « Chalon s/ Saône », as postal addresses write it
_cedex = re.compile(r"\bc[eé]dex\b(\s+\d{1,2}\b)?")
_separators = re.compile(r"[^a-z0-9]+")


def search_form(name: str) -> str:
    """« Saint-Étienne-du-Rouvray » and « ST ETIENNE DU ROUVRAY » both become « saint etienne du rouvray ».

    Whatever is neither a letter nor a digit separates words; the result holds only `a-z`, `0-9` and single spaces.
    """
    return " ".join(SHORTENED.get(word, word) for word in _words(name))


def plain_form(text: str) -> str:
    """« Développeur d'art » becomes « developpeur d art »: as `search_form`, but « st » stays as it is."""
    return " ".join(_words(text))


def word_list(names: Iterable[str]) -> str:
    """The plain forms of a row's names, once each, each between two bars: `| 15061 | accompagnement emploi |`.

    After a space, « a word starts with » is a plain `LIKE '% word%'`; after a bar, it is the start of a name; between
    two, the whole name.
    """
    return "".join(f"| {form} " for form in dict.fromkeys(map(plain_form, names)) if form) + "|"


def typed_forms(text: str) -> list[str]:
    """The forms of a text being typed: « st » may be « saint » or the beginning of « Strasbourg ».

    The postal mention CEDEX is dropped: it names no commune.
    """
    words = _words(_cedex.sub(" ", text[:LONGEST_TEXT].lower()))
    if not words:
        return []
    forms = [" ".join(SHORTENED.get(word, word) for word in words)]
    if words[-1] in SHORTENED and not text[-1:].isspace():
        beginning = [SHORTENED.get(word, word) for word in words[:-1]]
        forms.append(" ".join([*beginning, words[-1]]))
    return forms


def core(form: str) -> str:
    """What a normal form has of its own: « villefranche saone » for « villefranche sur saone ».

    A third of the communes share « saint », « sur » or « la »: comparing spellings on those words is slow and blurs
    the answer. A name made of nothing else is kept whole.
    """
    return " ".join(word for word in form.split() if word not in COMMON) or form


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", _over.sub(" sur ", text.lower())).translate(LETTERS)
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _separators.sub(" ", bare).split()
