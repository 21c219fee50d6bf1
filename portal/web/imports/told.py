"""What a run is called on the screen: where it stands, what may be done, what it would change."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from portal.domain.fields import french
from portal.domain.fields.files import size_words
from portal.domain.imports.models import ImportRun
from portal.domain.imports.queries import Vanished
from portal.tenancy.tenant import Tenant
from portal.web.templating import moment

MOVING = ("waiting", "checking", "accepted", "applying")
DROPPABLE = ("waiting", "checking", "checked", "failed")
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
SHOWN = 100  # vanished sheets listed
STATES = {
    "waiting": ("Reçu", "wait", "Le fichier est reçu. Sa vérification va commencer."),
    "checking": ("Vérification en cours", "wait", "Le fichier est en cours de vérification : rien n’est encore écrit."),
    "refused": ("À corriger", "warn", "Rien n’a été écrit. Corrigez le fichier, puis déposez-le de nouveau."),
    "checked": ("Prêt à importer", "todo", "Le fichier est bon. Lisez ce qu’il va changer : rien n’est encore écrit."),
    "accepted": ("Accepté", "wait", "L’import est accepté et va commencer."),
    "applying": ("Import en cours", "wait", "Vous pouvez quitter cette page : l’import continue sans vous."),
    "done": ("Terminé", "done", "L’import est terminé : les organismes trouvent leurs fiches dans leur espace."),
    "dropped": ("Abandonné", "off", "Ce fichier a été abandonné : rien n’en a été écrit."),
    "failed": ("Interrompu", "warn", "Le traitement s’est interrompu. Ce qui était fait le reste ; relancez-le."),
}
"""State of a run → its name, its tone, what it means for the person."""
KINDS = {"create": "Nouvelles", "update": "Modifiées", "unchanged": "Inchangées"}


@dataclass(frozen=True)
class Run:
    """One file as pages name it."""

    id: uuid.UUID
    name: str
    href: str
    import_href: str
    at: datetime
    by: str
    state: str
    rows: int
    progress: int | None
    problem: str | None

    @property
    def label(self) -> str:
        """Its state, in a word."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The tone of its state."""
        return STATES[self.state][1]

    @property
    def sentence(self) -> str:
        """What its state means."""
        return STATES[self.state][2]

    @property
    def moving(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in MOVING

    @property
    def acceptable(self) -> bool:
        """Whether somebody is to say that it may be written."""
        return self.state == "checked"

    @property
    def refused(self) -> bool:
        """Whether its faults must be mended first."""
        return self.state == "refused"

    @property
    def retriable(self) -> bool:
        """Whether it may be tried again as it is."""
        return self.state == "failed"

    @property
    def droppable(self) -> bool:
        """Whether it may still be left aside."""
        return self.state in DROPPABLE


def told(run: ImportRun, lines: int | None = None) -> Run:
    """A run, in words; its report is not read when one knows already how many lines its file has."""
    return Run(
        id=run.id,
        name=run.file_name,
        href=url_for("imports.show", run_id=run.id),
        import_href=url_for("imports.one", import_id=run.import_id),
        at=run.at,
        by=run.made_by_name,
        state=run.state,
        rows=lines if lines is not None else (run.report or {}).get("rows", 0),
        progress=100 * run.done // run.total if run.total else None,
        problem=run.problem,
    )


def facts_of(run: ImportRun) -> list[tuple[str, str]]:
    """Who did what with it, and when."""
    report = run.report or {}
    dated = [
        ("Déposé", run.at, run.made_by_name),
        ("Vérifié", run.checked_at, None),
        ("Accepté", run.accepted_at, run.accepted_by_name),
        ("Terminé", run.finished_at, None),
    ]
    found = [(label, f"le {moment(at)}" + (f" par {who}" if who else "")) for label, at, who in dated if at]
    found.append(("Taille", size_words(run.size)))
    if report.get("rows"):
        found.append(("Lignes", french.number(report["rows"])))
    if report.get("encoding"):
        found.append(("Lu comme", str(report["encoding"])))
    return found


def counts_of(tenant: Tenant, report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One line for each level the file speaks of, the highest first."""
    named = {level for kind in KINDS for level in report.get(kind, {})}
    return [
        {
            "label": plural_of(tenant, level),
            "figures": [(words, _figure(report, k, level)) for k, words in KINDS.items()],
        }
        for level in tenant.who.levels
        if level in named
    ]


def _figure(report: Mapping[str, Any], kind: str, level: str) -> str:
    return french.number(report.get(kind, {}).get(level, 0))


def plural_of(tenant: Tenant, level: str) -> str:
    """What several sheets of a level are called; the id of a level that the region has no more."""
    known = tenant.who.levels.get(level)
    return (known.plural or known.label) if known else level


def besides(report: Mapping[str, Any]) -> str:
    """What comes with the sheets: organisations made, people let in, contacts, links."""
    contacts, links = report.get("contacts", {}), report.get("links", {})
    named = [
        (report.get("organisations", 0), "organisme nouveau", "organismes nouveaux"),
        (report.get("invitations", 0), "personne invitée", "personnes invitées"),
        (report.get("parts", 0), "rôle donné sur une fiche", "rôles donnés sur des fiches"),
        (contacts.get("create", 0), "contact nouveau", "contacts nouveaux"),
        (contacts.get("update", 0), "contact mis à jour", "contacts mis à jour"),
        (contacts.get("withdraw", 0), "contact qui n’est plus proposé", "contacts qui ne sont plus proposés"),
        (links.get("create", 0), "lien entre fiches", "liens entre fiches"),
        (links.get("remove", 0), "lien défait", "liens défaits"),
    ]
    words = [french.plural(count, one, many) for count, one, many in named if count]
    return f"Et aussi : {', '.join(words)}." if words else ""


def promise(report: Mapping[str, Any]) -> str:
    """What accepting will do, in a sentence."""
    made, changed = (sum(report.get(kind, {}).values()) for kind in ("create", "update"))
    parts = [
        f"{french.plural(made, 'fiche sera créée', 'fiches seront créées')}" if made else "",
        f"{french.plural(changed, 'sera mise à jour', 'seront mises à jour')}" if changed else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{said}." if said else "Ce fichier ne change aucune fiche."


def places_of(faults: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Faults or remarks, each with where it stands: « Ligne 12 (C12) »."""
    return [{**fault, "place": _place(fault)} for fault in faults]


def _place(fault: Mapping[str, Any]) -> str:
    if not fault.get("line"):
        return f"Cellules {fault['cell']}" if fault.get("cell") else "Fichier"
    return f"Ligne {fault['line']}" + (f" ({fault['cell']})" if fault.get("cell") else "")


def gone(
    tenant: Tenant, rows: Sequence[Vanished | Mapping[str, Any]], count: int | None = None
) -> tuple[list[dict[str, Any]], int]:
    """The sheets a source no longer names, as far as a page lists them, and how many more there are."""
    shown = [_gone(tenant, row) for row in rows[:SHOWN]]
    return shown, max(0, (len(rows) if count is None else count) - len(shown))


def _gone(tenant: Tenant, row: Vanished | Mapping[str, Any]) -> dict[str, Any]:
    said = vars(row) if isinstance(row, Vanished) else row
    known = tenant.who.levels.get(said["level"])
    sheet = said.get("sheet_id")
    return {
        "title": said["title"] or said["key"],
        "level": known.label if known else said["level"],
        "href": f"/{tenant.slug}/espace/fiches/{sheet}" if sheet else None,
    }
