"""A source's file for the region `declare`: contracts and their parts, held by organisations, some lines as wanted."""

import csv
import io
from collections.abc import Iterable, Mapping

from stdnum import luhn

SLUG, IMPORT = "declare", "contrats"


def siret(number: int) -> str:
    """A valid SIRET, that of `tests.support.offer.organisation` of the same number."""
    base = f"8{number:07d}"
    siren = base + luhn.calc_check_digit(base)
    return siren + "0001" + luhn.calc_check_digit(siren + "0001")


def line(number: int, holder: int = 1, **said: str) -> dict[str, str]:
    """One line: contract `number`, held by organisation `holder`; `said` replaces cells by their heading."""
    return {
        "Programme": "Général",
        "SIRET porteur": siret(holder),
        "Porteur": f"Organisme {holder}",
        "N° porteur": str(100 + holder),
        "Site": f"Site {holder}",
        "N° site": str(200 + holder),
        "Code postal": "44000",
        "Ville": "Nantes",
        "Mail": f"contact{holder}@organisme.test",
        "Contact": f"Camille Contact{holder}",
        "Numéro": f"N{number:05d}",
        "Début": "01/09/2026",
        "Quota": "12",
        "Composante": "1",
        "Intitulé": f"Cuisine {number}",
        "Heures": "350",
        **said,
    }


def lines(count: int, holders: int = 2) -> list[dict[str, str]]:
    """So many lines, shared among some organisations."""
    return [line(number, 1 + number % holders) for number in range(1, count + 1)]


def as_csv(said: Iterable[Mapping[str, str]]) -> bytes:
    """The lines as a file."""
    rows, held = list(said), io.StringIO()
    writer = csv.DictWriter(held, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return held.getvalue().encode("utf-8-sig")
