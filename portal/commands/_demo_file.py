"""Reading `tenants/<slug>/demo/data.yaml`: the example data of a region, with days told from today.

```yaml
organisations:            # by a name of this file; activity, sites, contacts and open_days are optional
  hecate: {siret: "84293612700018", name: HECATE FORMATION}
accounts:
  - {mail: of@exemple.test, name: Camille Roux, role: organisme, organisation: hecate}
  - {mail: pilote@…, name: …, role: pilote, sheet: [m1, m2]}     # a role given sheet by sheet
sheets:                   # parents before children; `data` as people would type it, by field id
  - {id: d1, level: dossier, code: 2022C0073147, organisation: hecate, programme: fpe, at: 2022-07-18 08:00, data: {…}}
  - {id: s1, parent: a1, level: session, code: "30167", at: …, by: of@exemple.test, data: {…}}     # `by`: who made it
links:
  - {link: modules, from: uf1, to: m1}
history:                  # in any order; replayed in the order of time
  - {at: …, by: of@exemple.test, on: s1, edit: {prescription: {contact_nom: Line Faure}}}
  - {at: …, by: region@exemple.test, on: d1, move: demarrer, reason: …, inputs: {…}}
  - {at: …, by: of@exemple.test, on: r1, propose: {a1: {description: {objectif: …}}}}
```

`@hecate` stands for an organisation, `@hecate/Vichy` for one of its sites or contacts, in the fields that choose them.
`{today}`, `{today+30}` and `{today-3}` stand for days, wherever a text is written.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from portal.tenancy.source import Source

_DAY = re.compile(r"\{today(?:([+-])([0-9]{1,4}))?\}")
SECTIONS = ("organisations", "accounts", "sheets", "links", "history")


class DemoFileError(ValueError):
    """The example data say something that cannot be done; the message names what."""


def read_demo(folder: Path, today: date) -> dict[str, Any]:
    """The example data of a region's folder, days told; empty when it has none. Raises DemoFileError."""
    path = folder / "demo" / "data.yaml"
    if not path.exists():
        return {}
    data = Source(f"{folder.name}/demo/data.yaml", path.read_text("utf-8")).data
    if not isinstance(data, dict) or set(data) - set(SECTIONS):
        raise DemoFileError(f"{path} : sections attendues : {', '.join(SECTIONS)}")
    return {name: _told(data.get(name) or ({} if name == "organisations" else []), today) for name in SECTIONS}


def _told(value: Any, today: date) -> Any:
    if isinstance(value, str):
        return _DAY.sub(lambda match: _day(match, today).isoformat(), value)
    if isinstance(value, Mapping):
        return {key: _told(inner, today) for key, inner in value.items()}
    return [_told(inner, today) for inner in value] if isinstance(value, list) else value


def _day(match: re.Match[str], today: date) -> date:
    days = int(match[2] or 0)
    return today + timedelta(days=-days if match[1] == "-" else days)


def moment(written: str, zone: str) -> datetime:
    """`2022-02-15 09:30` in the region's time, as an instant. Raises DemoFileError."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (TypeError, ValueError):
        raise DemoFileError(f"moment illisible : « {written} »") from None
