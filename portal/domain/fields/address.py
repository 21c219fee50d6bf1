"""An address in parts, as the regions' forms ask for it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.conditions.types import Type
from portal.domain.fields import french
from portal.domain.fields.base import Applies, Context, Form, Kind, always
from portal.domain.fields.codes import INSEE
from portal.domain.fields.faults import Fault
from portal.domain.fields.words import blank, one_line, scalar
from portal.tenancy.schema import FormField

FRANCE = "FRANCE"
_CEDEX = re.compile(r" ?\bcedex\b.*")
_DISTRICT = re.compile(r" [0-9]{1,2}(?:er?|eme)?(?: arrondissement)?$")  # « Lyon 8 » is in Lyon when nothing is nearer


@dataclass(frozen=True)
class Part:
    """One part of an address: its id, its words on screen, its greatest length."""

    id: str
    label: str
    max: int


PARTS: Mapping[str, Part] = {
    part.id: part
    for part in (
        Part("numero", "N°", 10),
        Part("bis", "Bis/Ter", 10),
        Part("nature_voie", "Nature voie", 30),
        Part("voie", "Nom voie", 100),
        Part("batiment", "Bat.", 50),
        Part("complement", "Complément d'adresse", 100),
        Part("lieu_dit", "BP, lieu-dit", 100),
        Part("code_postal", "Code postal", 10),
        Part("commune", "Ville", 50),
        Part("pays", "Pays", 50),
        Part("insee", "Code INSEE", 5),
    )
}
"""The parts of an address, in the order of the form."""


class Address(Kind):
    name = "address"
    doc = (
        "An address in eleven parts; `required_parts` names those that are required; the country is France by default. "
        "The INSEE code is proposed from the postal code and the town."
    )
    stored = "mapping of the parts given"
    example = "{id: adresse, label: Adresse, kind: address, required_parts: [code_postal, commune], as: session.venue}"
    widget = "address"
    condition_type = Type.ANY
    settings = frozenset({"required_parts"})

    def read(self, form: Form, name: str, field: FormField) -> Any:
        """The parts, named `adresse-code_postal`."""
        return {part: (form.getlist(f"{name}-{part}") or [""])[-1] for part in PARTS}

    def empty(self, raw: Any) -> bool:
        """A country alone is not an address: the form offers it."""
        if isinstance(raw, Mapping):
            return all(blank(value) for part, value in raw.items() if part in PARTS and part != "pays")
        return super().empty(raw)

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The parts given, cleaned each by itself; faults are told by part."""
        if not isinstance(raw, Mapping):
            raise Fault("Cette adresse n'a pas la forme attendue.")
        parts: dict[str, str] = {}
        faults: dict[str, str] = {}
        for part in PARTS.values():
            try:
                parts[part.id] = self.part(part, raw.get(part.id))
            except Fault as fault:
                faults[part.id] = fault.message
        parts["pays"] = parts.get("pays", "").upper() or FRANCE
        faults.update(_shape(parts))
        if faults:
            raise Fault(" ".join(f"{PARTS[part].label} : {why}" for part, why in faults.items()), parts=faults)
        parts["insee"] = parts["insee"] or self.proposed(parts, context)
        return {part: parts[part] for part in PARTS if parts[part]}

    def part(self, part: Part, raw: Any) -> str:
        """One part: a short text on one line."""
        text = "" if blank(raw) else one_line(scalar(raw))
        text = text.replace(" ", "").upper() if part.id in ("code_postal", "insee") else text
        if len(text) > part.max:
            raise Fault(f"{french.plural(part.max, 'caractère')} au plus.")
        return text

    def proposed(self, parts: Mapping[str, str], context: Context) -> str:
        """The INSEE code that the postal code and the town point to, when they point to one."""
        if parts["pays"] != FRANCE or not parts["code_postal"] or not parts["commune"]:
            return ""
        town = _bare(parts["commune"])
        codes: dict[str, set[str]] = {}
        for place in context.lookups.communes_by_postal_code(parts["code_postal"]):
            codes.setdefault(_bare(place.name), set()).add(place.insee)
        found = codes.get(town) or codes.get(_DISTRICT.sub("", town)) or set()
        return next(iter(found)) if len(found) == 1 else ""

    def missing(self, value: Any, field: FormField, applies: Applies = always) -> list[str]:
        """The required parts that are empty, once an address was begun."""
        given = value if isinstance(value, Mapping) else {}
        return [part for part in field.required_parts if given and blank(given.get(part))]

    def raw(self, value: Any, field: FormField) -> Any:
        """Every part; the country is offered."""
        given = value if isinstance(value, Mapping) else {}
        return {part: _text(given, part) or (FRANCE if part == "pays" else "") for part in PARTS}

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« 12 bis rue de la Paix, Bat. B, 69008 Lyon »."""
        if not isinstance(value, Mapping):
            return ""
        street = " ".join(filter(None, (_text(value, part) for part in ("numero", "bis", "nature_voie", "voie"))))
        building = _text(value, "batiment")
        town = " ".join(filter(None, (_text(value, "code_postal"), _text(value, "commune"))))
        country = _text(value, "pays")
        others = (_text(value, "complement"), _text(value, "lieu_dit"), town, country if country != FRANCE else "")
        return ", ".join(filter(None, (street, f"Bat. {building}" if building else "", *others)))

    def python(self, value: Any, field: FormField) -> Any:
        """A mapping of texts: `adresse.code_postal`."""
        return {part: _text(value, part) or None for part in PARTS} if isinstance(value, Mapping) and value else None

    def review(self, field: FormField) -> list[str]:
        """Required parts that are not parts."""
        strange = [part for part in field.required_parts if part not in PARTS]
        possible = ", ".join(PARTS)
        return [
            *super().review(field),
            *(f"partie d'adresse inconnue « {part} » ; possibles : {possible}" for part in strange),
        ]


def department_of(address: Mapping[str, Any]) -> str:
    """The code of the département of an address, by its INSEE code or its postal code; empty when neither is given."""
    code = _text(address, "insee") or _text(address, "code_postal")
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def _shape(parts: Mapping[str, str]) -> dict[str, str]:
    """Faults of the codes. A postal code in use nowhere is not a fault: CEDEX codes are many and change."""
    faults = {}
    code = parts.get("code_postal", "")
    if code and parts["pays"] == FRANCE and not (len(code) == 5 and code.isascii() and code.isdigit()):
        faults["code_postal"] = "5 chiffres sont attendus, par exemple 69008."
    if parts.get("insee") and not INSEE.fullmatch(parts["insee"]):
        faults["insee"] = "5 caractères sont attendus, par exemple 69388."
    return faults


def _bare(town: str) -> str:
    """A town as it is compared: no accents, no capitals, no CEDEX, « saint » in full."""
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", town.lower()) if not unicodedata.combining(sign))
    words = re.sub(r"[^a-z0-9]+", " ", letters.replace("œ", "oe").replace("æ", "ae")).split()
    full = " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)
    return _CEDEX.sub("", full).strip()


def _text(value: Mapping[str, Any], part: str) -> str:
    held = value.get(part)
    return held if isinstance(held, str) else ""
