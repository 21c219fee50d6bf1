"""The blueprint of what machines call, apart from its views so that each of them may import it."""

from flask import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api/v1/<tenant>")
