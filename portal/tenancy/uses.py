"""Names that the desk, the flows, the mails and the overrides use: each must be one the rest of the folder defines."""

from collections.abc import Iterable, Iterator

from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema.flows import AMENDED
from portal.tenancy.tenant import Tenant
from portal.tenancy.uses_of_trees import tree_findings


def uses_findings(tenant: Tenant) -> Iterator[Finding]:
    """Every use of a name that the folder does not define."""
    for check in (_desk, tree_findings, _lists, _flows, _mails, _overrides, _first_rows):
        yield from check(tenant)


def missing(
    file: str, path: tuple[str | int, ...], what: str, names: Iterable[str], known: Iterable[str]
) -> Iterator[Finding]:
    """A finding for each name that is not known."""
    known = list(known)
    for i, name in enumerate(names):
        if name not in known:
            yield Finding(file, (*path, i), unknown(what, name, known))


def _desk(tenant: Tenant) -> Iterator[Finding]:
    desk, file, who = tenant.desk, "desk.yaml", tenant.who
    yield from missing(file, ("home",), "rôle inconnu", desk.home, who.roles)
    for group, things in (("tasks", desk.tasks), ("counters", desk.counters), ("lists", desk.lists)):
        for name, thing in things.items():
            yield from missing(file, (group, name, "level"), "niveau inconnu", [thing.level], who.levels)
            yield from missing(file, (group, name, "roles"), "rôle inconnu", thing.roles, who.roles)
    for name, task in desk.tasks.items():
        yield from missing(file, ("tasks", name, "states"), "axe inconnu", task.states, tenant.workflow.axes)
        for axis_id in task.states.keys() & tenant.workflow.axes.keys():
            states, at = tenant.workflow.axes[axis_id].states, ("tasks", name, "states", axis_id)
            yield from missing(file, at, "état inconnu", task.states[axis_id], states)
        if task.group:
            yield from missing(file, ("tasks", name, "group"), "niveau inconnu", [task.group], who.levels)
    for name, counter in desk.counters.items():
        yield from missing(file, ("counters", name, "list"), "liste inconnue", [counter.list], desk.lists)
    for name, view in desk.lists.items():
        for i, column in enumerate(view.columns):
            if column.link:
                yield from _tied(tenant, view.level, column.link, ("lists", name, "columns", i, "link"), column.value)
        for i, export in enumerate(view.exports):
            together = ("lists", name, "exports", i, "together")
            yield from missing(file, together, "liste inconnue", export.together, desk.lists)
    for level, tabs in desk.tabs.items():
        for i, tab in enumerate(tabs):
            if tab.list:
                yield from missing(file, ("tabs", level, i, "list"), "liste inconnue", [tab.list], desk.lists)
            if tab.tree or tab.show == "tree":
                yield from missing(
                    file, ("tabs", level, i, "tree"), "arborescence inconnue", [tab.tree or ""], desk.trees
                )
            if tab.link or tab.show == "linked":
                yield from _tied(tenant, level, tab.link, ("tabs", level, i, "link"))
            if tab.text:
                yield from missing(file, ("tabs", level, i, "text"), "aide inconnue", [tab.text], tenant.help)
            if tab.form:
                steps = [s.id for s in tenant.steps(level)]
                yield from missing(file, ("tabs", level, i, "form"), "étape inconnue", [tab.form], steps)
    for group in ("tabs", "headers", "banner", "creations"):
        yield from missing(file, (group,), "niveau inconnu", getattr(desk, group), who.levels)
    yield from missing(file, ("ranks", "levels"), "niveau inconnu", desk.ranks.levels if desk.ranks else [], who.levels)
    for level, creation in desk.creations.items():
        if creation.choice and level in who.levels:
            place = ("creations", level, "choice")
            yield from missing(file, place, "champ inconnu", [creation.choice], tenant.fields(level))
    groups = {counter.group for counter in desk.counters.values() if counter.group}
    yield from missing(file, ("counter_notes",), "titre de compteurs inconnu", desk.counter_notes, groups)


def _tied(
    tenant: Tenant, level: str, link: str | None, at: tuple[str | int, ...], above: str | None = None
) -> Iterator[Finding]:
    """A link that a level is not an end of; or a level that is not above its other end."""
    ends = {name: (one.origin, one.to) for name, one in tenant.who.links.items() if level in (one.origin, one.to)}
    if link is None:
        yield Finding("desk.yaml", at[:-1], "« link » manque : quel lien montrer ?")
    elif link not in ends:
        yield Finding("desk.yaml", at, unknown("lien inconnu", link, ends))
    elif above is not None:
        there = next((end for end in ends[link] if end != level), level)
        known = [there, *tenant.ancestors(there)]
        yield from missing("desk.yaml", (*at[:-1], "value"), "niveau inconnu", [above], known)


def _triggers(tenant: Tenant) -> list[str]:
    return [f"{a}.{m}" for a, axis in tenant.workflow.axes.items() for m in axis.moves]


