"""What a file may be, and what is told of it: line, column, cell, and what to do."""

import io
import warnings
import zipfile
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.domain.imports.headings import headings_of
from portal.domain.imports.reading import read
from portal.domain.imports.recognise import form_of
from portal.domain.imports.templates import blank_file
from tests.domain.imports.conftest import HEADINGS, as_csv, as_xlsx, line, lines, saved
from tests.support.tenants import tenant_named

DEFINITION = tenant_named("declare").imports.imports["contrats"]


def told(content, form="csv"):
    return [(f.line, f.cell, f.message) for f in read(content, form, DEFINITION).faults.kept]


def cells(table, column):
    return [table.text(one, column) for one in table.lines]


# --- characters and separators


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")],
)
def test_the_characters_of_a_file_are_found_and_said(encoding, said):
    table = read(as_csv([line(1, Ville="Châteaubriant")], encoding=encoding), "csv", DEFINITION)

    assert (table.encoding, cells(table, "Ville"), table.faults.count) == (said, ["Châteaubriant"], 0)


def test_a_damaged_character_is_told_by_its_line():
    content = as_csv(lines(3, Ville="Orée-d'Anjou")).replace(b"Formation 2", b"Formation \xe9\xff")

    assert told(content)[0] == (
        3, None, "Un caractère de cette ligne ne se lit pas : enregistrez le fichier en « CSV UTF-8 ».",
    )  # fmt: skip


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_found(separator):
    rows = [list(HEADINGS), [str(n) for n in range(len(HEADINGS))]]
    table = read("\n".join(separator.join(row) for row in rows).encode(), "csv", DEFINITION)

    assert (table.separator, table.faults.count, cells(table, "Heures")) == (separator, 0, ["15"])


def test_the_separator_said_by_excel_is_taken_and_lines_keep_their_number():
    table = read(b"sep=;\r\n" + as_csv([line(1)], encoding="utf-8"), "csv", DEFINITION)

    assert (table.faults.count, table.lines[0].number) == (0, 3)


def test_empty_lines_are_skipped_and_a_cell_on_two_lines_counts_as_one():
    content = as_csv([line(1, Contact="Jeanne\nMartin"), {}, line(2)], encoding="utf-8")

    assert [one.number for one in read(content, "csv", DEFINITION).lines] == [2, 5]


def test_a_quote_left_open_is_told():
    content = as_csv([line(1)]) + b'"C2;' + b"x" * 200_000

    assert "guillemet" in told(content)[-1][2]


# --- headings


def test_every_fault_of_the_headings_is_told_at_once():
    headings = [*(h for h in HEADINGS if h not in ("Numéro", "Quota")), "Numero", "Ville", "Remarque"]

    assert [message for _, _, message in told(as_csv([line(1)], headings))] == [
        "La colonne « Ville » est écrite deux fois.",
        "La colonne « Numéro » manque ; vouliez-vous dire « Numero ».",
        "La colonne « Quota » manque.",
    ]


def test_headings_are_found_whatever_their_capitals_and_spaces():
    headings = [f"  {heading.upper()}\u00a0" for heading in HEADINGS]
    table = read(as_csv([dict(zip(headings, line(1).values(), strict=True))], headings), "csv", DEFINITION)

    assert (table.faults.count, cells(table, "Numéro")) == (0, ["C1"])


def test_a_column_that_is_not_read_is_said_and_refuses_nothing():
    table = read(as_csv([line(1, Remarque="x")], [*HEADINGS, "Remarque"]), "csv", DEFINITION)

    assert table.faults.count == 0
    assert [w.message for w in table.warnings.kept] == [
        "La colonne « Remarque » n'est pas connue : elle n'est pas lue."
    ]


@pytest.mark.parametrize(("content", "words"), [(b"\n\n", "titres"), (as_csv([]), "aucune ligne")])
def test_an_empty_table_is_told(content, words):
    assert words in told(content)[0][2]


def test_a_template_is_a_file_whose_headings_hold():
    for form in ("csv", "xlsx"):
        table = read(blank_file(DEFINITION, form), form, DEFINITION)

        assert [heading for heading in table.headings if heading] == headings_of(DEFINITION)
        assert [fault.message for fault in table.faults.kept] == ["Ce fichier n'a aucune ligne sous ses titres."]


# --- workbooks


def test_typed_cells_are_read_as_people_write_them():
    values = {
        "Début": date(2026, 2, 15),
        "Quota": 12,
        "Heures": 35.0,
        "Ville": 12.5,
        "Contact": time(9, 30),
        "Mail": True,
    }
    table = read(saved(as_xlsx([line(1, **values)])), "xlsx", DEFINITION)

    assert {name: cells(table, name)[0] for name in values} == {
        "Début": "2026-02-15", "Quota": "12", "Heures": "35", "Ville": "12,5", "Contact": "09:30", "Mail": "oui",
    }  # fmt: skip


