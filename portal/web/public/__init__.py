"""What visitors see: the catalogue, read only, without an account."""

from portal.web.public import communes, homes, search, session
from portal.web.public.blueprint import blueprint

__all__ = ["blueprint", "communes", "homes", "search", "session"]
