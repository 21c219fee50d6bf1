"""One value, from a sheet's form to the text of an element and back."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from portal.domain.lheo import dates
from portal.domain.lheo.elements import Element
from portal.domain.lheo.structure import Definition
from portal.domain.lheo.texts import plain, said

FORMACODE = "V14"
"""The version of the Formacode that our tables are of."""

OTHER = "/"  # between the version and the code, for codes of another version
PRICES = frozenset(("prix-horaire-TTC", "prix-total-TTC"))


def code_of(element: Element) -> str:
    """A code of the Formacode. One of another version says it, `V12/21001`: the same digits had another meaning."""
    code, version = element.text.strip(), element.attributes.get("ref", "").strip()
    return code if not code or version in ("", FORMACODE) else f"{version}{OTHER}{code}"


def put_code(holder: Element, name: str, code: str) -> None:
    """Write a code, with its version."""
    version, _, digits = code.rpartition(OTHER)
    holder.add(name, digits, ref=version or FORMACODE)


def text_of(value: Any, definition: Definition) -> str:
    """A value as an element says it."""
    if isinstance(value, bool):
        return str(int(value)) if definition.kind in ("code", "long") else ("oui" if value else "non")
    if definition.kind == "date":
        return dates.written(str(value))
    if definition.kind == "long":
        return _whole(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return plain(str(value)) if definition.kind == "text" else str(value)


def _whole(value: Any) -> str:
    try:
        return str(int(Decimal(str(value)).to_integral_value(ROUND_HALF_UP)))
    except (InvalidOperation, ValueError, OverflowError):
        return str(value)  # the check tells it


def value_of(text: str, definition: Definition) -> Any:
    """What the text of an element says; None for nothing, and for what is no value of its kind."""
    if definition.kind == "text":
        found = said(text)
        return _price(found) if definition.name in PRICES and found else found
    text = text.strip()
    if definition.kind == "date":
        return dates.day_of(text)
    if definition.kind == "long":
        return int(text) if text.lstrip("+-").isdecimal() and len(text) < 19 else None
    if definition.kind == "code" and text not in definition.codes:
        return None
    return {"0": False, "1": True}[text] if definition.codes == {"0", "1"} and _is_boolean(definition) else text or None


BOOLEANS = frozenset(
    (
        "certifiante", "niveau-entree-obligatoire", "prise-en-charge-frais-possible", "conventionnement", "a-distance",
        "obligatoire",
    )
)  # fmt: skip


def _is_boolean(definition: Definition) -> bool:
    return definition.name in BOOLEANS


def _price(text: str) -> str:
    """An amount with a point, without zeros that say nothing; the text itself when it is no amount."""
    try:
        amount = Decimal(text.replace(",", ".").replace(" ", "").replace("€", ""))
    except InvalidOperation:
        return text
    return format(amount.normalize(), "f") if amount.is_finite() and abs(amount.adjusted()) < 20 else text
