"""The open days of the organisation, on the pages of its sessions."""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.domain.organisations.models import OpenDay, Organisation, Site
from tests.support.htmx import soup
from tests.support.offer import organisation
from tests.support.people import inside
from tests.web.public.conftest import LYON

NOW = datetime.now()


def announce(published, *days, **values):
    """A published session, its organisation announcing open days that begin in so many days."""

    def then(own, sheet):
        holder = sheet.organisation_id
        if values.pop("at_site", False):
            site = Site(organisation_id=holder, name="Campus", address=LYON)
            own.session.add(site)
            own.session.flush()
            values["site_id"] = site.id
        for n in days:
            starts = (NOW + timedelta(days=n)).replace(hour=9, minute=30, second=0, microsecond=0)
            ends = starts.replace(hour=16)
            own.session.add(OpenDay(organisation_id=holder, starts_at=starts, ends_at=ends, text=f"Jour {n}", **values))

    return published(then)


def test_the_days_to_come_are_told_in_their_order(client, published):
    card = soup(client.get(announce(published, 20, 3, -3, address=LYON))).select_one("#portes-ouvertes")

    assert [p.text for p in card.select("p")] == ["Jour 3", "Jour 20"]
    day = NOW + timedelta(days=3)
    assert f"Le {day:%d/%m/%Y}, de 09h30 à 16h30, 12 rue des Lilas, 69008 Lyon" in " ".join(card.text.split())


def test_a_day_says_its_site_and_where_one_registers(client, published):
    address = announce(published, 3, at_site=True, url="https://exemple.fr/portes")

    for page in (address, f"{address}/imprimer"):
        card = soup(client.get(page)).select_one("#portes-ouvertes")
        assert "Campus, 12 rue des Lilas, 69008 Lyon" in " ".join(card.text.split())
        assert card.a["href"] == "https://exemple.fr/portes"


def test_the_days_of_another_organisation_are_not_told(client, published):
    def then(own, sheet):
        other = organisation(own.session, "Une autre", 2)
        own.session.add(OpenDay(organisation_id=other.id, starts_at=NOW + timedelta(days=3), text="Ailleurs"))

    assert soup(client.get(published(then))).select_one("#portes-ouvertes") is None


def test_a_day_announced_later_makes_another_page(app, client, published):
    address = published()
    kept = {"If-None-Match": client.get(address).headers["ETag"]}
    assert client.get(address, headers=kept).status_code == 304
    with inside(app, "eos") as session:
        holder = session.scalars(select(Organisation)).one()
        session.add(OpenDay(organisation_id=holder.id, starts_at=NOW + timedelta(days=3), text="Venez"))

    page = client.get(address, headers=kept)

    assert page.status_code == 200 and "Venez" in soup(page).select_one("#portes-ouvertes").text
