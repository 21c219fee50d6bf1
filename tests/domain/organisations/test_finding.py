"""Entries of the directory found by words: whose they are, who has a duty, what is no longer offered."""

import pytest
from flask import Flask

from portal.domain.organisations.finding import entries_named
from portal.domain.organisations.models import Contact, Site
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.offer import organisation


@pytest.fixture
def place(app: Flask):
    with app.app_context(), tenant_scope("plan"):
        mine, other = organisation(db.session, "Lycée Émile Zola"), organisation(db.session, "Autre", 2)
        rows = [
            ("Anne Élie", "A1", mine, ["pilote"]), ("Bruno Élie", "B2", mine, ["intervenant"]),
            ("Zoé Élie", "Z9", other, []),
        ]  # fmt: skip
        db.session.add_all(Contact(organisation_id=o.id, name=n, code=c, duties=d) for n, c, o, d in rows)
        db.session.add(Contact(organisation_id=mine.id, name="Carl Élie", offered=False))
        db.session.add(
            Site(organisation_id=mine.id, name="Annexe", address={"code_postal": "14200", "commune": "CAEN"})
        )
        db.session.flush()
        yield mine
        db.session.rollback()


def names(model, keys):
    return [db.session.get(model, key).name for key in keys]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("elie", ["Anne Élie", "Bruno Élie"]),
        ("ÉLIE b2", ["Bruno Élie"]),
        ("anne elie - a1", ["Anne Élie"]),
        ("zola", ["Anne Élie", "Bruno Élie"]),
        ("carl", []),
        ("100%", []),
        ("a\x00nne", ["Anne Élie"]),
    ],
)
def test_every_word_is_looked_for_among_those_offered(place, text, found):
    assert names(Contact, entries_named(db.session, "contact", place.id, text)) == found


def test_who_has_the_duty_comes_first_or_alone(place):
    given = {"duty": "intervenant", "limit": 5}
    assert names(Contact, entries_named(db.session, "contact", place.id, "", **given)) == ["Bruno Élie", "Anne Élie"]
    alone = entries_named(db.session, "contact", place.id, "", duty_only=True, **given)
    assert names(Contact, alone) == ["Bruno Élie"]


def test_the_whole_region_and_other_tables(place):
    assert len(entries_named(db.session, "contact", None, "elie")) == 3
    assert len(entries_named(db.session, "contact", None, "elie", limit=2)) == 2
    assert names(Site, entries_named(db.session, "site", place.id, "caen 14200")) == ["Annexe"]
    assert entries_named(db.session, "organisation", None, "zola") == [place.id]
