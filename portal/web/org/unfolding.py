"""What is open in a tree, as its address says it: `?ouvert=<id>` once per branch (again for each slice of a long one);
or `?branches=toutes`, with `?plie=<id>` for those folded again and `?tranches=2` for twice as many lines.
`?branches=trouvees` opens the ways to what was found: a search by words does so by itself, unless `?branches=aucune`.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlencode

from flask import request

from portal.domain.desk.branches import SLICE, Branch, Unfolding
from portal.web.paging import here, page_wanted

ALL, FOUND, NONE = "toutes", "trouvees", "aucune"  # `?branches=`
KEPT = 40  # branches an address holds open, the last ones: longer addresses are refused on their way
PAGES = 10  # times the bound of what is unfolded at once
RESERVED = frozenset({"ouvert", "plie", "branches", "tranches", "page", "onglet"})
"""What an address says beside what is looked for."""


def asked_unfolding(ways: frozenset[str]) -> Unfolding:
    """What the address opens; `ways`: the levels to be opened for what was found to be seen."""
    said = request.args.get("branches", FOUND if ways else NONE)
    opened = Counter(_ids("ouvert"))
    if said == FOUND and ways:
        return Unfolding(opened, True, _ids("plie"), ways)
    if said != ALL:
        return Unfolding(opened)
    return Unfolding(opened, True, _ids("plie"), pages=_pages())


def _pages() -> int:
    written = request.args.get("tranches", "")
    return min(max(1, int(written)), PAGES) if written.isdecimal() and len(written) < 4 else 1


def _ids(name: str) -> list[uuid.UUID]:
    """The ids an address gives under a name; what is none is passed over."""
    found = []
    for written in request.args.getlist(name):
        try:
            found.append(uuid.UUID(written))
        except ValueError:
            continue
    return found[-KEPT:]


def toggled(branch: Branch, asked: Unfolding) -> str:
    """The address where a branch is open, when it is folded; folded, when it is open."""
    folded = [i for i in asked.folded if i != branch.id]
    if branch.children:
        return _address(asked, _opened(asked, branch, 0), [*folded, branch.id])
    return _address(asked, _opened(asked, branch, 1), folded)


def continued(branch: Branch, asked: Unfolding) -> str | None:
    """The address where one more slice of a branch is shown; None where no address is long enough to say it."""
    slices = -(-len(branch.children) // SLICE) + 1
    return _address(asked, _opened(asked, branch, slices), asked.folded) if slices <= KEPT else None


def longer(asked: Unfolding) -> str | None:
    """The address where more is unfolded at once; None where it is enough for one page."""
    if asked.levels is not None or asked.pages >= PAGES:
        return None
    return here(tranches=asked.pages + 1, page=page_wanted())


def everything() -> str:
    """The address where everything is unfolded."""
    return here(branches=ALL, tranches=None, ouvert=None, plie=None, page=page_wanted())


def nothing(ways: frozenset[str]) -> str:
    """The address where everything is folded."""
    return here(branches=NONE if ways else None, tranches=None, ouvert=None, plie=None, page=page_wanted())


def _opened(asked: Unfolding, branch: Branch, slices: int) -> dict[uuid.UUID, int]:
    """What is open once so many slices of a branch are, the last opened last."""
    others = {i: n for i, n in asked.opened.items() if i != branch.id}
    return {**others, branch.id: slices} if slices else others


def _address(asked: Unfolding, opened: dict[uuid.UUID, int], folded: Sequence[uuid.UUID]) -> str:
    """The address of this page with other branches open."""
    base = here(ouvert=None, plie=None, page=page_wanted())
    names = [("ouvert", str(i)) for i, times in opened.items() for _ in range(times)][-KEPT:]
    names += [("plie", str(i)) for i in folded if asked.every][-KEPT:]
    words = urlencode(names)
    return base + ("&" if "?" in base else "?") + words if words else base
