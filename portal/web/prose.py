"""The region's help texts, from Markdown, their headings below those of the page; the links of its shorter texts."""

import re
from collections.abc import Callable
from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

BELOW = 2  # a first-level heading of a help text is a third-level one on the page
LINK = re.compile(r"\[([^\[\]]+)\]\(((?:https?://|mailto:|/)[^\s()]+)\)")
_reader = MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=256)
def prose(text: str) -> Markup:
    """A text as HTML. Raw HTML in it is shown as text; addresses that run scripts are refused by the reader."""
    tokens = _reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + BELOW)}"
    return Markup(_reader.renderer.render(tokens, _reader.options, {}))  # noqa: S704 — made by the reader, which escapes


def linked(text: str, say: Callable[[str], str]) -> Markup:
    """A line of the region as HTML: `[words](address)` becomes a link, the rest is said by `say` and escaped. What
    people typed, which `say` may bring in, makes no link.
    """
    pieces: list[Markup] = []
    at = 0
    for match in LINK.finditer(text):
        pieces += [_said(text[at : match.start()], say), _anchor(say(match[1]), match[2])]
        at = match.end()
    return Markup("").join([*pieces, _said(text[at:], say)])


def _said(text: str, say: Callable[[str], str]) -> Markup:
    """A piece in its words, the spaces around it kept."""
    inside = text.strip()
    before, _, after = text.partition(inside) if inside else (text, "", "")
    return escape(f"{before}{say(inside) if inside else ''}{after}")


def _anchor(words: str, address: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, words)
