"""Fields that choose in the directory: what they offer, show and give to others, and what revisions keep of it."""

import uuid

import pytest

from portal.domain.entry.mirrors import refresh_mirrors
from portal.domain.fields import KINDS, Fault
from portal.domain.organisations.directory import Entry, KeptDirectory
from portal.domain.sheets.compare import compare
from portal.domain.sheets.nodes import load_nodes_by_ids, unit_of
from portal.domain.sheets.revisions import amend, approve, freeze_unit
from portal.domain.sheets.view import View
from tests.support.directory import ADDRESS, contact, site
from tests.support.offer import AT, TODAY, make_sheet, organisation


def labels(view: View, name: str) -> list[str]:
    return [words for _, words in view.context.options.get(name, [])]


def test_a_site_is_called_as_the_region_says(kept):
    site(kept.session, kept.holder)

    assert labels(kept.view(), "lieu") == ["36364 - Carif-Oref - Principal"]


def test_only_the_sites_of_one_s_own_organisation_are_offered_and_every_organisation_is(kept):
    other = organisation(kept.session, "Ailleurs", 2)
    site(kept.session, other, "Leur site")
    site(kept.session, kept.holder, "Le nôtre")
    contact(kept.session, other, "Un autre")

    view = kept.view()

    assert labels(view, "lieu") == ["36364 - Carif-Oref - Le nôtre"]
    assert labels(view, "referent") == []
    assert labels(view, "partenaire") == ["Ailleurs", "Carif-Oref"]


def test_a_person_is_chosen_inside_rows(kept):
    chosen = contact(kept.session, kept.holder)
    kept.sheet.data = {**kept.sheet.data, "intervenants": [{"_id": "a1", "personne": str(chosen.id)}]}
    kept.session.flush()

    view = kept.view()

    assert "1902, Ida Lot" in view.show("intervenants")
    assert labels(view, "intervenants.personne") == labels(view, "referent")


def test_what_is_not_offered_is_refused(kept):
    site(kept.session, kept.holder)
    theirs = site(kept.session, organisation(kept.session, "Ailleurs", 2))
    field = kept.tenant.field("session", "lieu")

    with pytest.raises(Fault):
        KINDS["site"].clean(str(theirs.id), field, kept.view().context)


def test_a_site_no_longer_offered_keeps_its_name_where_it_was_chosen_and_there_alone(kept):
    old = site(kept.session, kept.holder, "Ancien", offered=False)
    assert labels(kept.view(), "lieu") == []

    view = kept.choose(lieu=old.id)

    assert view.show("lieu") == "36364 - Carif-Oref - Ancien"
    assert KINDS["site"].clean(str(old.id), kept.tenant.field("session", "lieu"), view.context) == str(old.id)


def test_the_site_gives_the_place_of_the_session(kept):
    chosen = site(kept.session, kept.holder)

    view = kept.choose(lieu=chosen.id)
    refresh_mirrors(kept.sheet, view)

    assert view.stored("lieu.address.insee") == "44109"
    assert view.stored("adresse") == ADDRESS
    assert view.show("adresse") == view.show("lieu.adresse") == "8 rue Arago, 44000 Nantes"
    assert view.show("lieu.code") == "36364"
    assert kept.sheet.insee == "44109"


def test_a_sheet_without_a_choice_has_no_place(kept):
    assert kept.view().stored("lieu.address") is None
    assert kept.choose(lieu="pas un identifiant").stored("lieu.address") is None


def test_a_revision_reads_the_same_once_the_site_has_changed_and_gone(kept):
    chosen = site(kept.session, kept.holder)
    action = kept.sheet.parent
    view = kept.choose(lieu=chosen.id)
    unit = view.of(view.node.ancestor("action")).node
    revision = freeze_unit(kept.session, kept.tenant, action, unit, "validation", actor=kept.of, at=AT)
    chosen.name, chosen.address = "Autre nom", {**ADDRESS, "commune": "Rezé", "insee": "44143"}
    kept.session.flush()

    node = unit_of(revision.snapshot).at_level("session")[0]
    frozen = View(kept.tenant, node, TODAY)

    assert frozen.show("lieu") == "36364 - Carif-Oref - Principal"
    assert frozen.stored("adresse")["insee"] == "44109"
    assert kept.view().show("lieu") == "36364 - Carif-Oref - Autre nom"
    moved = [d for d in compare(frozen, kept.view()) if d.field == "adresse"]
    assert [(d.old_shown, d.new_shown) for d in moved] == [("8 rue Arago, 44000 Nantes", "8 rue Arago, 44000 Rezé")]


