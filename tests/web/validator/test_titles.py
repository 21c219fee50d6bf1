"""What a sheet is called in the queue and on the page where it is read: the region's header, not its number alone."""

import uuid

import pytest
from flask import Flask

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.search import lineages
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_tree, put_in_state
from tests.support.people import inside, play, signed_in

SLUG, READER = "sofia-fmo", "ingenieur@exemple.test"


@pytest.fixture
def waiting(app: Flask) -> uuid.UUID:
    """A session of the seventh level that waits for the ingénieur."""
    with inside(app, SLUG) as session:
        holder = Organisation(siret="11000001500013", name="EAFC")
        session.add(holder)
        session.flush()
        sheet = make_tree(session, registry.get(SLUG), "session", holder)
        put_in_state(session, sheet, "statut", "s2")
        made = sheet.id
    play(app, READER, SLUG, "validator", role="ingenieur")
    return made


def test_the_queue_names_it_by_its_header_and_what_is_above_from_the_highest(app, waiting):
    page = soup(signed_in(app, READER).get(f"/{SLUG}/validation/"))
    row = page.select_one("[data-row] th")
    assert row.a.get_text(strip=True).endswith("Groupe 01 – Session #1")
    with inside(app, SLUG) as session:
        above = lineages(session, [waiting])[waiting]
    levels = ["groupe", "module", "dispositif", "priorite", "axe", "cycle"]
    assert [one.level for one in above] == levels
    said = row.select_one(".muted").get_text(strip=True).split(" › ")
    highest_first = [one.title for one in reversed(above)]
    assert said == [words for words in highest_first if words not in row.a.get_text()]


def test_the_page_where_it_is_read_says_the_same(app, waiting):
    page = soup(signed_in(app, READER).get(f"/{SLUG}/validation/fiches/{waiting}"))
    assert page.h1.get_text(strip=True).endswith("Groupe 01 – Session #1")


def test_a_region_without_programmes_has_no_column_for_them(app, waiting):
    browser = signed_in(app, READER)
    for address in (f"/{SLUG}/validation/", f"/{SLUG}/validation/fiches"):
        heads = [th.get_text(strip=True) for th in soup(browser.get(address)).select("thead th")]
        assert heads and "Programme" not in heads
