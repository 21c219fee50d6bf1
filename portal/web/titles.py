"""What a sheet is called at the top of its pages, in every area."""

from portal.domain.sheets.view import View


def sheet_title(view: View) -> str:
    """The region's own header, or the sheet's title."""
    header = view.tenant.desk.headers.get(view.node.level)
    return (view.fill(header.title) if header else "") or view.node.title
