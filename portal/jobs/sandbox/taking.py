"""Taking a document in charge: one effect a key, the codes given back, and what is relayed to others."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portal.jobs.sandbox.store import Arrival, Store

Relays = Mapping[tuple[str, str], Sequence[str]]  # (region, target) → those it passes documents on to


@dataclass
class Taker:
    """Keeps effects, and passes on what its targets relay."""

    store: Store
    relays: Relays = field(default_factory=dict)

    def take(self, arrival: Arrival, session: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Keep the effect of a document and relay it; the receipt, and whether it is the first time."""
        receipt, first = self.store.take(arrival, receipt_of(arrival, session))
        if first:
            self._pass_on(arrival, {arrival.target})
        return receipt, first

    def _pass_on(self, arrival: Arrival, seen: set[str]) -> None:
        for target in self.relays.get((arrival.tenant, arrival.target), ()):
            if target not in seen:
                seen.add(target)
                relayed = replace(arrival, target=target)
                self.store.take(relayed, {"via": arrival.target})
                self.store.note(relayed, "relayed", 0, {"id": f"par {arrival.target}"})
                self._pass_on(relayed, seen)


def receipt_of(arrival: Arrival, session: dict[str, Any]) -> dict[str, Any]:
    """The codes this target gives a session: always the same for the same one."""
    code = str(session.get("reference") or session.get("code") or "")
    name = f"{arrival.tenant}/{session.get('id', '')}"
    number = code if code.isascii() and code.isdigit() else str(40_000 + zlib.crc32(name.encode()) % 50_000)
    return {
        "id": number,
        "code_offre_info": f"{zlib.crc32(name.encode()) % 90 + 10}_{number}S",
        "at": arrival.at,
    }
