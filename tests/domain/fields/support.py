"""What the tests of kinds share: a context, small reference tables, one call that cleans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.fields import KINDS, Context, Fault
from portal.tenancy.schema import FormField


@dataclass(frozen=True)
class Town:
    insee: str
    name: str


class Tables:
    """A few communes and codes, read as the reference tables are."""

    towns = {
        "48000": (Town("48095", "Mende"),),
        "63320": (Town("63080", "Champeix"), Town("63305", "Saint-Babel")),
        "69008": (Town("69123", "Lyon"), Town("69388", "Lyon 8e Arrondissement")),
        "42000": (Town("42218", "Saint-Étienne"),),
        "11108": (Town("11262", "Narbonne"),),
    }
    labels = {
        ("certifications", "109049"): "TP assistant ressources humaines",
        ("formacodes", "15061"): "Accompagnement",
    }

    def commune(self, insee: str) -> Town | None:
        return next((town for towns in self.towns.values() for town in towns if town.insee == insee), None)

    def communes_by_postal_code(self, code: str) -> Sequence[Town]:
        return self.towns.get(code, ())

    def label(self, table: str, code: str) -> str | None:
        return self.labels.get((table, code))


CONTEXT = Context(
    date(2026, 3, 1), "region", {"f": [("a", "Site A"), ("b", "Site B")], "f.lieu": [("x", "Salle X")]}, Tables()
)


def make_field(kind: str, **keys: Any) -> FormField:
    return FormField.model_validate({"id": "f", "kind": kind, **keys})


def clean(kind: str, raw: Any, context: Context = CONTEXT, **keys: Any) -> Any:
    return KINDS[kind].clean(raw, make_field(kind, **keys), context)


def refusal(kind: str, raw: Any, context: Context = CONTEXT, **keys: Any) -> str:
    try:
        value = clean(kind, raw, context, **keys)
    except Fault as fault:
        return fault.message
    raise AssertionError(f"{raw!r} was accepted as {value!r}")


def show(kind: str, value: Any, **keys: Any) -> str:
    return KINDS[kind].show(value, make_field(kind, **keys), CONTEXT)
