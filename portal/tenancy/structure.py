"""Names that one file of a folder gives and another uses: levels, roles, axes, states, targets. No fault may pass."""

from collections.abc import Iterator
from typing import Any

from portal.tenancy.faults import Finding, unknown
from portal.tenancy.schema import Axis, Level, Move
from portal.tenancy.tenant import Tenant
from portal.tenancy.uses import missing, uses_findings

EFFECTS = frozenset({"revise", "publish", "withdraw", "amend", "apply", "delete"})
RESERVED = frozenset(
    {"accessibilite", "activation", "api", "communes", "compte", "connexion", "deconnexion", "donnees-personnelles"}
    | {"healthz", "metrics", "mot-de-passe", "readyz", "recherche", "static", "theme"}
)  # the portal's own first words of an address: a region may not stand there
MIN_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


def structural_findings(tenant: Tenant) -> Iterator[Finding]:
    """Every reference of the folder to a name it does not define."""
    if tenant.slug in RESERVED:
        yield Finding(
            "tenant.yaml", ("slug",), f"« {tenant.slug} » est une adresse du portail : choisissez un autre nom"
        )
    for check in (_theme, _levels, _programmes, _forms, _axes, _locks, uses_findings):
        yield from check(tenant)


def _theme(tenant: Tenant) -> Iterator[Finding]:
    theme = tenant.who.theme
    for key in ("brand", "accent", "ink"):
        value = getattr(theme, key)
        if luminance(value) is None:
            yield Finding("tenant.yaml", ("theme", key), f"couleur attendue, de la forme #0c5a8a, lue « {value} »")
    ink, brand = luminance(theme.ink), luminance(theme.brand)
    if ink is not None and brand is not None and (ratio := contrast(ink, brand)) < MIN_CONTRAST:
        words = (
            f"contraste insuffisant entre le texte et la couleur de la région : {ratio:.1f} (au moins {MIN_CONTRAST})"
        )
        yield Finding("tenant.yaml", ("theme", "brand"), words.replace(".", ","))


def luminance(colour: str) -> float | None:
    """Relative luminance of `#rrggbb` (WCAG 2.2), or None when it is not a colour."""
    try:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    except ValueError:
        return None
    if len(colour) != 7 or colour[0] != "#":
        return None
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: float, b: float) -> float:
    """Contrast ratio of two luminances (WCAG 2.2)."""
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def _levels(tenant: Tenant) -> Iterator[Finding]:
    who, file = tenant.who, "tenant.yaml"
    for name, level in who.levels.items():
        at = ("levels", name)
        if level.parent is not None:
            yield from missing(file, (*at, "parent"), "niveau inconnu", [level.parent], who.levels)
        if level.parent == name or name in tenant.ancestors(name):
            yield Finding(file, (*at, "parent"), f"le niveau « {name} » est son propre ancêtre")
        yield from missing(file, (*at, "axes"), "axe inconnu", level.axes, tenant.workflow.axes)
        if level.creatable:
            yield from missing(file, (*at, "creatable", "by"), "rôle inconnu", level.creatable.by, who.roles)
            yield from _endings(tenant, name, level, (*at, "creatable", "then"))
        yield from missing(file, (*at, "edit"), "rôle inconnu", level.edit, who.roles)
        if level.deletable:
            yield from missing(file, (*at, "deletable", "by"), "rôle inconnu", level.deletable.by, who.roles)
            if level.axes:
                words = "ce niveau a des axes : une action qui a l'effet « delete » le supprime"
                yield Finding(file, (*at, "deletable"), words)
        if level.amends and level.parent is None:
            yield Finding(file, (*at, "amends"), "une demande porte sur un niveau parent : « parent » manque")
    for name, role in who.roles.items():
        if role.scope not in ("organisation", "tenant"):
            yield from missing(
                file, ("roles", name, "scope"), "portée inconnue", [role.scope], [*who.levels, "organisation", "tenant"]
            )
    for name, link in who.links.items():
        yield from missing(file, ("links", name, "from"), "niveau inconnu", [link.origin], who.levels)
        yield from missing(file, ("links", name, "to"), "niveau inconnu", [link.to], who.levels)


