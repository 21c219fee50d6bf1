"""demo/data.yaml: every name it uses, and every value that can be judged without the reference tables."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path as Folder
from typing import Any

from portal.domain.checking.common import Path
from portal.domain.fields import KINDS, Context, Fault
from portal.tenancy.demo import NAME, DemoEvent, DemoFile, DemoSheet, read_examples
from portal.tenancy.faults import Fault as FolderFault
from portal.tenancy.faults import Finding, TenantFaults, unknown
from portal.tenancy.schema import FormField
from portal.tenancy.source import Source
from portal.tenancy.tenant import Tenant

LOOKED_UP = ("certification", "commune", "contact", "formacode", "organisation", "person", "reference", "rows", "site")
"""Kinds of field judged at the loading alone, by what the tables or the directory hold."""


def checked_examples(folder: Folder, tenant: Tenant) -> Source | None:
    """The example data of a folder, sound as far as can be known without a database; None when it has none. Raises
    TenantFaults.
    """
    read = read_examples(folder)
    if read is None:
        return None
    source, demo = read
    if found := [FolderFault(source.name, source.line(f.path), f.message) for f in check_demo(tenant, demo)]:
        raise TenantFaults(found)
    return source


def check_demo(tenant: Tenant, demo: DemoFile) -> Iterator[Finding]:
    """Everything the example data name that neither the region nor they have, and values that no field would take."""
    yield from _organisations(demo)
    yield from _accounts(tenant, demo)
    levels: dict[str, str] = {}
    for i, sheet in enumerate(demo.sheets):
        yield from _sheet(tenant, demo, sheet, levels, ("sheets", i))
        levels[sheet.id] = sheet.level
    for i, link in enumerate(demo.links):
        yield from _known("lien inconnu", [link.link], tenant.who.links, ("links", i, "link"))
        yield from _known("fiche inconnue", [link.origin], levels, ("links", i, "from"))
        yield from _known("fiche inconnue", [link.to], levels, ("links", i, "to"))
    for i, event in enumerate(demo.history):
        yield from _event(tenant, demo, event, levels, ("history", i))
    for i, account in enumerate(demo.accounts):
        yield from _known("fiche inconnue", account.sheet, levels, ("accounts", i, "sheet"))


def _known(what: str, names: Iterable[str | None], known: Iterable[str], at: Path) -> Iterator[Finding]:
    known = list(known)
    yield from (
        Finding(NAME, at, unknown(what, name, known)) for name in names if name is not None and name not in known
    )


def _organisations(demo: DemoFile) -> Iterator[Finding]:
    for name, given in demo.organisations.items():
        at: Path = ("organisations", name)
        yield from _value(FormField(id="siret", kind="siret"), given.siret, (*at, "siret"))
        for i, day in enumerate(given.open_days):
            yield from _known("site inconnu", [day.site], [s.name for s in given.sites], (*at, "open_days", i, "site"))


def _accounts(tenant: Tenant, demo: DemoFile) -> Iterator[Finding]:
    for i, account in enumerate(demo.accounts):
        at: Path = ("accounts", i)
        yield from _known("rôle inconnu", [account.role], tenant.who.roles, (*at, "role"))
        yield from _known("organisme inconnu", [account.organisation], demo.organisations, (*at, "organisation"))
        role = tenant.role(account.role)
        if role and role.scope == "organisation" and account.organisation is None:
            words = f"« organisation » manque : le rôle « {account.role} » se tient dans un organisme"
            yield Finding(NAME, at, words)
        elif role and role.scope in tenant.who.levels and not account.sheet:
            words = f"« sheet » manque : le rôle « {account.role} » se tient fiche par fiche"
            yield Finding(NAME, at, words)


def _sheet(tenant: Tenant, demo: DemoFile, sheet: DemoSheet, levels: Mapping[str, str], at: Path) -> Iterator[Finding]:
    if sheet.id in levels:
        yield Finding(NAME, (*at, "id"), f"fiche « {sheet.id} » déjà définie")
    yield from _known("compte inconnu", [sheet.by], [a.mail for a in demo.accounts], (*at, "by"))
    yield from _known("organisme inconnu", [sheet.organisation], demo.organisations, (*at, "organisation"))
    yield from _known("programme inconnu", [sheet.programme], tenant.who.programmes, (*at, "programme"))
    if sheet.level not in tenant.who.levels:
        yield Finding(NAME, (*at, "level"), unknown("niveau inconnu", sheet.level, tenant.who.levels))
        return
    above = tenant.level(sheet.level).parent
    beside = [name for name, level in levels.items() if level == above]
    if above is not None and sheet.parent is None:
        yield Finding(NAME, at, f"« parent » manque : une fiche « {sheet.level} » est sous une fiche « {above} »")
    elif above is None and sheet.organisation is None:
        yield Finding(NAME, at, "« organisation » manque : à qui est cette fiche ?")
    if sheet.parent is not None and sheet.parent not in beside:
        words = f"aucune fiche « {above} » de ce nom plus haut dans le fichier" if above else "ce niveau n'en a pas"
        yield Finding(NAME, (*at, "parent"), unknown(f"parent ({words}) :", sheet.parent, beside))
    yield from _values(tenant.fields(sheet.level), sheet.data, (*at, "data"), f"champ inconnu de « {sheet.level} »")


def _event(tenant: Tenant, demo: DemoFile, event: DemoEvent, levels: Mapping[str, str], at: Path) -> Iterator[Finding]:
    said = [verb for verb in ("edit", "move", "propose") if getattr(event, verb) is not None]
    if len(said) != 1:
        yield Finding(NAME, at, "un événement dit l'un de : edit, move, propose")
    yield from _known("compte inconnu", [event.by], [a.mail for a in demo.accounts], (*at, "by"))
    if event.on not in levels:
        yield Finding(NAME, (*at, "on"), unknown("fiche inconnue", event.on, levels))
        return
    level = levels[event.on]
    if level not in tenant.who.levels:
        return
    yield from _steps(tenant, level, event.edit or {}, (*at, "edit"))
    for name, steps in (event.propose or {}).items():
        if name not in levels:
            yield Finding(NAME, (*at, "propose", name), unknown("fiche inconnue", name, levels))
        else:
            yield from _steps(tenant, levels[name], steps, (*at, "propose", name))
    axes = tenant.level(level).axes
    yield from _known("axe inconnu", [event.axis], axes, (*at, "axis"))
    moves = [move for axis in axes for move in tenant.axis(axis).moves]
    yield from _known(f"action inconnue de « {level} »", [event.move], moves, (*at, "move"))


def _steps(tenant: Tenant, level: str, steps: Mapping[str, Mapping[str, Any]], at: Path) -> Iterator[Finding]:
    known = {step.id: {f.id: f for f in step.fields} for step in tenant.steps(level)}
    for name, raws in steps.items():
        if name not in known:
            yield Finding(NAME, (*at, name), unknown(f"étape inconnue de « {level} »", name, known))
        else:
            yield from _values(known[name], raws, (*at, name), f"champ inconnu de l'étape « {name} »")


def _values(fields: Mapping[str, FormField], raws: Mapping[str, Any], at: Path, what: str) -> Iterator[Finding]:
    for name, raw in raws.items():
        if name not in fields:
            yield Finding(NAME, (*at, name), unknown(what, name, fields))
        else:
            yield from _value(fields[name], raw, (*at, name))


def _value(field: FormField, raw: Any, at: Path) -> Iterator[Finding]:
    """A value that its field would never take. What tells a day from today is judged once the day is known."""
    if field.kind in LOOKED_UP or (isinstance(raw, str) and ("{" in raw or raw.startswith("@"))):
        return
    try:
        KINDS[field.kind].clean(raw, field, Context(date.min, trusted=True))
    except Fault as fault:
        yield Finding(NAME, at, f"{field.id} : {fault.message}")
