"""The words of a region for its areas, and no column for what it does not have."""

import pytest

from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_tree, organisation
from tests.support.people import inside, play, signed_in


def test_a_region_names_its_areas(app) -> None:
    play(app, "of@exemple.test", "sofia-fmo", "org", role="pilote")
    page = signed_in(app, "of@exemple.test").get("/sofia-fmo/espace/", follow_redirects=True).text
    assert "Espace organisation" in page
    assert "Espace organisme" not in page


@pytest.mark.parametrize(("slug", "expected"), [("sofia-fmo", 0), ("eos", 1)])
def test_a_region_without_programmes_has_no_column_for_them(app, slug: str, expected: int) -> None:
    tenant = registry.get(slug)
    with inside(app, slug) as session:
        sheet = make_tree(session, tenant, tenant.session_level, organisation(session))
        code = sheet.code
    play(app, "validation@exemple.test", slug, "validator")
    page = signed_in(app, "validation@exemple.test").get(f"/{slug}/validation/fiches", query_string={"q": code})
    heads = [th.get_text(strip=True) for th in soup(page).select("table th[scope=col]")]
    assert (heads.count("Fiche"), heads.count("Programme")) == (1, expected)