def _endings(tenant: Tenant, name: str, level: Level, at: tuple[str, ...]) -> Iterator[Finding]:
    """What the buttons that end the entry of a sheet go on to: a level just below, a move that is pressed."""
    assert level.creatable is not None
    below = [n for n, lv in tenant.who.levels.items() if lv.parent == name and lv.creatable]
    axes = [tenant.workflow.axes[a] for a in level.axes if a in tenant.workflow.axes]
    moves = [m for axis in axes for m, move in axis.moves.items() if not move.automatic]
    for i, then in enumerate(level.creatable.then):
        for key, named, known, what in (
            ("create", then.create, below, "niveau inconnu"),
            ("move", then.move, moves, "action inconnue"),
        ):
            if named is not None and named not in known:
                yield Finding("tenant.yaml", (*at, i, key), unknown(what, named, known))


def _programmes(tenant: Tenant) -> Iterator[Finding]:
    used = {step.feature for form in tenant.forms.values() for step in form.steps if step.feature}
    for name, programme in tenant.who.programmes.items():
        path = ("programmes", name, "features")
        yield from missing("tenant.yaml", path, "bloc inconnu des formulaires", programme.features, used)


def _forms(tenant: Tenant) -> Iterator[Finding]:
    for name, form in tenant.forms.items():
        file = f"forms/{name}.yaml"
        if form.level != name:
            yield Finding(file, ("level",), f"le fichier {name}.yaml décrit le niveau « {form.level} »")
        yield from missing(file, ("level",), "niveau inconnu", [form.level], tenant.who.levels)
        steps: set[str] = set()
        seen: set[str] = set()
        for i, step in enumerate(form.steps):
            if step.id in steps:
                yield Finding(file, ("steps", i, "id"), f"étape « {step.id} » déjà définie")
            steps.add(step.id)
            if step.help and step.help not in tenant.help:
                yield Finding(file, ("steps", i, "help"), unknown("aide inconnue", step.help, tenant.help))
            for j, field in enumerate(step.fields):
                if field.id in seen:
                    yield Finding(file, ("steps", i, "fields", j, "id"), f"champ « {field.id} » déjà défini")
                seen.add(field.id)


def _axes(tenant: Tenant) -> Iterator[Finding]:
    file = "workflow.yaml"
    for name, axis in tenant.workflow.axes.items():
        at = ("axes", name)
        if not any(name in level.axes for level in tenant.who.levels.values()):
            yield Finding(file, at, f"aucun niveau ne porte l'axe « {name} »")
        if axis.unit:
            names = [axis.unit.level, *axis.unit.ancestors]
            yield from missing(file, (*at, "unit"), "niveau inconnu", names, tenant.who.levels)
        if axis.derived is not None:
            continue
        yield from missing(file, (*at, "initial"), "état inconnu", [axis.initial or ""], axis.states)
        for state_id, state in axis.states.items():
            path = (*at, "states", state_id)
            yield from missing(file, (*path, "edit"), "rôle inconnu", state.edit, tenant.who.roles)
            if state.holder:
                yield from missing(file, (*path, "holder"), "rôle inconnu", [state.holder], tenant.who.roles)
        for move_id, move in axis.moves.items():
            yield from _move(tenant, axis, move, (*at, "moves", move_id))
        yield from _unreachable(name, axis)


def _four_eyes(axis: Axis, move: Move, at: tuple[str, ...]) -> Iterator[Finding]:
    """Moves that somebody makes, other than itself: nobody is behind a move that happens by itself."""
    pressed = [name for name, one in axis.moves.items() if not one.automatic and one is not move]
    what = "action inconnue, ou que personne ne fait avant celle-ci"
    yield from missing("workflow.yaml", at, what, move.four_eyes, pressed)
    if move.four_eyes and move.automatic:
        yield Finding("workflow.yaml", at, "cette action se fait d'elle-même : personne n'a à la refuser")


