"""The blueprint, apart from its views so that each of them may import it."""

from flask import Blueprint

blueprint = Blueprint("validator", __name__, url_prefix="/<tenant>/validation")
