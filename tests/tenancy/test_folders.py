"""The folders that exist: all sound, and between them nothing the schema can say is left unsaid."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from portal.tenancy import schema
from portal.tenancy.tenant import Tenant
from tests.support.tenants import FOLDERS, every_tenant, tenant_named

PARTS = ("who", "workflow", "desk", "flows", "mails", "public", "imports")


def parts_of(tenant: Tenant) -> Iterator[BaseModel]:
    """Every file of a region, as the schema read it."""
    yield from (part for name in PARTS if (part := getattr(tenant, name)) is not None)
    yield from (*tenant.forms.values(), *tenant.overrides)


def said(model: object, keys: dict[type[BaseModel], set[str]]) -> None:
    """Note which keys were written, in every part of a region."""
    if isinstance(model, BaseModel):
        keys[type(model)] |= model.model_fields_set
        model = [getattr(model, name) for name in model.model_fields_set]
    if isinstance(model, dict):
        model = list(model.values())
    for inner in model if isinstance(model, list) else []:
        said(inner, keys)


def models() -> Iterator[type[BaseModel]]:
    """Every documented part of the schema."""
    for part in vars(schema).values():
        if isinstance(part, type) and issubclass(part, BaseModel) and "root" not in part.model_fields:
            yield part


def test_every_folder_is_sound() -> None:
    """The regions, the model and those of the tests load without a fault; there are some of each."""
    assert {"eos", "modele", "declare", "revue", "plan"} <= {tenant.slug for tenant in every_tenant()}


def test_every_key_of_the_schema_is_used_somewhere() -> None:
    """A key that no folder writes is a key that no test reads."""
    keys: dict[type[BaseModel], set[str]] = defaultdict(set)
    for tenant in every_tenant():
        for part in parts_of(tenant):
            said(part, keys)
    unsaid = {f"{m.__name__}.{name}" for m in {*models(), *keys} for name in m.model_fields if name not in keys[m]}
    assert unsaid == UNSAID


UNSAID = {
    "Migration.kinds", "Migration.states", "WorkflowFile.migrate",  # said only by the second version of a region
}  # fmt: skip


@pytest.mark.parametrize("tenant", every_tenant(), ids=lambda t: t.slug)
def test_folders_hold_no_program(tenant: Tenant) -> None:
    """A region is words: YAML, Markdown, and nothing that runs."""
    endings = {name.rpartition(".")[2] for name in tenant.files if name != "README.md"}
    assert endings <= {"yaml", "md"}


def test_no_folder_of_a_region_holds_python() -> None:
    """Nor beside what is read."""
    assert [path for root in FOLDERS for path in root.rglob("*.py")] == []


def test_levels_know_their_relatives() -> None:
    """Ancestors from the parent upward, descendants nearest first."""
    plan = tenant_named("plan")
    assert plan.ancestors("session") == ["groupe", "module", "dispositif"]
    assert plan.descendants("dispositif") == ["module", "groupe", "session"]
    assert plan.children("parcours") == ["uf"]
    assert plan.session_level == "session"


@pytest.mark.parametrize(
    ("slug", "level", "unit", "axis"),
    [
        ("eos", "session", "session", "session"),
        ("eos", "dossier", None, None),
        ("revue", "session", "action", None),
        ("revue", "dispositif", "action", None),
        ("revue", "formation", None, None),
    ],
)
def test_what_is_validated_together(slug: str, level: str, unit: str | None, axis: str | None) -> None:
    """The unit of a sheet is its own level or the nearest above that carries an axis of validation."""
    assert tenant_named(slug).unit_level(level) == unit
    assert tenant_named(slug).unit_axis(level) == axis


def test_a_move_may_belong_to_different_roles_by_state() -> None:
    """`from: {s2: [ingenieur], s3: [difor]}`."""
    retour = tenant_named("plan").axis("statut").moves["retour"]
    assert [retour.roles_from(state) for state in ("s2", "s3", "s4")] == [["ingenieur"], ["difor"], ["gestionnaire"]]


def test_what_happens_by_itself_is_known_as_such() -> None:
    """By time, by completion, by a change, by a receipt; a pressed move is none of these."""
    publication, validation = (
        tenant_named("plan").axis("publication").moves,
        tenant_named("revue").axis("validation").moves,
    )
    assert [(m.automatic, m.timed) for m in (publication["fermer"], publication["clore_avis"])] == [(True, True)] * 2
    assert [(validation[m].automatic, validation[m].timed) for m in ("rouvrir", "recu", "valider")] == [
        (True, False), (True, False), (False, False),
    ]  # fmt: skip


def test_short_forms_mean_the_long_ones() -> None:
    """One name for a list of one, `true` for a confirmation without words, a list for choices that name themselves."""
    plan = tenant_named("plan")
    assert list(plan.axis("statut").moves["voir"].sources) == ["s2"]
    assert plan.axis("statut").moves["supprimer"].confirm is not None
    assert plan.axis("statut").moves["voir"].confirm is None
    perimetre = plan.field("groupe", "perimetre")
    assert perimetre is not None
    assert perimetre.choices == {"Calvados": "Calvados", "Manche": "Manche", "Orne": "Orne"}
