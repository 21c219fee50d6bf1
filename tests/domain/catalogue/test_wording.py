"""The words of a public page: rows, sheets below, contacts, and what a pattern says where a name is empty."""

from dataclasses import replace

from portal.domain.catalogue.checking import check_public
from portal.domain.catalogue.queries import events_of
from portal.tenancy.schema import PublicEvents, PublicFile, PublicGroup, PublicItem, PublicSection
from tests.support.catalogue import approve_now, published
from tests.support.offer import make_sheet
from tests.support.tenants import tenant_named


def items_of(own, items, *, each=None, events=None, below=(), **values):
    """The items a session shows under a page that has these alone; `below` are the sheets under it."""
    page = PublicFile(title="{title}", sections=[PublicSection(id="un", items=items, each=each)], events=events)
    own.tenant = replace(own.tenant, public=page, compiled={})
    sheet = make_sheet(own.session, own.tenant, str(own.tenant.session_level), own.parent, own.holder, **values)
    for level, said in below:
        make_sheet(own.session, own.tenant, level, sheet, own.holder, **said)
    approve_now(own.session, own.tenant, sheet)
    return next(iter(published(own.session, sheet).page["sections"]), {"items": []})["items"]


def test_each_row_is_a_line(eos):
    rows = [
        {"_id": "a", "type": "test", "date_debut": "2026-05-04", "description": "Écrit"},
        {"_id": "b", "type": "bilan", "date_debut": "2026-06-01", "description": ""},
    ]

    said = items_of(
        eos,
        [PublicItem(id="dates", each="evenements", value="{type}, {date_debut} : {description}", kind="paragraph")],
        evenements=rows,
    )

    assert [item["value"] for item in said] == ["Test, 04/05/2026 : Écrit\nBilan, 01/06/2026"]


def test_no_row_says_nothing(eos):
    assert items_of(eos, [PublicItem(id="dates", each="evenements", value="{type}")], evenements=[]) == []


def test_each_sheet_below_says_its_items_in_its_own_words(open_shelf):
    items = [
        PublicItem(id="type", value="{type}"),
        PublicItem(id="reste", label="Reste :", value="{restantes}", when="places > 1"),
    ]
    below = [
        ("dispositif", {"type": "e2c", "places": 12, "restantes": 3}),
        ("dispositif", {"type": "e2c", "places": 1, "restantes": 1}),
    ]

    said = items_of(open_shelf("revue"), items, each="dispositif", below=below)

    assert [(item["sheet"], item["id"], item["value"]) for item in said] == [
        (1, "type", "École de la deuxième chance"), (1, "reste", "3"), (2, "type", "École de la deuxième chance"),
    ]  # fmt: skip


def test_part_of_a_value_is_strong(eos):
    said = items_of(eos, [PublicItem(id="ref", value="{dossier.code}-{action.code}-{code}", strong="{code}")])

    assert said[0]["value"].endswith("-" + said[0]["strong"])


def test_an_empty_name_takes_its_sign_with_it(eos):
    values = {"libelle_public": "Soudeur", "commentaire_dates": None, "contact_nom": "Claire"}
    pattern = "{libelle_public} - {commentaire_dates} - {contact_nom}"

    assert items_of(eos, [PublicItem(id="a", value=pattern)], **values)[0]["value"] == "Soudeur - Claire"


def test_a_meeting_from_afar_says_so(open_shelf):
    own = open_shelf("sofi")
    rows = [{"_id": "a", "type": "infocoll", "date": "2026-05-04", "heure_debut": "09:00", "a_distance": True}]
    events = PublicEvents(field="session.infos_collectives", where="{lieu.commune}")
    page = PublicFile(title="{title}", sections=[], events=events)
    own.tenant = replace(own.tenant, public=page, compiled={})

    sheet = own.put(infos_collectives=rows, date_debut="2026-06-01", date_fin="2026-07-01")

    assert [e.place for e in events_of(own.session, published(own.session, sheet))] == ["À distance"]


def test_the_checker_reads_rows_levels_and_catalogues():
    region = tenant_named("revue")
    sections = [
        PublicSection(id="a", each="formation", items=[]),
        PublicSection(id="b", each="dispositif", items=[PublicItem(id="x", value="{places} {nulle_part}")]),
        PublicSection(id="c", items=[PublicItem(id="y", each="intervenants", value="{heures} {rien}")]),
    ]
    catalogue = region.public.catalogues["e2c"]
    columns = [
        catalogue.columns[0].model_copy(update={"value": "session.referent"}),
        catalogue.columns[0].model_copy(update={"value": "b.x"}),
    ]
    wrong = catalogue.model_copy(update={"programmes": ["fse"], "columns": columns})
    page = PublicFile(title="{title}", sections=sections, catalogues={"e2c": wrong})

    found = [(f.path, f.message) for f in check_public(replace(region, public=page, compiled={}))]

    private = "« intervenants » n'est pas public (public: false) : il ne peut pas figurer sur la page"
    assert found == [
        (("sections", 0, "each"), "« formation » n'est pas un niveau au-dessous de « session »"),
        (("sections", 1, "items", 0, "value"), "nom inconnu : « nulle_part »"),
        (("sections", 2, "items", 0, "each"), private),
        (("sections", 2, "items", 0, "value"), "nom inconnu dans une ligne : « rien »"),
        (("catalogues", "e2c", "programmes"), "programme inconnu : « fse »"),
        (
            ("catalogues", "e2c", "columns", 0, "value"),
            "« session.referent » n'est ni un fait de la session, ni une ligne de la page publique",
        ),
        (("catalogues", "e2c", "columns", 1, "id"), "colonne en double : « code »"),
    ]


def test_the_checker_reads_the_page_of_a_group():
    region = tenant_named("revue")
    sections = [PublicSection(id="a", items=[PublicItem(id="x", value="{code}")])]
    group = PublicGroup(
        level="dispositif", title="{nulle_part}", session="{referent}", once=["a", "b"], facts=["a.x", "a.y"]
    )
    page = PublicFile(title="{title}", sections=sections, group=group)

    found = [(f.path, f.message) for f in check_public(replace(region, public=page, compiled={}))]

    said = dict(found)
    assert [path for path, _ in found] == [
        ("group", "level"), ("group", "title"), ("group", "session"), ("group", "once", 1), ("group", "facts", 1),
    ]  # fmt: skip
    assert said["group", "level"].startswith("niveau qui n'est pas au-dessus de « session » : « dispositif »")
    assert said["group", "title"].startswith("nom inconnu : « nulle_part »")
    assert said["group", "session"].startswith("« referent » n'est pas public")
    assert said["group", "once", 1].startswith("section inconnue « b »")
    assert said["group", "facts", 1].startswith("ligne inconnue « a.y »")


def test_a_button_is_said_and_no_session_is_found_by_its_words(open_shelf):
    own = open_shelf("revue")

    sheet = own.put(date_debut="2026-06-01", date_fin="2026-07-01")

    row = published(own.session, sheet)
    (button,) = [i for section in row.page["sections"] for i in section["items"] if i["kind"] == "action"]
    assert (button["value"], button["registration"]) == ("S'inscrire", True)
    assert "inscr" not in str(row.words)
