"""Files sent with a step, read by those who may see the sheet, frozen with its versions."""

import hashlib
import io
import re
import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.attachments.models import Attachment
from portal.domain.moves.perform import perform_move
from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.files import EXE, PDF, docx, pdf
from tests.support.htmx import after_swap, form_data, same_page, soup
from tests.support.offer import AT, make_sheet, member
from tests.support.people import Browser, inside, play, signed_in

SLUG = "revue"
DIGEST = hashlib.sha256(PDF).hexdigest()


def hidden_of(page) -> dict[str, str]:
    """The hidden inputs of a step's page."""
    return {
        i["name"]: i["value"] for i in soup(page).select("#sheet-form input[type=hidden]") if i["name"] != "csrf_token"
    }


@dataclass
class Place:
    """A formation with a file to give, the action below it, and who works on them."""

    app: Flask
    formation: uuid.UUID
    action: uuid.UUID
    of: Browser
    other: Browser
    carif: Browser

    @property
    def sheet(self) -> str:
        return f"/{SLUG}/espace/fiches/{self.formation}"

    @property
    def step(self) -> str:
        return f"{self.sheet}/etapes/formation"

    def send(self, content: bytes, name: str = "plaquette.pdf", **data):
        """Choose a file, as the page does with its script."""
        given = {**self.hidden(), "intitule": "Cuisine", **data, "plaquette": (io.BytesIO(content), name)}
        return self.of.post(f"{self.step}/champs/plaquette/fichier", given, htmx=True)

    def hidden(self) -> dict[str, str]:
        """What the page of the step sends by itself."""
        return hidden_of(self.of.get(self.step))

    def stored(self, name: str = "plaquette"):
        with inside(self.app, SLUG) as session:
            return session.get(Sheet, self.formation).data.get(name)

    def press(self, move: str, side: str) -> None:
        with inside(self.app, SLUG) as session:
            unit, holder = session.get(Sheet, self.action), session.scalars(select(Organisation)).first()
            tenant = registry.get(SLUG)
            actor = member(tenant, side, organisations={holder.id} if side == "org" else None)
            perform_move(session, tenant, unit, move, actor=actor, at=AT, reason="À revoir")


@pytest.fixture
def place(app: Flask) -> Place:
    people = {"of@exemple.test": ("org", 1), "autre@exemple.test": ("org", 2), "carif@exemple.test": ("validator", 1)}
    for email, (side, number) in people.items():
        play(app, email, SLUG, side, number=number)
    with inside(app, SLUG) as session:
        tenant = registry.get(SLUG)
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        formation = make_sheet(session, tenant, "formation", None, holder)
        ids = formation.id, make_sheet(session, tenant, "action", formation, holder).id
    return Place(app, *ids, *(signed_in(app, email) for email in people))


def test_the_step_is_sent_with_its_file(place):
    page = soup(place.of.get(place.step))

    assert page.find(id="sheet-form")["enctype"] == "multipart/form-data"
    (chooser,) = page.select("input[type=file]")
    assert chooser["hx-post"] == f"{place.step}/champs/plaquette/fichier"
    assert chooser["accept"] == ".pdf,.png"


def test_a_chosen_file_is_kept_with_what_is_typed_beside_it(place):
    answer = place.send(PDF)

    assert answer.status_code == 200
    assert 'id="field-plaquette"' in answer.text
    assert f"{place.sheet}/fichiers/{DIGEST}" in answer.text
    assert place.stored() == {"digest": DIGEST, "name": "plaquette.pdf", "size": len(PDF), "type": "pdf"}
    assert place.stored("intitule") == "Cuisine"
    again = place.send(PDF)  # nothing else has changed: the page after the swap is the page loaded again
    same_page(after_swap(place.of.get(place.step), again, "#field-plaquette"), place.of.get(place.step))


def test_saving_again_leaves_the_file_where_it_is(place):
    place.send(PDF)

    answer = place.of.post(place.step, {**place.hidden(), "intitule": "Pâtisserie", "_action": "brouillon"})

    assert answer.status_code == 303
    assert (place.stored()["digest"], place.stored("intitule")) == (DIGEST, "Pâtisserie")


def test_without_script_the_whole_form_carries_the_file(place):
    sent = {**place.hidden(), "intitule": "Cuisine", "plaquette": (io.BytesIO(PDF), "a.pdf"), "_action": "brouillon"}

    answer = place.of.post(place.step, sent)

    assert answer.status_code == 303
    assert (place.stored()["name"], place.stored("intitule")) == ("a.pdf", "Cuisine")


