"""A catalogue as a document to keep and to print: PDF, drawn page by page."""

from portal.web.public.booklet.document import write_booklet

__all__ = ["write_booklet"]
