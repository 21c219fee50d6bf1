"""Values that follow a condition: forced, offered, taken from elsewhere; on the sheet saved and on those around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.entry.reading import readers, reads
from portal.domain.journal.models import JournalEntry
from portal.domain.moves.saving import Outcome, save
from portal.domain.organisations.models import Organisation
from portal.domain.people import Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.effective import BY_ANSWERS, BY_PROGRAMME
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.directory import site
from tests.support.offer import AT, TODAY, make_sheet, member, organisation
from tests.support.tenants import tenant_named

CODE, BLOCKS = "109049", ["RNCP35030BC01", "RNCP35030BC02"]


@dataclass
class Chain:
    """A training, its action, its session, and somebody of the organisation who types in them."""

    session: Session
    tenant: Tenant
    holder: Organisation
    of: Actor
    sheets: dict[str, Sheet]

    def save(self, level: str, raws: dict[str, Any], step: str | None = None) -> Outcome:
        sheet, lookups = self.sheets[level], ReferenceLookups()
        return save(self.session, self.tenant, sheet.id, step or level, raws, actor=self.of, at=AT, lookups=lookups)

    def view(self, level: str) -> View:
        node = load_node(self.session, self.sheets[level])
        return View(self.tenant, node, TODAY, lookups=ReferenceLookups())

    def held(self, level: str, name: str) -> Any:
        return self.sheets[level].data.get(name)


@pytest.fixture
def chain(app: Flask) -> Iterator[Chain]:
    tenant = tenant_named("revue")
    with app.app_context(), tenant_scope(tenant.slug):
        holder = organisation(db.session)
        made: dict[str, Sheet] = {}
        parent = None
        for level in ("formation", "action", "session"):
            parent = made[level] = make_sheet(db.session, tenant, level, parent, holder, programme="apprentissage")
        emptied(made["formation"], "individualise", "etendue", "certification")
        emptied(made["session"], "parcours", "responsable", "partenaire", "lieu")
        yield Chain(db.session, tenant, holder, member(tenant, "org", organisations={holder.id}), made)
        db.session.rollback()


def emptied(sheet: Sheet, *names: str) -> None:
    sheet.data = {k: v for k, v in sheet.data.items() if k not in names}
    db.session.flush()


def ticked(chain: Chain) -> list[bool]:
    return [row["retenu"] for row in chain.view("formation").stored("blocs")]


def test_a_forced_value_is_written_when_its_condition_comes_to_hold(chain):
    outcome = chain.save("formation", {"individualise": "non", "etendue": "partielle"})

    assert chain.held("formation", "etendue") == "totale"
    assert set(outcome.saved.changed) == {"individualise", "etendue"}


def test_it_is_read_only_while_the_condition_holds_and_says_why(chain):
    chain.save("formation", {"individualise": "non"})
    shown = chain.view("formation").form.fields["etendue"]

    chain.save("formation", {"etendue": "partielle"})

    assert not shown.entered and shown.why == "Sans individualisation la validation est totale."
    assert chain.held("formation", "etendue") == "totale"


def test_it_stays_and_may_be_typed_again_once_the_condition_no_longer_holds(chain):
    chain.save("formation", {"individualise": "non"})
    chain.save("formation", {"individualise": "oui"})
    assert chain.held("formation", "etendue") == "totale"

    chain.save("formation", {"etendue": "partielle"})

    assert chain.held("formation", "etendue") == "partielle"


def test_what_was_typed_and_not_valid_gives_way_to_it(chain):
    chain.save("formation", {"etendue": "inconnue"})
    assert chain.sheets["formation"].raw == {"etendue": "inconnue"}

    chain.save("formation", {"individualise": "non"})

    assert chain.sheets["formation"].raw == {} and chain.held("formation", "etendue") == "totale"


def test_cells_of_rows_are_forced_too_and_a_forged_form_changes_nothing(chain):
    chain.save("formation", {"certification": CODE})
    rows = [
        {"_id": BLOCKS[0], "code": BLOCKS[0], "retenu": "non"},
        {"_id": BLOCKS[1], "code": BLOCKS[1], "retenu": "oui", "heures": "12"},
    ]
    chain.save("formation", {"blocs": rows}, "blocs")
    assert ticked(chain) == [False, True]

    chain.save("formation", {"individualise": "non"})
    assert ticked(chain) == [True, True]
    cells = chain.view("formation").form.fields["blocs"]
    assert cells.entered and cells.fixed_cells == {"retenu"} and cells.cells["retenu"].why == BY_ANSWERS

    chain.save("formation", {"blocs": rows}, "blocs")
    assert ticked(chain) == [True, True]
    assert chain.view("formation").stored("blocs")[1]["heures"] == "12.0"


def test_a_programme_says_that_it_fixes(chain):
    chain.sheets["formation"].programme = "e2c"
    chain.session.flush()
    assert chain.view("formation").form.fields["domaine_principal"].why == BY_PROGRAMME


def test_a_value_offered_by_an_override_reaches_the_sheets_below_where_nobody_typed(chain):
    chain.save("formation", {"individualise": "oui"})

    assert chain.held("session", "parcours") == ["modulaire"]
    entry = chain.session.query(JournalEntry).filter_by(sheet_id=chain.sheets["session"].id, kind="sheet.edited").one()
    assert (entry.actor_name, entry.after) == (chain.of.name, {"parcours": ["modulaire"]})


def test_it_changes_nothing_where_somebody_typed_even_to_empty_it(chain):
    chain.save("session", {"parcours": ["collectif"]})
    chain.save("formation", {"individualise": "oui"})
    assert chain.held("session", "parcours") == ["collectif"]

    chain.save("session", {"parcours": []})
    chain.save("session", {"horaires": "9-12 h"})
    assert chain.held("session", "parcours") is None


def test_the_organisation_of_a_chosen_site_is_a_first_value(chain):
    place = site(chain.session, chain.holder)

    chain.save("session", {"lieu": str(place.id)})

    assert chain.held("session", "responsable") == str(chain.holder.id)


def test_the_first_source_is_preferred_and_what_is_typed_is_kept(chain):
    other = organisation(chain.session, "Ailleurs", 2)
    place = site(chain.session, chain.holder)
    chain.save("session", {"partenaire": str(other.id), "lieu": str(place.id)})
    assert chain.held("session", "responsable") == str(other.id)

    chain.save("session", {"responsable": str(chain.holder.id)})
    chain.save("session", {"partenaire": ""})

    assert chain.held("session", "responsable") == str(chain.holder.id)


def test_places_and_titles_follow_the_sheets_they_read(chain):
    session = chain.sheets["session"]
    one, two = (make_sheet(chain.session, chain.tenant, "dispositif", session, chain.holder, places=n) for n in (12, 8))
    chain.sheets["dispositif"] = one
    chain.save("dispositif", {"places": "15"})
    assert session.seats == 15 + two.data["places"]

    chain.save("formation", {"intitule": "Un autre titre"})
    assert chain.sheets["action"].title == "Un autre titre, action 1"


def test_a_sheet_is_opened_only_for_what_it_reads(chain):
    assert ("dispositif", "places") in reads(chain.tenant, "session")
    assert readers(chain.tenant, "dispositif", ["frais_ht"]) == []
    assert readers(chain.tenant, "dispositif", ["places"]) == ["session"]
    assert readers(chain.tenant, "formation", ["individualise"]) == ["session"]
    assert readers(chain.tenant, "formation", ["intitule"]) == ["action"]
