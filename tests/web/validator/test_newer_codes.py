"""A newer reference file says that a code is replaced: from the command that loads it to the organisation's word."""

import csv
import gzip
import uuid
from pathlib import Path

from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.settings import ROOT
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_sheet
from tests.support.people import inside, play, signed_in

SLUG, OLD, NEW = "sofi", "109049", "12650"
TASK = f"/{SLUG}/validation/?onglet=codes_archives"


def newer_file(folder: Path) -> Path:
    """The file carried, in which one code is replaced by another."""
    with gzip.open(
        ROOT / "portal/domain/reference/data/certifications.csv.gz", "rt", encoding="utf-8", newline=""
    ) as held:
        rows = list(csv.DictReader(held))
    for row in rows:
        if row["certif_info"] == OLD:
            row["replaced_by"], row["status"] = NEW, "archived"
    made = folder / "certifications.csv"
    with made.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return made


def test_a_newer_file_leads_to_the_successor_and_the_organisation_says_it_has_seen(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    play(app, "of@exemple.test", SLUG, "org")
    play(app, "carif@exemple.test", SLUG, "validator")
    with inside(app, SLUG) as session:
        holder = session.scalars(select(Organisation).where(Organisation.name == "Organisme 1")).one()
        values = {"reference_certifinfo": True, "certification": OLD, "objectif_general": "6"}
        made = make_sheet(session, registry.get(SLUG), "formation", None, holder, programme="generale", **values).id
    of, carif = signed_in(app, "of@exemple.test"), signed_in(app, "carif@exemple.test")
    assert not soup(carif.get(TASK)).select("[data-row]")

    loaded = runner.invoke(args=["reference", "load", "certifications", "--file", str(newer_file(tmp_path))])
    assert loaded.exit_code == 0, loaded.output

    (line,) = soup(carif.get(TASK)).select("[data-row] a")
    assert OLD in line.text
    review = soup(carif.get(line["href"]))
    (press,) = [a for a in review.select("a") if a.text.strip() == "Remplacer le code Certifinfo"]
    page = soup(carif.get(press["href"]))
    assert NEW in page.find(id="field-certification").text  # the successor is proposed
    sent = {"certification": NEW, "motif": "Code archivé par Certif Info", "confirmer": "1"}
    assert carif.post(press["href"], sent).status_code == 303
    assert not soup(carif.get(TASK)).select("[data-row]")

    assert stands(app, made) == (NEW, "remplace")
    sheet = f"/{SLUG}/espace/fiches/{made}"
    assert "Code Certifinfo remplacé par le CARIF-OREF" in of.get(sheet).text
    assert of.post(f"{sheet}/actions/acquitter").status_code == 303
    assert stands(app, made) == (NEW, "inchange")


def stands(app: Flask, made: uuid.UUID) -> tuple[str, str | None]:
    """The code of a formation, and where it stands."""
    with inside(app, SLUG) as session:
        sheet = session.get_one(Sheet, made)
        return sheet.data["certification"], sheet.state("certifinfo")
