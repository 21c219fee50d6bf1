"""What visitors see: the catalogue, read only, without an account."""

from portal.web.public import catalogue_files, catalogues, communes, groups, homes, search, session
from portal.web.public.blueprint import blueprint

__all__ = ["blueprint", "catalogue_files", "catalogues", "communes", "groups", "homes", "search", "session"]
