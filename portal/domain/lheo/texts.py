"""Texts of documents as people read them: many come as escaped HTML, and « - » says that there is nothing to say."""

import html
import re

NOTHING = ("", "-", "--", "–", "—", ".")
_TAG = re.compile(
    r"</?(?:p|br|ul|ol|li|b|i|u|em|strong|span|div|a|h[1-6]|table|tbody|thead|tr|td|th|font|sup|sub|blockquote)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<(?:/p|/div|/li|/ul|/ol|/h[1-6]|/tr|br)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ITEM = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
_LINES = re.compile(r"\n{3,}")
MOST_LAYERS = 8  # HTML escaped within HTML: what goes deeper was made to tire its reader


def plain(text: str) -> str:
    """A text without HTML, its lines kept. Read twice, it stays the same."""
    for _ in range(MOST_LAYERS):
        if not _TAG.search(text):
            break
        text = html.unescape(_TAG.sub("", _ITEM.sub("- ", _BREAK.sub("\n", text))))
    else:
        text = text.replace("<", "")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _LINES.sub("\n\n", "\n".join(line.strip(" \t\xa0") for line in lines)).strip()


def said(text: str) -> str | None:
    """A text that says something, without HTML; None otherwise."""
    found = plain(text)
    return None if found in NOTHING else found


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())
