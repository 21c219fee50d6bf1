"""What somebody who decides may still join to a sheet, from the page where they read it."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.tenancy.registry import registry
from tests.support.htmx import soup
from tests.support.offer import make_tree, put_in_state
from tests.support.people import inside, play, signed_in

SLUG, DIFOR = "sofia-fmo", "difor@exemple.test"


@pytest.fixture
def session_id(app: Flask):
    play(app, DIFOR, SLUG, "validator", role="difor")
    with inside(app, SLUG) as session:
        holder = Organisation(siret="11000001500013", name="EAFC")
        session.add(holder)
        session.flush()
        return make_tree(session, registry.get(SLUG), "session", holder).id


def joined(app, session_id, state):
    with inside(app, SLUG) as session:
        put_in_state(session, session.scalars(select(Sheet).where(Sheet.id == session_id)).one(), "statut", state)
    page = soup(signed_in(app, DIFOR).get(f"/{SLUG}/validation/fiches/{session_id}"))
    return {a.get_text(strip=True): a["href"] for a in page.select("aside a") if a.text.startswith("Joindre")}


def test_the_file_left_open_to_them_is_one_link_away(app, session_id):
    href = f"/{SLUG}/espace/fiches/{session_id}/etapes/documents#field-piece_eafc"
    assert joined(app, session_id, "s3") == {"Joindre une pièce : Bon de commande (EAFC)": href}


def test_where_nothing_is_open_nothing_is_offered(app, session_id):
    assert joined(app, session_id, "s1") == {}
