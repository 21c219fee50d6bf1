"""Bytes → a table of texts, with everything that does not hold in the file itself."""

from portal.domain.imports.csv_file import read_csv
from portal.domain.imports.headings import match_headings
from portal.domain.imports.table import Table
from portal.domain.imports.xlsx_file import read_xlsx
from portal.tenancy.schema import Import


def read(content: bytes, form: str, definition: Import) -> Table:
    """Read a file as an import declares it. Never raises: what is wrong is in the table's faults."""
    if form == "xlsx":
        table = read_xlsx(content, definition.most, definition.worksheet)
    else:
        table = read_csv(content, definition.most)
    match_headings(table, definition)
    return table
