"""Two texts side by side, cut so that only the words that changed are marked."""

import re
from difflib import SequenceMatcher

Pieces = list[tuple[str, bool]]
TOKEN = re.compile(r"\s+|[^\s]+")
LONGEST = 6000  # words beyond which the whole text is marked: comparing them would take longer than reading them
ALIKE = 0.3  # under this share of common words the texts are simply different


def pieces(old: str, new: str) -> tuple[str | Pieces, str | Pieces]:
    """(old, new), each as (text, whether it changed); as plain texts when they have too little in common to be cut."""
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    if min(len(before), len(after)) < 5 or len(before) + len(after) > LONGEST:
        return old, new
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    common = sum(not word.isspace() for b in matcher.get_matching_blocks() for word in before[b.a : b.a + b.size])
    if 2 * common < ALIKE * (len(old.split()) + len(new.split())):
        return old, new
    left: Pieces = []
    right: Pieces = []
    for how, i, j, k, m in matcher.get_opcodes():
        _add(left, "".join(before[i:j]), how != "equal")
        _add(right, "".join(after[k:m]), how != "equal")
    return left, right


def _add(side: Pieces, text: str, changed: bool) -> None:
    if text:
        side.append((text, changed))