def _flows(tenant: Tenant) -> Iterator[Finding]:
    file, targets, triggers = "flows.yaml", tenant.flows.targets, _triggers(tenant)
    for i, flow in enumerate(tenant.flows.flows):
        yield from missing(file, ("flows", i, "target"), "destinataire inconnu", [flow.target], targets)
        yield from missing(file, ("flows", i, "on"), "action inconnue", flow.on, [*triggers, AMENDED])
        yield from missing(file, ("flows", i, "withdraw_on"), "action inconnue", flow.withdraw_on, triggers)
        yield from missing(file, ("flows", i, "via"), "destinataire inconnu", _said(flow.via), targets)
        yield from missing(file, ("flows", i, "after"), "destinataire inconnu", _said(flow.after), targets)
        if not flow.on and not flow.via and not flow.after:
            yield Finding(file, ("flows", i), "un flux dit son déclencheur : « on », « via » ou « after »")
        elif flow.target in targets and not flow.via and targets[flow.target].outlet is None:
            yield Finding(file, ("flows", i, "target"), f"« {flow.target} » n'a pas de voie d'envoi (outlet)")


EVENTS = ("delivery.failed", "delivery.rejected", "correction.answered", "correction.waived", "correction.withdrawn")


def _mails(tenant: Tenant) -> Iterator[Finding]:
    known = [*_triggers(tenant), *EVENTS]
    for name, mail in tenant.mails.mails.items():
        if mail.on and mail.on not in known:
            yield Finding("mails.yaml", ("mails", name, "on"), unknown("action inconnue", mail.on, known))
        for i, to in enumerate(mail.to):
            kind, _, rest = to.partition(":")
            if kind not in ("organisation", "role", "field", "author"):
                message = unknown(
                    "destinataire inconnu", to, ["organisation", "role:<rôle>", "field:<champ>", "author"]
                )
                yield Finding("mails.yaml", ("mails", name, "to", i), message)
            elif kind == "role" and rest not in tenant.who.roles:
                yield Finding("mails.yaml", ("mails", name, "to", i), unknown("rôle inconnu", rest, tenant.who.roles))


def _lists(tenant: Tenant) -> Iterator[Finding]:
    axes = tenant.workflow.axes
    for name, view in tenant.desk.lists.items():
        carried, at = tenant.level(view.level).axes if view.level in tenant.who.levels else axes, ("lists", name)
        below = tenant.descendants(view.level) if view.level in tenant.who.levels else []
        for c, column in enumerate(view.columns):
            for key in ("state", "since"):
                axis = getattr(column, key)
                yield from missing("desk.yaml", (*at, "columns", c, key), "axe inconnu", _said(axis), carried)
        for f, item in enumerate(view.filters):
            asked = tenant.level(item.of).axes if item.of in below and item.of else carried
            yield from missing("desk.yaml", (*at, "filters", f, "of"), "niveau inconnu", _said(item.of), below)
            yield from missing("desk.yaml", (*at, "filters", f, "axis"), "axe inconnu", _said(item.axis), asked)
        for e, export in enumerate(view.exports):
            known = {c.id for c in (*view.columns, *export.extra)}
            yield from missing("desk.yaml", (*at, "exports", e, "columns"), "colonne inconnue", export.columns, known)
            yield from missing("desk.yaml", (*at, "exports", e, "below"), "niveau inconnu", _said(export.below), below)
            for c, column in enumerate(export.extra):
                levels = [view.level, *below]
                yield from missing(
                    "desk.yaml", (*at, "exports", e, "extra", c, "of"), "niveau inconnu", _said(column.of), levels
                )


def _said(name: str | None) -> list[str]:
    return [] if name is None else [name]


def _overrides(tenant: Tenant) -> Iterator[Finding]:
    words, steps = _labels(tenant), [f"{lv}.{s.id}" for lv in tenant.forms for s in tenant.steps(lv)]
    for i, override in enumerate(tenant.overrides):
        for key in override.labels:
            if key not in words:
                yield Finding("overrides.yaml", (i, "labels", key), unknown("mots inconnus", key, words))
        for key in override.steps:
            if key not in steps:
                yield Finding("overrides.yaml", (i, "steps", key), unknown("étape inconnue", key, steps))


def _labels(tenant: Tenant) -> set[str]:
    """The words an override may change, by key."""
    axes = tenant.workflow.axes
    names = {f"{lv}.{f}" for lv in tenant.forms for f in tenant.fields(lv)}
    names |= {f"{kind}.{lv}.{s.id}" for lv in tenant.forms for s in tenant.steps(lv) for kind in ("step", "button")}
    names |= {f"create.{lv}" for lv, level in tenant.who.levels.items() if level.creatable}
    names |= {f"state.{a}.{s}" for a, axis in axes.items() for s in axis.states}
    names |= {f"move.{a}.{m}" for a, axis in axes.items() for m in axis.moves}
    return names | {f"list.{name}" for name in tenant.desk.lists}


def _first_rows(tenant: Tenant) -> Iterator[Finding]:
    for level, form in tenant.forms.items():
        for i, step in enumerate(form.steps):
            for j, field in enumerate(step.fields):
                at = ("steps", i, "fields", j, "rows", "first")
                first = field.rows.first if field.rows else {}
                for key, cells in first.items():
                    keys = (field.rows.keys if field.rows else None) or {}
                    if key not in keys:
                        yield Finding(f"forms/{level}.yaml", (*at, key), unknown("ligne inconnue", key, keys))
                    known = [cell.id for cell in field.fields]
                    for cell in cells:
                        if cell not in known:
                            yield Finding(
                                f"forms/{level}.yaml", (*at, key, cell), unknown("champ inconnu", cell, known)
                            )