REFUSED = [
    (EXE, "plaquette.pdf", 415, "Types de fichier acceptés : pdf, png."),
    (docx(), "plaquette.docx", 415, "Types de fichier acceptés : pdf, png."),
    (b"", "plaquette.pdf", 422, "Ce fichier est vide"),
    (PDF[:-8], "plaquette.pdf", 422, "Ce fichier est endommagé"),
    (PDF + bytes(400_000), "plaquette.pdf", 413, "Ce fichier est trop lourd : 400\u00a0ko au plus."),
]


@pytest.mark.parametrize(("content", "name", "status", "words"), REFUSED)
def test_a_refusal_is_said_beside_the_field_and_nothing_typed_is_lost(place, content, name, status, words):
    answer = place.send(content, name)

    assert answer.status_code == status
    assert words in soup(answer).find(id="field-plaquette").get_text()
    assert place.stored() is None
    assert place.stored("intitule") == "Cuisine"


@pytest.mark.parametrize(("content", "name", "status", "words"), REFUSED)
def test_without_script_a_refusal_shows_the_page_as_it_was_typed(place, content, name, status, words):
    place.send(PDF)
    sent = {**place.hidden(), "intitule": "Poterie", "plaquette": (io.BytesIO(content), name), "_action": "brouillon"}

    answer = place.of.post(place.step, sent)

    assert answer.status_code == status
    assert words in soup(answer).find(id="field-plaquette").get_text()
    assert form_data(answer)["intitule"] == "Poterie"
    assert (place.stored()["digest"], place.stored("intitule")) == (DIGEST, "Poterie")


