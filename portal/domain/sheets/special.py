"""Names every pattern may say of a sheet, whatever its level: its code, its title, its programme, its organisation."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.domain.sheets.view import View


def _programme(view: "View", *, short: bool) -> str:
    programme = view.tenant.who.programmes.get(view.node.programme or "")
    if programme is None:
        return view.node.programme or ""
    return (programme.short if short else None) or programme.label


SPECIAL: Mapping[str, Callable[["View"], str | None]] = {
    "code": lambda view: view.node.code,
    "n": lambda view: view.node.code,
    "title": lambda view: view.node.title,
    "reference": lambda view: view.node.reference,
    "programme": lambda view: _programme(view, short=False),
    "programme.short": lambda view: _programme(view, short=True),
    "organisation.name": lambda view: view.node.organisation.name if view.node.organisation else "",
    "organisation.siret": lambda view: view.node.organisation.siret if view.node.organisation else "",
}
