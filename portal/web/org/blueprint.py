"""The area's blueprint, and the addresses that several subjects share."""

from flask import Blueprint

blueprint = Blueprint("org", __name__, url_prefix="/<tenant>/espace")

SHEET = "/fiches/<uuid:sheet_id>"
STEP = f"{SHEET}/etapes/<step_id>"
PROPOSED_STEP = (
    f"{SHEET}/propositions/<uuid:target_id>/etapes/<step_id>"  # a step of what a change request would change
)