class Huge(io.RawIOBase):
    """A body of 200 MB that fails whoever reads it."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        raise AssertionError("a body refused for its length is read")


def send_200_mb(place, **kwargs):
    body = {"wsgi.input": Huge(), "CONTENT_LENGTH": "200000000", "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    return place.of.client.post(f"{place.step}/champs/plaquette/fichier", environ_overrides=body, **kwargs)


def test_200_mb_are_refused_before_they_are_read(place):
    answer = send_200_mb(place, headers={"HX-Request": "true", "HX-Request-Type": "partial"})

    assert answer.status_code == 413
    assert "Ce fichier est trop lourd : 10\u00a0Mo au plus." in answer.text
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#said-c-plaquette", "innerHTML")
    assert place.of.get(place.step).text.count('id="said-c-plaquette"') == 1


def test_200_mb_without_script_are_refused_with_a_page(place):
    answer = send_200_mb(place)

    assert answer.status_code == 413
    assert "Envoi trop volumineux" in answer.text


def test_a_file_is_read_as_an_attachment_under_a_safe_name(place):
    place.send(PDF, "../../Été ; x=1.pdf.exe")

    answer = place.of.get(f"{place.sheet}/fichiers/{DIGEST}")

    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "/" not in disposition
    assert "filename*=UTF-8''%C3%89t%C3%A9%20%3B%20x%3D1.pdf.pdf" in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_file_of_another_organisation_does_not_exist(place):
    place.send(PDF)

    assert place.other.get(f"{place.sheet}/fichiers/{DIGEST}").status_code == 404
    assert place.app.test_client().get(f"{place.sheet}/fichiers/{DIGEST}").status_code == 303
    own = f"/{SLUG}/espace/fiches/{place.action}/fichiers/{DIGEST}"
    assert place.of.get(own).status_code == 404  # a sheet of theirs, which does not refer to it


def test_a_file_is_not_claimed_by_its_digest(place):
    place.send(PDF)
    with inside(place.app, SLUG) as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 2")).one()
        theirs = make_sheet(session, registry.get(SLUG), "formation", None, holder).id
    href = f"/{SLUG}/espace/fiches/{theirs}"
    claim = {"plaquette-digest": DIGEST, "plaquette-name": "a.pdf", "plaquette-size": "9", "plaquette-type": "pdf"}
    seal = re.search(r'name="plaquette-seal" value="([^"]+)"', place.of.get(place.step).text)[1]

    for given in ("", seal):
        answer = place.other.post(f"{href}/etapes/formation", {"intitule": "X", **claim, "plaquette-seal": given})
        assert answer.status_code == 303

    assert place.other.get(f"{href}/fichiers/{DIGEST}").status_code == 404
    with inside(place.app, SLUG) as session:
        assert session.get(Sheet, theirs).data.get("plaquette") is None
        assert session.get(Sheet, theirs).data["intitule"] == "X"


@pytest.mark.parametrize("digest", ["0" * 64, "x", "..%2F..%2Fetc%2Fpasswd"])
def test_a_digest_that_nothing_refers_to_does_not_exist(place, digest):
    assert place.of.get(f"{place.sheet}/fichiers/{digest}").status_code == 404


def test_a_file_is_removed_with_a_button(place):
    place.send(PDF)

    answer = place.of.post(f"{place.step}/champs/plaquette/fichier/retirer", place.hidden(), htmx=True)

    assert answer.status_code == 200
    assert DIGEST not in answer.text
    assert place.stored() is None


def test_without_script_the_same_button_posts_the_form(place):
    place.send(PDF)

    answer = place.of.post(place.step, {**place.hidden(), "intitule": "Poterie", "_retirer": "plaquette"})

    assert (answer.status_code, answer.location) == (303, f"{place.step}#field-plaquette")
    assert (place.stored(), place.stored("intitule")) == (None, "Poterie")


def test_two_people_who_send_a_file_each_are_asked_which_to_keep(place):
    before = place.hidden()
    place.send(PDF)
    mine = hashlib.sha256(pdf("mien")).hexdigest()

    answer = place.of.post(
        place.step, {**before, "plaquette": (io.BytesIO(pdf("mien")), "mien.pdf"), "_action": "brouillon"}
    )

    assert answer.status_code == 409
    assert place.stored()["digest"] == DIGEST
    assert place.of.post(place.step, {**hidden_of(answer), "_garder": "plaquette:mine"}).status_code == 303
    assert place.stored()["digest"] == mine


def test_a_field_that_is_no_file_takes_none(place):
    for name in ("intitule", "inconnu", "blocs"):
        sent = {"plaquette": (io.BytesIO(PDF), "a.pdf")}
        assert place.of.post(f"{place.step}/champs/{name}/fichier", sent, htmx=True).status_code == 404


def test_nothing_chosen_is_said(place):
    answer = place.of.post(f"{place.step}/champs/plaquette/fichier", place.hidden(), htmx=True)

    assert answer.status_code == 422
    assert "Choisissez un fichier." in answer.text


def test_those_who_decide_read_the_version_sent_even_once_the_file_is_replaced(place):
    place.send(PDF)
    place.press("envoyer", "org")
    newer = pdf("nouvelle")
    place.press("interroger", "validator")
    place.send(newer, "nouvelle.pdf")
    assert place.stored()["name"] == "nouvelle.pdf"

    review = f"/{SLUG}/validation/fiches/{place.action}"
    (link,) = soup(place.carif.get(f"{review}/versions/1")).select("dd a[download]")
    href = link["href"]

    assert href == f"{review}/fichiers/{DIGEST}"
    assert place.carif.get(href).data == PDF
    assert place.carif.get(f"{review}/fichiers/{hashlib.sha256(newer).hexdigest()}").data == newer
    assert place.of.get(href).status_code == 404


def test_a_replaced_file_is_compared_with_the_one_approved(place):
    place.send(PDF)
    place.press("envoyer", "org")
    place.press("valider", "validator")
    place.send(pdf("b"), "b.pdf")
    with inside(place.app, SLUG) as session:
        if session.get(Sheet, place.action).state("validation") == "validee":
            session.get(Sheet, place.action).states[0].state = "en_saisie"
    place.press("envoyer", "org")

    page = soup(place.carif.get(f"/{SLUG}/validation/fiches/{place.action}"))

    (old,), (new,) = page.select("td.old a[download]"), page.select("td.new a[download]")
    assert place.carif.get(old["href"]).data == PDF
    assert place.carif.get(new["href"]).data == pdf("b")


def test_the_purge_command_keeps_what_is_referred_to(place, runner):
    place.send(PDF)
    with inside(place.app, SLUG) as session:
        for row in session.scalars(select(Attachment)):
            row.at = AT
    place.send(pdf("autre"))
    with inside(place.app, SLUG) as session:
        for row in session.scalars(select(Attachment)):
            row.at = AT

    result = runner.invoke(args=["attachments", "purge", SLUG])

    assert result.exit_code == 0, result.output
    assert re.fullmatch(r"revue : 1 fichier supprimé, 1\u00a0ko libérés\n", result.output)
    assert place.of.get(f"{place.sheet}/fichiers/{hashlib.sha256(pdf('autre')).hexdigest()}").status_code == 200
    assert runner.invoke(args=["attachments", "purge", "nulle-part"]).exit_code == 1
