"""Messages that the region keeps ready for those who decide: offered as buttons, put in what is being written."""

from dataclasses import dataclass

from portal.domain.sheets.view import View

PRESSED = "_modele"  # the button that puts one in the text


@dataclass(frozen=True)
class Ready:
    """One message, in the words of the sheet."""

    id: str
    label: str
    text: str


def ready_for(view: View) -> list[Ready]:
    """The messages kept for sheets of this level."""
    kept = (one for one in view.tenant.desk.templates if one.level == view.node.level)
    return [Ready(one.id, one.label, view.fill(one.text)) for one in kept]


def with_ready(view: View, wanted: str, written: str) -> str:
    """What was written, followed by the message asked; as it was when there is no such message."""
    added = next((one.text for one in ready_for(view) if one.id == wanted), "")
    return "\n\n".join(part for part in (written.strip(), added) if part)
