"""The blueprint, apart from its views so that each of them may import it."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
