"""`flask lheo`: a foreign document explained line by line; its offers read as sheets, first for show, then once."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from portal.domain.lheo.composing import compose
from portal.domain.lheo.writing import write
from portal.domain.organisations.models import Organisation, Site
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.offers import plain_offer, siret_of
from tests.support.official import needed, samples

SLUG, PROGRAMME = "sofi", "generale"
READ = ("read", "--tenant", SLUG, "--programme", PROGRAMME)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "offre.xml"
    path.write_bytes(b"".join(write([compose(plain_offer())])))
    return path


def lheo(runner: FlaskCliRunner, *args: str | Path) -> tuple[int, str]:
    done = runner.invoke(args=["lheo", *map(str, args)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def sheets(app: Flask) -> dict[str, int]:
    with app.app_context(), tenant_scope(SLUG):
        return dict(db.session.execute(select(Sheet.level, func.count()).group_by(Sheet.level)).all())  # type: ignore[arg-type]


def test_a_right_document_is_said_to_be(runner: FlaskCliRunner, whole: Path) -> None:
    code, told = lheo(runner, "check", whole)

    assert code == 0
    assert told.splitlines()[-1] == "LHÉO 2.3 : 1 offre, 0 faute, 2 remarques."
    assert "remarque : L'action n'a pas de lieu de formation" in told


def test_faults_are_told_with_their_line_and_fail_the_command(runner: FlaskCliRunner, whole: Path) -> None:
    whole.write_text(whole.read_text().replace("<certifiante>1", "<certifiante>oui"))

    code, told = lheo(runner, "check", whole)

    assert code == 1
    line = next(n for n, text in enumerate(whole.read_text().splitlines(), 1) if "certifiante" in text)
    wrong = "« certifiante » (Formation certifiante) : « oui » n'est pas un code de sa table (0, 1)."
    assert f"offre.xml:{line}: {wrong}" in told
    assert "1 faute," in told


def test_a_dangerous_document_is_refused(runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "piege.xml"
    path.write_text('<!DOCTYPE lheo [<!ENTITY f SYSTEM "file:///etc/passwd">]>\n<lheo>&f;</lheo>')

    for args in (("check", path), (*READ, path)):
        code, told = lheo(runner, *args)
        assert code == 1
        assert "DOCTYPE" in told
        assert "root:" not in told


def test_what_a_document_says_cannot_command_the_terminal(runner: FlaskCliRunner, whole: Path) -> None:
    whole.write_text(whole.read_text().replace("<certifiante>1", "<certifiante>\x9b2J"))

    assert "\x9b" not in lheo(runner, "check", whole)[1]


def test_many_faults_are_summed_up_unless_asked(runner: FlaskCliRunner, whole: Path) -> None:
    whole.write_text(whole.read_text().replace("<certifiante>1</certifiante>", "<inconnu/>" * 300))

    assert "… et " in lheo(runner, "check", whole)[1]
    assert lheo(runner, "check", "--all", whole)[1].count("est inconnu") == 300


@pytest.mark.usefixtures("clean_database")
def test_reading_tells_first_and_writes_when_asked_once(app: Flask, runner: FlaskCliRunner, whole: Path) -> None:
    code, told = lheo(runner, *READ, whole)
    assert (code, sheets(app)) == (0, {})
    assert "Rien n'a été écrit" in told

    code, told = lheo(runner, *READ, "--apply", whole)
    assert code == 0
    assert sheets(app) == {"formation": 1, "action": 1, "session": 1}
    assert "organismes nouveaux : 1" in told

    _, told = lheo(runner, *READ, "--apply", whole)
    assert sheets(app) == {"formation": 1, "action": 1, "session": 1}
    assert "à créer : aucune fiche" in told


@pytest.mark.usefixtures("clean_database")
def test_values_are_stored_as_the_region_asks_them(app: Flask, runner: FlaskCliRunner, whole: Path) -> None:
    lheo(runner, *READ, "--apply", whole)

    with app.app_context(), tenant_scope(SLUG):
        data = {sheet.level: sheet.data for sheet in db.session.scalars(select(Sheet))}
        holder = db.session.scalars(select(Organisation)).one()
        assert holder.siret == siret_of(80000001)
    assert data["formation"]["intitule"] == "CAP photographe"
    assert data["session"]["date_debut"] == "2026-03-02"
    assert data["session"]["esp"] == "0"
    assert data["session"]["type_parcours"] == ["1"]


@pytest.mark.usefixtures("clean_database")
def test_an_offer_without_a_number_is_known_again(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    offer = plain_offer()
    offer.number = offer.actions[0].number = offer.actions[0].sessions[0].number = ""
    path = tmp_path / "sans-numero.xml"
    path.write_bytes(b"".join(write([compose(offer)])))

    for _ in range(2):
        lheo(runner, *READ, "--apply", path)

    assert sheets(app) == {"formation": 1, "action": 1, "session": 1}


@pytest.mark.usefixtures("clean_database")
def test_an_offer_of_nobody_is_told_and_left(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    path = tmp_path / "de-personne.xml"
    path.write_bytes(b"".join(write([compose(plain_offer(**{"organisation.siret": "12345678901234"}))])))

    code, told = lheo(runner, *READ, "--apply", path)

    assert (code, sheets(app)) == (0, {})
    assert "L'offre r_1 ne dit pas de SIRET valable" in told


def test_the_region_and_the_programme_must_be_known(runner: FlaskCliRunner, whole: Path) -> None:
    assert "Région inconnue" in lheo(runner, "read", "--tenant", "ailleurs", whole)[1]
    assert "Dites le programme" in lheo(runner, "read", "--tenant", SLUG, whole)[1]
    assert "Programme inconnu" in lheo(runner, "read", "--tenant", SLUG, "--programme", "x", whole)[1]


@pytest.mark.usefixtures("clean_database")
def test_real_documents_become_sheets(app: Flask, runner: FlaskCliRunner) -> None:
    needed()
    for path in samples():
        code, told = lheo(runner, *READ, "--apply", path)
        assert code == (1 if "index" in path.name else 0), told

    found = sheets(app)
    assert found["formation"] == 4
    assert found["session"] == 5
    with app.app_context(), tenant_scope(SLUG):
        titles = {
            sheet.data.get("intitule") for sheet in db.session.scalars(select(Sheet).filter_by(level="formation"))
        }
        places = {(site.address or {}).get("commune") for site in db.session.scalars(select(Site))}
    assert "Cours de français langue d'intégration" in titles
    assert "Saint-Louis" in places
