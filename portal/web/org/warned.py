"""What warns of a move without preventing it: shown on its screen, which goes on once it was read."""

from dataclasses import dataclass

from portal.domain.entry.completeness import Problem
from portal.domain.moves.asked import warnings_of
from portal.tenancy.schema import Move
from portal.web.org.heads import needs_screen
from portal.web.org.opened import Opened

READ = "lu"


@dataclass(frozen=True)
class Told:
    """One warning, and the key that says, in the form, that it was read."""

    message: str
    key: str


def warns_first(move: Move) -> bool:
    """Whether warnings are shown before a move is done: it has a screen, or rules of its own. Those of a move that is
    done at once stand in the summary, beside its button.
    """
    return needs_screen(move) or bool(move.rules)


def first_warnings(opened: Opened, move: Move) -> list[Problem]:
    """What warns of a move before anything is answered: nothing yet of what it asks."""
    if not warns_first(move):
        return []
    asked = {definition.id for definition in move.asks}
    return [one for one in warnings_of(opened.session, opened.view, move) if one.field not in asked]
