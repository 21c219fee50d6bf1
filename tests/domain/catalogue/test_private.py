"""Nothing that a region keeps to itself reaches the public, whatever its public page asks for."""

import json
from dataclasses import replace

import pytest

from portal.domain.catalogue.checking import check_public
from portal.tenancy.schema import Fill, FormField, FormFile, PublicEvents, PublicFile, PublicItem, PublicSection, Step
from tests.support.catalogue import approve_now, published, shelf, snapshot_of
from tests.support.offer import fill, make_sheet
from tests.support.tenants import every_tenant

SECRET = "GARDEZLEPOURVOUS"
TENANTS = [t for t in every_tenant() if t.session_level and t.unit_level(t.session_level)]


def greedy(tenant):
    """The region with a public page that asks for every field there is, by every way of naming it."""
    level = str(tenant.session_level)
    names = {f"{lv}.{f}": f"{lv}_{f}" for lv in [level, *tenant.ancestors(level)] for f in tenant.fields(lv)}
    items = [PublicItem(id=item, value=f"{{{name}}}") for name, item in names.items()]
    items += [
        PublicItem(id=f"when_{item}", value="vu", when=f"filled({n})")
        for n, item in names.items()
        if _simple(tenant, n)
    ]
    title = " ".join(f"{{{name}}}" for name in names)
    rows = next(
        (f for f in tenant.fields(level).values() if f.kind == "rows" and any(not c.public for c in f.fields)), None
    )
    events = (
        PublicEvents(field=f"{level}.{rows.id}", what=" ".join(f"{{{c.id}}}" for c in rows.fields)) if rows else None
    )
    page = PublicFile(level=level, title=title, sections=[PublicSection(id="tout", items=items)], events=events)
    return replace(tenant, public=page, compiled={})


def _simple(tenant, name):
    level, _, field = name.partition(".")
    return tenant.field(level, field).kind not in ("rows", "address") and level == tenant.session_level


def private_fields(tenant):
    level = str(tenant.session_level)
    return [(lv, f) for lv in [level, *tenant.ancestors(level)] for f in tenant.fields(lv).values() if not f.public]


def whisper(value, field):
    """The stored value with the secret in every text that is not public."""
    if field.kind == "rows":
        cells = {c.id: c for c in field.fields}
        own = [
            {k: (SECRET if c in cells and not cells[c].public else v) for k, v in row.items() for c in [k]}
            for row in value or []
        ]
        return [
            {**row, **{c: SECRET for c, cell in cells.items() if not (cell.public and field.public)}} for row in own
        ]
    return SECRET if field.kind in ("text", "longtext") and not field.public else value


@pytest.mark.parametrize("tenant", TENANTS, ids=lambda t: t.slug)
def test_no_private_value_enters_whatever_the_page_asks(open_shelf, tenant):
    region = greedy(tenant)
    own = open_shelf(tenant.slug)
    own.tenant = region
    sheet = make_sheet(own.session, region, str(region.session_level), own.parent, own.holder)
    for one in (own.parent, sheet):
        while one is not None:
            fields = region.fields(one.level)
            fill(own.session, region, one, **{n: whisper(v, fields[n]) for n, v in one.data.items() if n in fields})
            one = own.session.get(type(sheet), one.parent_id) if one.parent_id else None

    approve_now(own.session, region, sheet)

    told = json.dumps([[str(v) for v in row] for row in snapshot_of(own.session, region)], ensure_ascii=False)
    assert SECRET.lower() not in told.lower(), "in no column, no item, no event, no search word"
    row = published(own.session, sheet)
    items = {i["id"] for s in row.page["sections"] for i in s["items"]}
    private = {f"{level}_{field.id}" for level, field in private_fields(region)}
    assert not items & (private | {f"when_{p}" for p in private}), "neither the value nor the fact that there is one"
    assert items, "what is public did enter"


def test_regions_do_keep_things_to_themselves():
    """Else the test above would prove nothing."""
    assert {f.id for _, f in private_fields(next(t for t in TENANTS if t.slug == "eos"))} >= {
        "commentaire",
        "bons",
        "numero_bc",
    }


