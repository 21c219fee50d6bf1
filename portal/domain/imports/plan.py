"""The plan of a file: what is counted, what is owed, and what refuses it as a whole."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from portal.domain.imports.known import KnownRow

NO_SHEET = "Aucune fiche « {level} » ne porte ce code."
SEVERAL = "Plusieurs fiches « {level} » portent ce code."
SHRUNK = (
    "Ce fichier ne nomme plus {lost} des {known} {what}, soit {part} % (limite : {limit} %). "
    "Vérifiez que l'extraction est complète."
)


@dataclass
class Plan:
    """What applying the file would do. Tasks come in the order in which they are to be done."""

    create: Counter[str] = field(default_factory=Counter)
    update: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    organisations: int = 0
    invitations: int = 0
    parts: int = 0
    contacts: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    vanished: list[KnownRow] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)

    def owe(self, kind: str, said: dict[str, Any], *, level: str | None = None, line: int = 0) -> None:
        """Add a task."""
        self.tasks.append({"rank": len(self.tasks), "kind": kind, "level": level, "line": line, "said": said})
