"""An approved action of the Region's programme changes with its agreement only: ticked, dated, and joined."""

import io
import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.moves.perform import perform_move
from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.directory import contact, site
from tests.support.files import EXE, PDF
from tests.support.htmx import form_data, soup
from tests.support.offer import AT, make_sheet, member
from tests.support.people import Browser, inside, play, signed_in
from tests.web.org.test_files import hidden_of

SLUG, OF = "sofi", "ecole@exemple.test"
BOX = "Une action validée du programme de la Région ne se modifie qu'avec l'accord de la Région."
DAY = "Indiquez la date à laquelle la Région a donné son accord."
PIECE = "Joignez l'accord de la Région (PDF)."


@dataclass
class Place:
    """An action with everything in it, and somebody of its organisation."""

    app: Flask
    action: uuid.UUID
    of: Browser

    @property
    def sheet(self) -> str:
        return f"/{SLUG}/espace/fiches/{self.action}"

    def change(self) -> None:
        """Change what the action says, as the page sends it."""
        step = f"{self.sheet}/etapes/infos"
        data = form_data(self.of.get(step))
        data["resultats_attendus"] = "Un projet validé, et un stage."
        assert self.of.post(step, data.to_dict(flat=False)).status_code == 303

    def agree(self, **data: object) -> object:
        """Send the step of the agreement, with what its page sends by itself."""
        step = f"{self.sheet}/etapes/accord"
        return self.of.post(step, {**hidden_of(self.of.get(step)), **data})

    def join(self, content: bytes) -> object:
        """Choose the document, as the page does with its script."""
        step = f"{self.sheet}/etapes/accord"
        page = form_data(self.of.get(step)).to_dict(flat=False)
        given = {**page, "accord_region_piece": (io.BytesIO(content), "accord.pdf")}
        return self.of.post(f"{step}/champs/accord_region_piece/fichier", given, htmx=True)

    def send(self) -> object:
        return self.of.post(f"{self.sheet}/actions/envoyer", follow_redirects=True)

    @property
    def state(self) -> str | None:
        with inside(self.app, SLUG) as session:
            return session.get(Sheet, self.action).state("validation")

    @property
    def data(self) -> dict[str, object]:
        with inside(self.app, SLUG) as session:
            return dict(session.get(Sheet, self.action).data)


def placed(app: Flask, programme: str) -> Place:
    play(app, OF, SLUG, "org")
    tenant = registry.get(SLUG)
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation)).one()
        where, who = str(site(session, holder).id), str(contact(session, holder, duties=["pmr"]).id)
        made = {"holder": holder, "programme": programme}
        own = {"reference_certifinfo": False, "intitule": "Remobilisation", "domaine_principal": "15061"}
        formation = make_sheet(session, tenant, "formation", None, domaines=["15061"], **own, **made)
        action = make_sheet(session, tenant, "action", formation, site_dispensateur=where, **made)
        contacts = dict.fromkeys(("referent_pmr", "referent_prf", "referent_mobilite"), who)
        days = {
            "date_debut": "2026-09-01",
            "date_fin": "2026-12-18",
            "infos_collectives": [],
            "periodes_inscription": [],
        }
        below = make_sheet(
            session, tenant, "session", action, site_lieu=where, organisme_responsable=str(holder.id), **contacts,
            **days, **made,
        )  # fmt: skip
        make_sheet(session, tenant, "dispositif", below, type="e2c" if programme == "e2c" else "autres", **made)
        return Place(app, action.id, signed_in(app, OF))


def approved(place: Place) -> Place:
    """The action sent and approved once."""
    with inside(place.app, SLUG) as session:
        tenant, sheet = registry.get(SLUG), session.get(Sheet, place.action)
        for move, side in (("envoyer", "org"), ("valider", "validator")):
            actor = member(tenant, side, organisations={sheet.organisation_id})
            perform_move(session, tenant, sheet, move, actor=actor, at=AT)
    return place


@pytest.fixture
def place(app: Flask) -> Place:
    return approved(placed(app, "e2c"))


def test_nothing_is_asked_before_the_first_approval(app):
    place = placed(app, "e2c")
    assert place.of.get(f"{place.sheet}/etapes/accord").status_code == 404
    place.change()
    place.send()
    assert place.state == "attente_validation"


def test_nothing_is_asked_in_the_other_programmes(app):
    place = approved(placed(app, "generale"))
    place.change()
    assert place.of.get(f"{place.sheet}/etapes/accord").status_code == 404
    place.send()
    assert place.state == "attente_validation"


def test_an_approved_action_that_changes_is_not_sent_without_the_three(place):
    assert place.state == "validee"
    place.change()
    assert place.state == "en_saisie"

    told = soup(place.send()).text

    assert place.state == "en_saisie"
    assert all(words in told for words in (BOX, DAY, PIECE))


@pytest.mark.parametrize(
    ("given", "joined", "missing"),
    [
        ({"accord_region": "1"}, True, DAY),
        ({"accord_region_date": "2026-02-20"}, True, BOX),
        ({"accord_region": "1", "accord_region_date": "2026-02-20"}, False, PIECE),
    ],
)
def test_each_of_the_three_is_needed(place, given, joined, missing):
    place.change()
    place.agree(**given)
    if joined:
        place.join(PDF)

    told = soup(place.send()).text

    assert place.state == "en_saisie" and missing in told
    assert not any(words in told for words in {BOX, DAY, PIECE} - {missing})


def test_with_the_three_it_goes_and_the_next_change_asks_again(place):
    place.change()
    place.agree(accord_region="1", accord_region_date="2026-02-20")
    assert place.join(PDF).status_code == 200
    place.send()
    assert place.state == "attente_validation"

    with inside(place.app, SLUG) as session:
        tenant = registry.get(SLUG)
        perform_move(
            session, tenant, session.get(Sheet, place.action), "valider", actor=member(tenant, "validator"), at=AT
        )

    assert not {"accord_region", "accord_region_date", "accord_region_piece"} & place.data.keys()


def test_a_program_under_the_name_of_a_pdf_is_no_agreement(place):
    place.change()
    assert place.join(EXE).status_code == 415
    assert "accord_region_piece" not in place.data


def test_a_forged_form_neither_says_the_action_new_nor_names_a_document(place):
    place.change()
    digest = {
        "accord_region_piece-digest": "0" * 64,
        "accord_region_piece-name": "accord.pdf",
        "accord_region_piece-size": "9",
    }
    place.agree(deja_validee="non", accord_region="1", accord_region_date="2026-02-20", **digest)
    place.of.post(f"{place.sheet}/etapes/echanges", {"deja_validee": "non", "accord_region_piece": "x"})

    told = soup(place.send()).text

    assert place.data["deja_validee"] is True and "accord_region_piece" not in place.data
    assert place.state == "en_saisie" and PIECE in told