def test_public_field_made_from_a_private_one_says_nothing(eos):
    own = [
        FormField(id="secret", kind="text", public=False),
        FormField(id="calcul", kind="computed", value="secret"),
        FormField(id="reprise", kind="text", fill=Fill(origin="secret", locked=True)),
        FormField(id="prive_calcule", kind="computed", value="code", public=False),
    ]
    items = [PublicItem(id=f.id, value=f"{{{f.id}}}") for f in own] + [PublicItem(id="code", value="{code}")]
    form = eos.tenant.forms["session"]
    forms = {
        **eos.tenant.forms,
        "session": FormFile(level="session", steps=[*form.steps, Step(id="essai", label="Essai", fields=own)]),
    }
    page = PublicFile(level="session", title="{title}", sections=[PublicSection(id="tout", items=items)])
    eos.tenant = replace(eos.tenant, forms=forms, public=page, compiled={})

    row = published(eos.session, eos.put(secret=SECRET))

    assert [i["id"] for s in row.page["sections"] for i in s["items"]] == ["code"]


def test_private_cell_of_public_rows_stays_out(eos):
    form = eos.tenant.forms["session"]
    steps = [s.model_copy(update={"fields": [_with_note(f) for f in s.fields]}) for s in form.steps]
    events = PublicEvents(field="session.evenements", what="{note}{description}{note}", where="{note}")
    items = [PublicItem(id="rows", value="{evenements}")]
    page = PublicFile(level="session", title="{title}", sections=[PublicSection(id="tout", items=items)], events=events)
    forms = {**eos.tenant.forms, "session": FormFile(level="session", steps=steps)}
    eos.tenant = replace(eos.tenant, forms=forms, public=page, compiled={})

    sheet = eos.put(evenements=[{"_id": "e1", "description": "Réunion", "note": SECRET, "ailleurs": SECRET}])

    told = [str(row) for row in snapshot_of(eos.session, eos.tenant)]
    assert "Réunion" in " ".join(told)
    assert not [row for row in told if SECRET.lower() in row.lower()]
    assert published(eos.session, sheet).page["sections"][0]["items"][0]["value"] == "Réunion"


def _with_note(field):
    note = FormField(id="note", public=False)
    return field.model_copy(update={"fields": [*field.fields, note]}) if field.id == "evenements" else field


def test_title_that_names_a_private_field_is_worded_without_it(eos):
    levels = eos.tenant.who.levels
    action = levels["action"].model_copy(update={"title": "{code} {note}"})
    form = FormFile(
        level="action", steps=[Step(id="essai", label="Essai", fields=[FormField(id="note", public=False)])]
    )
    who = eos.tenant.who.model_copy(update={"levels": {**levels, "action": action}})
    page = PublicFile(level="session", title="{action.title}", sections=[])
    region = replace(eos.tenant, who=who, forms={**eos.tenant.forms, "action": form}, public=page, compiled={})

    own = shelf(eos.session, region, name="AUTRE", number=2, note=SECRET)

    assert SECRET in own.parent.title
    assert published(own.session, own.put()).title == own.parent.code


@pytest.mark.parametrize("tenant", every_tenant(), ids=lambda t: t.slug)
def test_public_pages_of_the_regions_ask_for_nothing_private(tenant):
    assert list(check_public(tenant)) == []


def test_checker_names_each_fault(eos):
    sections = [
        PublicSection(id="un", items=[PublicItem(id="a", value="{commentaire} {inconnu} {dossier.bons}")]),
        PublicSection(
            id="deux", when="filled(numero_bc)", items=[PublicItem(id="b", value="{financeurs.region.effectif}")]
        ),
    ]
    events = PublicEvents(field="session.evenements", what="{nulle_part}")
    page = PublicFile(level="session", title="{title}", sections=sections, events=events)

    found = [(f.path[:2], f.message) for f in check_public(replace(eos.tenant, public=page, compiled={}))]

    private = "« %s » n'est pas public (public: false) : il ne peut pas figurer sur la page"
    assert found == [
        (("sections", 0), "nom inconnu : « inconnu » ; vouliez-vous dire « action.contenu » ?"),
        (("sections", 0), private % "commentaire"),
        (("sections", 0), private % "dossier.bons"),
        (("sections", 1), "« numero_bc » n'est pas public (public: false) : ce qui est montré ne peut pas en dépendre"),
        (("sections", 1), private % "financeurs.region.effectif"),
        (("events",), "nom inconnu dans une ligne : « nulle_part »"),
    ]
