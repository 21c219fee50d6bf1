"""Tables as files: what a French spreadsheet opens, and nothing that it would run."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from portal.web.spreadsheets import CHUNK, LONGEST, csv_chunks, write_csv, write_xlsx, xlsx_chunks

HEADS = ["Titre", "Début", "Places", "Prix", "Vu le"]
LINE = ["Élève ; « œuvre » à 3 €\nsuite", date(2026, 1, 12), 45, Decimal("1234.50"), datetime(2026, 1, 2, 9, 30)]


def as_csv(*lines):
    file = io.BytesIO()
    write_csv(file, HEADS, iter(lines))
    assert file.getvalue().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline=""), delimiter=";"))


def as_xlsx(*lines):
    file = io.BytesIO()
    write_xlsx(file, HEADS, iter(lines))
    return openpyxl.load_workbook(file).active


def test_csv_says_values_as_french_people_write_them():
    assert as_csv(LINE, [None, "", None, 0, None]) == [
        HEADS,
        ["Élève ; « œuvre » à 3 €\nsuite", "12/01/2026", "45", "1234,50", "02/01/2026 09:30"],
        ["", "", "", "0", ""],
    ]


def test_xlsx_keeps_numbers_and_dates_as_such():
    sheet = as_xlsx(LINE)

    title, start, seats, price, seen = (cell.value for cell in sheet[2])
    assert [cell.value for cell in sheet[1]] == HEADS
    assert (title, seats, price) == ("Élève ; « œuvre » à 3 €\nsuite", 45, 1234.5)
    assert (start, seen) == (datetime(2026, 1, 12), datetime(2026, 1, 2, 9, 30))
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")'])
def test_no_text_is_a_formula(text):
    assert as_csv([text])[1][0].startswith("'")
    cell = as_xlsx([text])["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip().endswith(text.strip())


def test_a_text_too_long_for_a_cell_is_cut_there_and_whole_elsewhere():
    text = "é" * (LONGEST + 10)

    assert as_csv([text])[1][0] == text
    assert as_xlsx([text])["A2"].value == "é" * LONGEST


def test_a_workbook_survives_odd_texts_and_days_before_spreadsheets():
    texts = ["a & b < c > d", "_x000D_", "\x0bcloche\x07", "  marges  ", "\ufffe"]
    sheet = as_xlsx([*texts], [date(1900, 2, 28), date(1900, 3, 1), True, -12, Decimal("0.1")])

    assert [cell.value for cell in sheet[2]][:4:3] == [texts[0], texts[3]]
    assert [cell.value for cell in sheet[3]] == ["28/02/1900", datetime(1900, 3, 1), 1, -12, 0.1]
    assert sheet.auto_filter.ref == "A1:E3"


def test_columns_beyond_z_keep_their_place():
    file = io.BytesIO()
    write_xlsx(file, [str(n) for n in range(60)], iter([list(range(60))]))

    sheet = openpyxl.load_workbook(file).active

    assert [cell.value for cell in sheet[2]] == list(range(60))


@pytest.mark.parametrize("chunked", [csv_chunks, xlsx_chunks])
def test_lines_are_asked_for_as_they_are_written(chunked):
    asked = []

    def lines():
        for n in range(3 * CHUNK):
            asked.append(n)
            yield [n]

    chunks = chunked(HEADS, lines())
    assert next(chunks)
    assert asked == []
    next(chunks)
    assert len(asked) == CHUNK
