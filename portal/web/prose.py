"""The region's help texts, from Markdown; their headings take their place below those of the page."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

BELOW = 2  # a first-level heading of a help text is a third-level one on the page
_reader = MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=256)
def prose(text: str) -> Markup:
    """A text as HTML. Raw HTML in it is shown as text; addresses that run scripts are refused by the reader."""
    tokens = _reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + BELOW)}"
    return Markup(_reader.renderer.render(tokens, _reader.options, {}))  # noqa: S704 — made by the reader, which escapes
