"""Which area of the region the header says one is in."""

import pytest

from tests.support.htmx import soup
from tests.support.people import play, signed_in

SLUG = "eos"


@pytest.mark.parametrize(
    ("side", "path", "area"),
    [
        ("org", "/eos/espace/", "Espace organisme"),
        ("org", "/eos/sessions", "Catalogue"),
        ("validator", "/eos/validation/", "Validation"),
        ("validator", "/eos/espace/session/", "Validation"),
        ("validator", "/eos/", "Catalogue"),
    ],
)
def test_the_header_marks_the_area_one_is_in(app, side, path, area):
    play(app, "moi@exemple.test", SLUG, side)
    page = signed_in(app, "moi@exemple.test").get(path)
    assert page.status_code == 200
    current = soup(page).select("header nav [aria-current]") or soup(page).select("[aria-current=page]")
    assert area in [link.get_text(strip=True) for link in current]
