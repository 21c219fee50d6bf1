"""Addresses of static files that change with their content, so that browsers may keep them for ever."""

import hashlib
from pathlib import Path

from flask import Flask, has_request_context, request, url_for


class Assets:
    """The digest of each static file, computed once; again at each call where files may change under our feet."""

    def __init__(self, folder: Path, *, keep: bool) -> None:
        self.folder, self.keep = folder, keep
        self._digests: dict[str, str] = {}
        self._urls: dict[tuple[str, str, str], str] = {}

    def digest(self, filename: str) -> str | None:
        """The first signs of the file's SHA-256; None when there is no such file."""
        if filename not in self._digests:
            path = self.folder / filename
            if not path.is_file():
                return None
            found = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            if not self.keep:
                return found
            self._digests[filename] = found
        return self._digests[filename]

    def url(self, filename: str) -> str:
        """Its address, hash included. Raises LookupError: a template that names a missing file is wrong."""
        digest = self.digest(filename)
        if digest is None:
            raise LookupError(f"static/{filename} does not exist")
        root = request.script_root if has_request_context() else "outside"
        key = (root, filename, digest)
        if key not in self._urls:  # a page may draw thousands of signs
            self._urls[key] = url_for("static", filename=filename, v=digest)
        return self._urls[key]


def init_app(app: Flask) -> None:
    """Give templates `asset('css/guichet.css')`."""
    assets = Assets(Path(app.static_folder or ""), keep=not app.debug)
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset"] = assets.url
