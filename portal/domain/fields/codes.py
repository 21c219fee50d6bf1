"""Codes of the administration: establishments, people, places, nomenclatures. A code is checked in its form; whether it
is still in use is the business of rules, because the tables at hand may be partial."""

import re
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.fr import nir, siret

from portal.domain.conditions.types import Type
from portal.domain.fields import french
from portal.domain.fields.base import Context, Form, Kind, limit, review_whole
from portal.domain.fields.faults import Fault
from portal.domain.fields.words import one_line, scalar
from portal.tenancy.schema import FormField

INSEE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")
_SEPARATORS = re.compile(r"[\s.\-]+")
_BRACKETED = re.compile(r"\(([^()]{1,40})\)$")
_CERTIFICATION = re.compile(r"(?:RNCP|RS|CPF)?[0-9]{2,10}")
_BETWEEN = re.compile(r";|(?<=\)) ?,|,(?= ?[0-9]{5})|(?<=[0-9]{5}) (?=[0-9]{5})")
_REFERENCE = re.compile(r"[^\W_][\w.\-]{0,39}")
_NIR_FIRST = "123478"  # 1 and 2: final; 3, 4, 7, 8: provisional or of a foreigner being registered


class Siret(Kind):
    name = "siret"
    doc = "The 14 digits of an establishment, their key checked (La Poste has a key of its own)."
    example = "{id: siret, label: SIRET, kind: siret}"
    inputmode = "numeric"

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The 14 digits."""
        digits = _SEPARATORS.sub("", one_line(scalar(raw)))
        if not (digits.isascii() and digits.isdigit()):
            raise Fault("Un SIRET ne contient que des chiffres.")
        if len(digits) != 14:
            raise Fault(f"Un SIRET compte 14 chiffres ; celui-ci en compte {french.number(len(digits))}.")
        try:
            return siret.validate(digits)
        except ValidationError:
            raise Fault("Ce SIRET n'existe pas : vérifiez chaque chiffre.") from None

    def raw(self, value: Any, field: FormField) -> Any:
        """As it is shown."""
        return self.show(value, field)

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« 130 005 119 00032 »."""
        return siret.format(value) if isinstance(value, str) and len(value) == 14 else self.text(value, field)

    def text(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """Digits only."""
        return value if isinstance(value, str) else ""


class Nir(Kind):
    name = "nir"
    doc = (
        "A social-security number with its key (15 characters), final (1, 2) or provisional (3, 4, 7, 8). "
        "Shown and exported masked: only the form of whoever may edit it holds it whole."
    )
    example = "{id: nir, label: NIR / NIA, kind: nir, public: false}"

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The 15 characters."""
        number = _SEPARATORS.sub("", one_line(scalar(raw))).upper()
        if len(number) != 15 or not number.isascii():
            raise Fault("Un NIR compte 15 caractères, clé comprise.")
        if number[0] not in _NIR_FIRST:
            raise Fault("Un NIR commence par 1 ou 2 ; un numéro provisoire ou un NIA, par 3, 4, 7 ou 8.")
        try:
            return nir.validate(number)
        except ValidationError:
            raise Fault("Ce NIR n'est pas correct : vérifiez chaque caractère et la clé.") from None

    def raw(self, value: Any, field: FormField) -> Any:
        """Grouped, whole."""
        return nir.format(value) if isinstance(value, str) and len(value) == 15 else ""

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« 1 •• •• •• ••• ••• 93 »."""
        return f"{value[0]} •• •• •• ••• ••• {value[-2:]}" if isinstance(value, str) and len(value) == 15 else ""


class Code(Kind):
    """A code of a reference table, of which people may choose `words (code)` in a list of suggestions."""

    table: str
    form = _REFERENCE
    hint = "Indiquez un code."

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The code, alone or at the end of the words suggested."""
        return self.code(one_line(scalar(raw)))

    def code(self, typed: str) -> str:
        """The code in a text."""
        inside = _BRACKETED.search(typed)
        code = (inside[1] if inside else typed).replace(" ", "").upper()
        if not self.form.fullmatch(code):
            raise Fault(self.hint)
        return code

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« Mende (48095) »; the code alone when the table does not know it."""
        if not isinstance(value, str):
            return ""
        words = context.lookups.label(field.table or self.table, value) if context else None
        return f"{words} ({value})" if words else value


class Commune(Code):
    name = "commune"
    doc = "A commune, by its INSEE code; the page suggests them by name and postal code."
    stored = "text: `48095`"
    example = "{id: commune, label: Commune, kind: commune}"
    table = lookup = "communes"
    form = INSEE
    hint = "Choisissez une commune dans la liste, ou indiquez son code INSEE à 5 caractères."

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« Mende »."""
        place = context.lookups.commune(value) if context and isinstance(value, str) else None
        return place.name if place else super().show(value, field)


class Certification(Code):
    name = "certification"
    doc = "A certification: its Certif Info number (`109049`), or its RNCP, RS or CPF code (`RNCP35030`)."
    example = "{id: certification, label: Code Certifinfo, kind: certification, as: formation.certification}"
    table = lookup = "certifications"
    form = _CERTIFICATION
    hint = "Indiquez un code Certif Info, par exemple 109049, ou un code RNCP, par exemple RNCP35030."


class Reference(Code):
    name = "reference"
    doc = "A code of the reference table named by `table`: `rome`, `nsf`, `prescripteurs`…"
    example = "{id: rome, label: Métier visé, kind: reference, table: rome}"
    table = ""
    settings = frozenset({"table"})
    hint = "Indiquez un code de la liste."

    def code(self, typed: str) -> str:
        """The code as it is written: a table may tell capitals from small letters."""
        inside = _BRACKETED.search(typed)
        code = inside[1].strip() if inside else typed
        if not self.form.fullmatch(code):
            raise Fault(self.hint)
        return code

    def review(self, field: FormField) -> list[str]:
        """A reference names its table."""
        return [
            *super().review(field),
            *([] if field.table else ["« table » manque : de quelle liste vient le code ?"]),
        ]


class Formacode(Code):
    name = "formacode"
    doc = "One or several Formacodes, the first being the main one; 5 at most, as in LHÉO, unless `max` says otherwise."
    stored = 'list of texts: `["15061"]`'
    example = "{id: domaines, label: Domaine de formation, kind: formacode, max: 5, as: formation.formacodes}"
    table = lookup = "formacodes"
    condition_type = Type.LIST
    settings = frozenset({"max"})
    form = re.compile(r"[0-9]{5}")
    hint = "Indiquez des codes Formacode de 5 chiffres, séparés par des points-virgules."
    default_max = 5

    def read(self, form: Form, name: str, field: FormField) -> Any:
        """One text with several codes, or several fields of the same name."""
        return [value for value in form.getlist(name) if value]

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The codes, once each, in the order given."""
        given = raw if isinstance(raw, list | tuple) else [raw]
        if len(given) > 1000:
            raise Fault("Ces codes sont trop nombreux.")
        typed = [part.strip() for item in given for part in _BETWEEN.split(one_line(scalar(item)))]
        return list(dict.fromkeys(self.code(part) for part in typed if part)) or None

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """Not too many."""
        most = limit(field.max, self.default_max)
        return [f"{french.plural(most, 'code')} au plus."] if isinstance(value, list) and len(value) > most else []

    def raw(self, value: Any, field: FormField) -> Any:
        """The list itself."""
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« Accompagnement vers l'emploi (15061) », separated by commas."""
        return ", ".join(super(Formacode, self).show(item, field, context) for item in self.raw(value, field))

    def text(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """Codes, separated by semicolons."""
        return " ; ".join(self.raw(value, field))

    def python(self, value: Any, field: FormField) -> Any:
        """A list of texts."""
        return self.raw(value, field) or None

    def review(self, field: FormField) -> list[str]:
        """`max` is a number."""
        return [*super().review(field), *review_whole(field, "max")]