def _move(tenant: Tenant, axis: Axis, move: Move, at: tuple[str, ...]) -> Iterator[Finding]:
    file = "workflow.yaml"
    yield from missing(file, (*at, "from"), "état inconnu", move.sources, axis.states)
    yield from missing(file, (*at, "to"), "état inconnu", [move.to] if move.to else [], axis.states)
    yield from _four_eyes(axis, move, (*at, "four_eyes"))
    roles = {*move.by, *(r for names in move.sources.values() for r in names or [])}
    yield from missing(file, (*at, "by"), "rôle inconnu", sorted(roles), tenant.who.roles)
    yield from missing(file, (*at, "effects"), "effet inconnu", move.effects, EFFECTS)
    if not move.automatic and not roles:
        yield Finding(file, at, "« by » manque : qui peut faire cette action ?")
    if not move.automatic and not move.label:
        yield Finding(file, at, "« label » manque : comment s'appelle le bouton ?")
    for other, states in move.within.items():
        if other not in tenant.workflow.axes:
            yield Finding(file, (*at, "in", other), unknown("axe inconnu", other, tenant.workflow.axes))
        else:
            yield from missing(file, (*at, "in", other), "état inconnu", states, tenant.workflow.axes[other].states)
    if move.after:
        yield from missing(file, (*at, "after", "of"), "état inconnu", [move.after.of], axis.states)
        if not any((move.after.days, move.after.working_days, move.after.hours)):
            yield Finding(file, (*at, "after"), "un délai en days, working_days ou hours est attendu")
    if move.target and move.target not in tenant.flows.targets:
        yield Finding(file, (*at, "target"), unknown("destinataire inconnu", move.target, tenant.flows.targets))


def _unreachable(name: str, axis: Axis) -> Iterator[Finding]:
    named = {
        axis.initial,
        *(m.to for m in axis.moves.values() if m.to),
        *(s for m in axis.moves.values() for s in m.sources),
    }
    if not named <= set(axis.states):
        return  # a misspelt state is already told; what it leaves unreached is no second fault
    reached, todo = set(), [axis.initial]
    while todo:
        state = todo.pop()
        if state in reached or state is None:
            continue
        reached.add(state)
        todo += [m.to for m in axis.moves.values() if m.to and (not m.sources or state in m.sources)]
    for state in axis.states:
        if state not in reached and axis.moves:
            yield Finding("workflow.yaml", ("axes", name, "states", state), f"l'état « {state} » n'est jamais atteint")


def _locks(tenant: Tenant) -> Iterator[Finding]:
    file = "workflow.yaml"
    for i, lock in enumerate(tenant.workflow.locks):
        if lock.level:
            yield from missing(file, ("locks", i, "level"), "niveau inconnu", [lock.level], tenant.who.levels)
        if lock.axis and lock.axis not in tenant.workflow.axes:
            yield Finding(file, ("locks", i, "axis"), unknown("axe inconnu", lock.axis, tenant.workflow.axes))
        elif lock.axis:
            states = tenant.workflow.axes[lock.axis].states
            yield from missing(file, ("locks", i, "states"), "état inconnu", lock.states, states)
        known = lock_fields(tenant, lock)
        for key, names in (("fields", lock.fields), ("except", lock.excluded)):
            yield from missing(file, ("locks", i, key), "champ inconnu", names, [*known, "*"])
    known = [f"{level}.{f}" for level in tenant.forms for f in tenant.fields(level)]
    yield from missing(file, ("revalidation", "exempt"), "champ inconnu", tenant.workflow.revalidation.exempt, known)


def lock_fields(tenant: Tenant, lock: Any) -> list[str]:
    """The fields a lock may name: those of its level, or of the levels that carry its axis."""
    levels = [lock.level] if lock.level else [n for n, lv in tenant.who.levels.items() if lock.axis in lv.axes]
    below = [d for lv in levels if lv in tenant.who.levels for d in tenant.descendants(lv)]
    names = [f for lv in levels for f in tenant.fields(lv)]
    return names + [f"{lv}.{f}" for lv in [*levels, *below] for f in tenant.fields(lv)]
