"""Lists as files: the columns of the screen, numbers and days as such, nothing that a spreadsheet would run."""

import csv
import io
import zipfile

import pytest

SLUG = "eos"
SESSIONS = f"/{SLUG}/espace/session/sessions"


def table(answer):
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_the_sessions_as_csv(of, offer, change):
    change(offer.whole, type="S", nb_stagiaires=11)

    answer = of.get(f"{SESSIONS}.csv", query_string={"tri": "-numero"})

    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=sessions-eos-")
    heads, whole, empty = table(answer)
    assert heads[:5] == ["Trans.", "N° ses.", "N° BC", "Action", "Oblig/ Facul/ Suppl"]
    assert len(heads) == len(whole) == len(empty) == 21
    line = dict(zip(heads, whole, strict=True))
    assert line["Date début session"] == "04/05/2026"
    assert line["Eff. visé tot."] == "10"
    assert line["nb Stagiaires."] == "11"
    assert line["Etat session"] == "A finaliser"


def test_the_same_criteria_and_sheets_as_the_screen(of, other, offer):
    nothing = of.get(f"{SESSIONS}.csv", query_string={"etat": "transmise"})
    below = of.get(f"{SESSIONS}.csv", query_string={"sous": str(offer.dossier)})

    assert len(table(nothing)) == 1
    assert len(table(below)) == 3
    assert len(table(other.get(f"{SESSIONS}.csv"))) == 1


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1"])
def test_a_text_that_looks_like_a_formula_is_not_one(of, offer, change, text):
    change(offer.action, intitule=text)
    change(offer.whole, numero_bc=text)

    line = dict(zip(*table(of.get(f"{SESSIONS}.csv", query_string={"tri": "-numero"}))[:2], strict=True))

    assert line["N° BC"] == "'" + text


def test_one_line_per_event(of, offer, change):
    row = {
        "_id": "a1", "type": "test", "date_debut": "2026-05-04", "heure_debut": "09:00", "date_fin": "2026-05-04",
        "heure_fin": "12:30", "adresse": {"code_postal": "69008", "commune": "Lyon"}, "description": "Tests ; suite",
    }  # fmt: skip
    change(offer.whole, evenements=[row, {**row, "_id": "a2", "type": "bilan"}])

    heads, *lines = table(of.get(f"{SESSIONS}.csv", query_string={"export": "evenements"}))

    assert heads == [
        "N° ses.", "Action", "Type", "Date de début", "Heure de début", "Date de fin", "Heure de fin",
        "Adresse de l'événement", "Description",
    ]  # fmt: skip
    assert [line[2] for line in lines] == ["Test", "Bilan"]
    assert lines[0][3:] == ["04/05/2026", "09h00", "04/05/2026", "12h30", "Lyon", "Tests ; suite"]


def test_the_sessions_as_xlsx(of, offer, change):
    change(offer.whole, numero_bc="=1+1")

    answer = of.get(f"{SESSIONS}.xlsx", query_string={"tri": "-numero"})

    assert answer.status_code == 200
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    book = zipfile.ZipFile(io.BytesIO(answer.data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 3
    assert "<f>" not in sheet
    assert "=1+1" in sheet
    assert "<v>10</v>" in sheet


@pytest.mark.parametrize(
    "path", ["session/inconnue.csv", "session/dossiers.csv", "session/sessions.pdf", "session/sessions.csv?export=x"]
)
def test_a_file_that_is_not_there(of, offer, path):
    assert of.get(f"/{SLUG}/espace/{path}").status_code == 404


def test_a_long_list_is_written_by_chunks(of, offer, statements, app, monkeypatch):
    monkeypatch.setattr("portal.domain.desk.lists.CHUNK", 1)
    with statements() as seen:
        lines = table(of.get(f"{SESSIONS}.csv"))

    assert len(lines) == 3
    assert sum("FROM organisation" in sql for sql in seen) == 2
