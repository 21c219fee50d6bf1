"""The document of a delivery, and what keeps a sheet from having one, in words that lead to the field."""

from collections.abc import Iterator
from datetime import date

from portal.domain.entry.completeness import Problem
from portal.domain.lheo.documents import document_of, faults_of_offer
from portal.domain.lheo.errors import Fault
from portal.domain.lheo.gathering import FALLBACKS, PERSON, gather
from portal.domain.lheo.offers import ALIASES
from portal.domain.sheets.view import View
from portal.domain.vocabulary import TERMS
from portal.tenancy.schema import FormField
from portal.tenancy.schema.flows import Target

FORMAT = "lheo-2.3"
CONTENT_TYPE = "application/xml"
NO_FIELD = "Le document LHÉO : {message}"
WORDS = "« {label} » : {why} (document LHÉO)."

STAND_INS: dict[str, str] = {
    "session.registration.address": "session.venue",
    "organisation.legal_name": "organisation.name",
    **{f"{begins}.{part}": f"{others[0]}.{part}" for begins, others in FALLBACKS.items() for part in PERSON},
}
"""Terms whose value comes from another when nobody says them."""


def body_of(view: View, target: Target, changed: date, *, checked: bool = True) -> bytes:
    """The document of a sheet for a target. Raises InvalidDocument; a withdrawal names what is there, unchecked."""
    return document_of(gather(view, target.says, changed), checked=checked)


def problems_of(view: View, target: Target) -> list[Problem]:
    """What makes the document of a sheet invalid, each at the field to correct when there is one."""
    faults = [fault for fault in faults_of_offer(gather(view, target.says, view.today)) if fault.blocks]
    return list(dict.fromkeys(_problem(view, fault) for fault in faults))


def _problem(view: View, fault: Fault) -> Problem:
    at = next(_fields(view, fault.path), None)
    if at is None:
        node = view.node
        message = NO_FIELD.format(message=fault.message)
        return Problem(node.id, node.level, node.title, "", "", "", message)
    holder, field = at
    step = holder.tenant.step_of(holder.node.level, field.id)
    shown = holder.form.fields.get(field.id)
    label = (shown.field if shown else field).words
    message = WORDS.format(label=label, why=fault.why) if fault.why else fault.message
    node = holder.node
    return Problem(node.id, node.level, node.title, step.id if step else "", field.id, label, message)


def _fields(view: View, path: str) -> Iterator[tuple[View, FormField]]:
    """The fields that a place of the document comes from: of the place itself, then of what it stands for or is in."""
    while path:
        for term in reversed(ALIASES.get(path, ())):
            while term:
                if (at := view.term_at(TERMS[term].within or term)) is not None:
                    yield at
                term = STAND_INS.get(term, "")
        path = path.rpartition("/")[0]
