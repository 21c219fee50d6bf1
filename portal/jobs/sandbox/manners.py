"""How the sandbox behaves: well by default, otherwise as it is told, for one target or for all."""

import threading
from dataclasses import dataclass, field
from typing import Any

MODES = {
    "ok": "répond normalement",
    "slow": "répond après un délai",
    "fail": "répond par une panne (503, ou le statut demandé)",
    "refuse": "refuse le document avec un code métier",
    "lose_answer": "enregistre, puis coupe la connexion sans répondre",
    "late_answer": "enregistre, puis tarde à répondre",
    "down": "coupe la connexion sans rien lire",
    "later": "accepte (202), puis rappelle avec l'accusé après un délai",
    "refuse_later": "accepte (202), puis rappelle avec un refus après un délai",
    "silent": "accepte (202) et ne rappelle jamais",
}
SAYABLE = {"code": str, "message": str, "field": str, "seconds": float, "status": int, "times": int}
LONGEST = 120.0  # seconds


class UnknownModeError(ValueError):
    """The sandbox does not know how to do that."""


@dataclass
class Manner:
    """One way to behave; `times` bounds it (None: until told otherwise)."""

    mode: str = "ok"
    code: str = "DATE_PASSEE"
    message: str = "La date de début est passée."
    field: str | None = None
    seconds: float = 2.0
    status: int = 503
    times: int | None = None

    def refusal(self) -> dict[str, str]:
        """What it says to refuse a document."""
        said = {"code": self.code, "message": self.message, "field": self.field}
        return {name: words for name, words in said.items() if words}


def read_manner(asked: dict[str, Any]) -> Manner:
    """The manner asked for by `POST /_control`. Raises UnknownModeError."""
    mode = str(asked.get("mode", "ok"))
    if mode not in MODES:
        raise UnknownModeError(f"mode inconnu « {mode} » ; possibles : {', '.join(MODES)}")
    manner = Manner(mode)
    for name, kind in SAYABLE.items():
        if asked.get(name) is not None:
            setattr(manner, name, kind(asked[name]))
    manner.seconds = min(max(manner.seconds, 0.0), LONGEST)
    if not 400 <= manner.status <= 599:
        raise UnknownModeError(f"statut {manner.status} : une panne va de 400 à 599")
    return manner


@dataclass
class Manners:
    """The manner of each target; that of `*` holds for the others."""

    by_target: dict[str, Manner] = field(default_factory=lambda: {"*": Manner()})
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, target: str, manner: Manner) -> None:
        """From now on, behave so towards a target; `*` resets all the others."""
        with self._lock:
            self.by_target = {"*": manner} if target == "*" else {**self.by_target, target: manner}

    def next(self, target: str) -> Manner:
        """The manner for a document that just came in."""
        with self._lock:
            manner = self.by_target.get(target, self.by_target["*"])
            if manner.times is None:
                return manner
            if manner.times <= 0:
                return Manner()
            manner.times -= 1
            return manner

    def shown(self) -> list[dict[str, str]]:
        """What the page says of it."""
        rest = "tous les autres" if len(self.by_target) > 1 else "tous les destinataires"
        return [{"target": rest if t == "*" else t, "words": MODES[m.mode]} for t, m in self.by_target.items()]
