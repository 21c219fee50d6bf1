"""A cell's fault is told at its line and column, in the words of its kind; the file comes back annotated."""

import csv
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, func, select

from portal.domain.imports import actions
from portal.domain.imports.errors import ImportRefused
from portal.domain.imports.models import ImportedRow, ImportTask
from portal.domain.organisations.models import Organisation
from portal.domain.people import Actor
from tests.domain.imports.conftest import HEADINGS, as_csv, as_xlsx, line, lines, saved, siret

BAD = [
    ("SIRET porteur", "12345678901234", "C3", "Ce SIRET n'existe pas : vérifiez chaque chiffre."),
    ("SIRET porteur", "123", "C3", "Un SIRET compte 14 chiffres ; celui-ci en compte 3."),
    ("SIRET porteur", "", "C3", "Cette cellule doit être remplie."),
    ("Début", "31/02/2026", "L3", "Le 31/02/2026 n'existe pas."),
    ("Quota", "douze", "M3", "Indiquez un nombre entier, par exemple 12."),
    ("Programme", "Generale", "B3", "Programme inconnu « Generale » ; vouliez-vous dire « Général »."),
    ("Programme", "", "B3", "Cette cellule doit être remplie."),
    ("Mail", "pas-une-adresse", "J3", "Indiquez une adresse électronique, comme prenom.nom@organisme.fr."),
    ("Code postal", "4400A", "H3", "Code postal : 5 chiffres sont attendus, par exemple 69008."),
    ("Porteur", "", "D3", "La Région ne connaît pas encore cet organisme : indiquez son nom."),
    ("Intitulé", "", "O3", "Cette cellule doit être remplie."),
    ("Numéro", "", "A3", "Cette cellule doit être remplie."),
]


@pytest.mark.parametrize(("column", "value", "cell", "message"), BAD, ids=[f"{c} {v}" for c, v, _, _ in BAD])
def test_a_bad_cell_is_told_at_its_line_and_column(bench, column, value, cell, message):
    told = bench.faults(as_csv([line(1), line(2, **{column: value})]))

    found = next(fault for fault in told if fault["column"] == column)
    assert (found["line"], found["cell"], found["value"], found["message"]) == (3, cell, value, message)


def test_every_fault_is_told_at_once_and_nothing_is_owed(bench):
    run = bench.bring(as_csv([line(1, Quota="x"), line(2), line(3, Début="x", Heures="y")]))

    assert (run.state, run.report["fault_count"]) == ("refused", 3)
    assert [(f["line"], f["column"]) for f in run.report["faults"]] == [(2, "Quota"), (4, "Début"), (4, "Heures")]
    assert bench.session.scalar(select(func.count()).select_from(ImportTask)) == 0


def test_a_key_written_twice_is_told_with_both_lines(bench):
    told = bench.faults(as_csv([line(1), line(2), line(1)]))

    assert [(f["line"], f["message"]) for f in told] == [
        (4, "Cette ligne répète la ligne 2 : même Numéro, Composante (C1 | 1).")
    ]


def test_the_label_of_a_choice_or_a_number_typed_in_a_workbook_are_read(bench):
    book = as_xlsx([line(1, **{"SIRET porteur": int(siret(1)), "Quota": 14.0, "Code postal": 1000})])

    run = bench.load(saved(book), "contrats.xlsx")

    assert run.form == "xlsx"
    assert bench.sheets("contrat")[0].data["quota"] == 14
    assert bench.session.scalar(select(Organisation)).sites[0].address["code_postal"] == "01000"


def test_a_csv_comes_back_with_what_is_to_be_corrected(bench):
    run = bench.bring(as_csv([line(1), line(2, Quota="x")]))

    back = list(csv.reader(io.StringIO(run.annotated.decode("utf-8-sig")), delimiter=";"))
    assert back[0] == [*HEADINGS, "À corriger"]
    assert back[1][-1] == ""
    assert back[2][-1] == "Quota : Indiquez un nombre entier, par exemple 12."
    assert back[2][: len(HEADINGS)] == list(line(2, Quota="x").values())