def test_an_amended_choice_has_its_name_in_the_revision_in_force(kept):
    action, view = kept.sheet.parent, kept.view()
    unit = view.of(view.node.ancestor("action")).node
    sent = freeze_unit(kept.session, kept.tenant, action, unit, "validation", actor=kept.of, at=AT)
    approve(kept.session, action, sent, at=AT, actor=kept.of)
    called = contact(kept.session, kept.holder)
    assert str(called.id) not in str(sent.snapshot)

    revision = amend(kept.session, action, {kept.sheet.id: {"referent": str(called.id)}}, at=AT, actor=kept.of)

    node = unit_of(revision.snapshot).at_level("session")[0]
    assert View(kept.tenant, node, TODAY).show("referent") == (
        f"1902, Ida Lot - Carif-Oref, SIRET {kept.holder.siret}"
    )  # the organisation has no number: what is empty is left out


@pytest.mark.parametrize(
    ("pattern", "called"),
    [
        ("{name} ({postal_code} {town})", "Principal (44000 Nantes)"),
        ("{code} - {organisation} - {name}", "OREF - Principal"),
        ("{code}, {name}", "Principal"),
        ("{name} - {code}", "Principal"),
        ("{name} ({uai})", "Principal"),
        ("{code}", "Principal"),
    ],
)
def test_a_pattern_leaves_out_what_the_entry_lacks(pattern, called):
    values = {"name": "Principal", "code": None, "organisation": "OREF", "postal_code": "44000", "town": "Nantes"}

    assert Entry(uuid.uuid4(), uuid.uuid4(), values).called(pattern) == called


def test_a_frozen_directory_offers_nothing_and_forgets_nothing():
    entry = Entry(uuid.uuid4(), uuid.uuid4(), {"name": "Principal"})
    directory = KeptDirectory({str(entry.id): entry.frozen("site")})

    assert directory.offered("site", entry.organisation_id) == []
    assert directory.find("site", str(entry.id)) == entry
    assert directory.find("contact", str(entry.id)) is None


def test_thirty_sites_and_thirty_sheets_cost_the_queries_of_one(kept, statements):
    def read() -> int:
        ids = [one.id for one in (kept.sheet, *others)]
        kept.session.flush()
        with statements() as seen:
            nodes = load_nodes_by_ids(kept.session, ids)
            shown = [View(kept.tenant, nodes[one], TODAY).context.options["lieu"] for one in ids]
        assert all(len(one) == len(shown[0]) for one in shown)
        return len(seen)

    others: list = []
    site(kept.session, kept.holder)
    first = read()
    for number in range(29):
        site(kept.session, kept.holder, f"Site {number}")
        others.append(make_sheet(kept.session, kept.tenant, "session", kept.sheet.parent, kept.holder))

    assert read() == first


def test_those_who_have_the_duty_come_first_or_alone(kept):
    for name, duties in (("Ada", []), ("Bea", ["handicap"]), ("Cleo", ["mobilite", "handicap"])):
        contact(kept.session, kept.holder, name, code=None, duties=duties)
    view = kept.view()

    def names(field: str) -> list[str]:
        return [words.partition(" - ")[0] for words in labels(view, field)]

    assert names("referent") == ["Bea", "Cleo", "Ada"]
    assert names("mobilite") == ["Cleo"]


def test_one_who_no_longer_has_the_duty_keeps_their_name_where_they_were_chosen(kept):
    found = contact(kept.session, kept.holder, "Ada", duties=[])
    view = kept.choose(mobilite=found.id)
    assert view.show("mobilite").startswith("1902, Ada")


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("lieu.organisation == organisation.name", True),
        ("lieu.address.commune == 'Nantes'", True),
        ("lieu.adresse.insee == '44109' and lieu.commune == 'Nantes'", True),
        ("lieu.organisation_id == 'x'", False),
        ("referent.duties == ['handicap']", True),
        ("'mobilite' in referent.missions", False),
        ("filled(partenaire.siret)", False),
    ],
)
def test_conditions_read_what_an_entry_says(kept, expression, holds):
    place, ida = site(kept.session, kept.holder), contact(kept.session, kept.holder, duties=["handicap"])
    kept.sheet.data = {k: v for k, v in kept.sheet.data.items() if k != "partenaire"}
    view = kept.choose(lieu=place.id, referent=ida.id)

    assert view.holds(expression) is holds
    assert view.evaluate("lieu") == str(place.id)