def test_formulas_are_refused_cell_by_cell():
    book = as_xlsx(lines(2))
    book["Contrats"]["M2"] = "=6*2"
    book["Contrats"]["P3"] = "=SUM(1,2)"

    formula = "Cette cellule contient une formule : copiez les valeurs (collage spécial, « Valeurs »)."
    assert told(saved(book), "xlsx") == [(2, "M2", formula), (3, "P3", formula)]


def test_merged_cells_are_refused_by_their_range():
    book = as_xlsx(lines(3))
    book["Contrats"].merge_cells("D2:D4")

    assert told(saved(book), "xlsx") == [
        (
            2,
            "D2:D4",
            "Des cellules sont fusionnées (D2:D4) : annulez la fusion et écrivez la valeur dans chaque cellule.",
        )
    ]


def test_a_worksheet_that_is_not_there_is_told_with_the_nearest():
    content = saved(as_xlsx([line(1)], title="Contrat"))

    assert told(content, "xlsx")[0][2] == (
        "Ce classeur n'a pas de feuille « Contrats » ; vouliez-vous dire « Contrat » ?."
    )


def test_a_bomb_is_not_unzipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 300_000_000)

    assert told(out.getvalue(), "xlsx")[0][2] == "Ce classeur est beaucoup trop grand une fois décompressé."


def test_a_file_that_lies_on_its_size_is_read_whole():
    content = saved(as_xlsx(lines(3)))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, data.replace(b'<dimension ref="A1:P4"', b'<dimension ref="A1:A1"'))

    assert len(read(out.getvalue(), "xlsx", DEFINITION).lines) == 3


def test_too_many_lines_are_told():
    definition = DEFINITION.model_copy(update={"most": 2})

    for form, content in (("csv", as_csv(lines(3))), ("xlsx", saved(as_xlsx(lines(3))))):
        faults = read(content, form, definition).faults.kept
        assert [fault.message for fault in faults] == ["Ce fichier a plus de 2 lignes : partagez-le en plusieurs."]


# --- whatever comes


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2_000))
def test_no_bytes_at_all_raise(content):
    for form in ("csv", "xlsx"):
        table = read(content, form, DEFINITION)
        assert table.faults.count or table.at


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=12), max_size=20), max_size=8), st.sampled_from(["utf-8", "utf-16", "cp1252"])
)
def test_no_text_at_all_raises(rows, encoding):
    content = "\r\n".join(";".join(row) for row in rows).encode(encoding, "replace")

    read(content, "csv", DEFINITION)


WORKBOOK = saved(as_xlsx(lines(3)))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=30))
def test_a_damaged_workbook_does_not_raise(at, noise):
    content = WORKBOOK[:at] + noise + WORKBOOK[at + len(noise) :]

    form_of(content)
    read(content, "xlsx", DEFINITION)


PARTS = {
    part.filename: zipfile.ZipFile(io.BytesIO(WORKBOOK)).read(part)
    for part in zipfile.ZipFile(io.BytesIO(WORKBOOK)).infolist()
}


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(sorted(PARTS)))
def test_a_workbook_whose_parts_are_damaged_does_not_raise(data, name):
    part = PARTS[name]
    at = data.draw(st.integers(0, max(0, len(part) - 1)))
    noise = data.draw(st.sampled_from([b"", b"<", b'"', b"&x;", b"-1", b"999999999999", b"\xff", b"</row>"]))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for other, content in PARTS.items():
            archive.writestr(other, part[:at] + noise + part[at + 3 :] if other == name else content)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(out.getvalue(), "xlsx", DEFINITION)


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (WORKBOOK, "xlsx"), (as_csv(lines(1)), "csv"), (as_csv(lines(1), encoding="utf-16"), "csv"),
        (b"%PDF-1.7", None), (b"\x89PNG\r\n", None), (b"PK\x03\x04rien", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", None), (b"a\x00b", None),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_content(content, form):
    assert form_of(content) == form


def test_entities_of_a_workbook_are_not_opened():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in PARTS.items():
            mined = content.replace(b"<workbook", bomb + b"<workbook", 1) if name == "xl/workbook.xml" else content
            archive.writestr(name, mined)

    assert "ne se lit pas" in told(out.getvalue(), "xlsx")[0][2]
    assert load_workbook(io.BytesIO(WORKBOOK)).sheetnames == ["Contrats"]