def test_a_workbook_comes_back_coloured_with_its_comments(bench):
    book = as_xlsx([line(1), line(2, Quota="x")])
    book.create_sheet("Notes")["A1"] = "à garder"

    run = bench.bring(saved(book), "contrats.xlsx")

    back = load_workbook(io.BytesIO(run.annotated))
    page = back["Contrats"]
    assert back["Notes"]["A1"].value == "à garder"
    assert (page["Q1"].value, page["Q3"].value) == ("À corriger", "Quota : Indiquez un nombre entier, par exemple 12.")
    assert page["M3"].comment.text == "Indiquez un nombre entier, par exemple 12."
    assert page["M3"].fill.fgColor.rgb == "00FFE08A"


def test_a_large_workbook_comes_back_by_its_values(bench, monkeypatch):
    monkeypatch.setattr("portal.domain.imports.annotating.LIGHT", 1)

    run = bench.bring(saved(as_xlsx([line(1, Contact="1 = 1"), line(2, Quota="x")])), "contrats.xlsx")

    page = load_workbook(io.BytesIO(run.annotated))["Contrats"]
    assert [cell.value for cell in page[3]][-1] == "Quota : Indiquez un nombre entier, par exemple 12."


def test_the_first_five_hundred_faults_are_shown_and_all_are_counted(bench):
    run = bench.bring(as_csv(lines(700, Quota="x")))

    assert (len(run.report["faults"]), run.report["fault_count"]) == (500, 700)


def test_a_known_sheet_does_not_change_hands(bench):
    bench.load(as_csv(lines(1)))
    holder = bench.sheets("contrat")[0].organisation_id

    run = bench.load(as_csv([line(1, **{"SIRET porteur": siret(9), "Porteur": "Autre", "Quota": "13"})]))

    assert [w["message"] for w in run.report["warnings"]] == [
        f"La fiche « {key} » reste à son organisme : un import ne change pas une fiche d'organisme."
        for key in ("C1", "C1 | 1")
    ]
    (contrat,) = bench.sheets("contrat")
    assert (contrat.organisation_id, contrat.data["quota"]) == (holder, 13)


def test_a_sheet_that_bears_the_code_is_the_one_when_the_same_organisation_holds_it(bench):
    bench.load(as_csv(lines(2)))
    bench.session.execute(delete(ImportedRow))  # as if people had typed these sheets
    bench.session.commit()

    mine = bench.bring(as_csv([line(1, Quota="13")]))
    assert mine.report["update"] == {"contrat": 1}
    bench.apply(mine)
    theirs = bench.faults(as_csv([line(1), line(2, **{"SIRET porteur": siret(9), "Porteur": "Autre"})]))

    assert [contrat.data["quota"] for contrat in bench.sheets("contrat")] == [13, 12]
    assert [(f["line"], f["value"], f["message"]) for f in theirs] == [
        (3, "C2", "Ce code est déjà celui d'une autre fiche.")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 rien", "ni un classeur"),
        (b"", "vide"),
        (b"x" * (20 * 1024 * 1024 + 1), "20 Mo"),
    ],
)
def test_what_is_not_a_table_is_refused_at_the_door(bench, content, words):
    with pytest.raises(ImportRefused, match=words):
        bench.bring(content)


def test_nobody_but_the_roles_declared_brings_a_file(bench):
    stranger = Actor(None, "Établissement", frozenset({"etablissement"}))

    assert actions.declared(bench.tenant, stranger) == {}
    with pytest.raises(ImportRefused, match="ne pouvez pas"):
        actions.submit(
            bench.session, bench.tenant, "contrats", file_name="x.csv", content=as_csv(lines(1)), actor=stranger,
            at=bench.at,
        )  # fmt: skip
