"""A message as the demonstration shows it, links included: there, no mailbox receives it."""

import re

from markupsafe import Markup, escape

_LINK = re.compile(r"(?<!\S)(/(?:activation|mot-de-passe|connexion|[a-z][a-z0-9-]+/(?:espace|administration))[\w./-]*)")


def letter(body: str) -> Markup:
    """The body as HTML: its lines kept, its addresses within the portal made links."""
    parts = _LINK.split(body)
    made = (Markup('<a href="{0}">{0}</a>').format(part) if i % 2 else escape(part) for i, part in enumerate(parts))
    return Markup("").join(made).replace("\n", Markup("<br>\n"))
