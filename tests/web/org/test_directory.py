"""The directory: kept by each organisation, read by the region, chosen from in forms."""

import pytest
from sqlalchemy import select

from portal.domain.journal.models import JournalEntry
from portal.domain.organisations.models import Contact, OpenDay, Organisation, Site
from portal.tenancy.registry import registry
from tests.support.directory import contact, site
from tests.support.htmx import after_swap, form_data, same_page, soup
from tests.support.offer import fill, make_tree
from tests.support.people import Browser, inside, play, signed_in

SLUG = "revue"
BASE = f"/{SLUG}/espace/annuaire/"
IDA, MAX, REGION = "ida@exemple.test", "max@exemple.test", "region@exemple.test"
TYPED = {
    "name": "Lyon 8", "code": "36364", "siret": "", "uai": "", "address-numero": "12", "address-voie": "rue des Lilas",
    "address-code_postal": "69008", "address-commune": "Lyon", "address-pays": "FRANCE",
}  # fmt: skip


@pytest.fixture
def holder(app):
    return play(app, IDA, SLUG, "org")


@pytest.fixture
def ida(app, holder) -> Browser:
    return signed_in(app, IDA)


@pytest.fixture
def here(holder):
    return lambda rest="": f"{BASE}{holder}{rest}"


def add(app, holder, make, *args, **values):
    with inside(app, SLUG) as session:
        return make(session, session.get(Organisation, holder), *args, **values).id


def only(app, model):
    with inside(app, SLUG) as session:
        found = session.scalars(select(model)).one()
        session.expunge(found)
        return found


def kinds(app):
    with inside(app, SLUG) as session:
        return list(session.scalars(select(JournalEntry.kind).order_by(JournalEntry.id)))


def test_the_menu_leads_to_the_directory_of_one_s_organisation(ida, here):
    link = soup(ida.get(f"/{SLUG}/espace/session/")).find("a", string="Annuaire")

    answer = ida.get(link["href"])

    assert answer.headers["Location"] == here()
    page = soup(ida.get(here()))
    assert page.select_one(".menu-bar [aria-current]").text == "Annuaire"
    assert "Gestion de vos sites, contacts, référents et portes ouvertes" in page.text
    assert [h.text for h in page.select("main h2")] == ["Sites", "Contacts et référents", "Portes ouvertes"]


def test_a_site_is_added_with_the_code_of_its_commune(app, ida, here):
    answer = ida.post(here("/sites/nouveau"), TYPED)

    assert (answer.status_code, answer.headers["Location"]) == (303, here())
    kept = only(app, Site)
    assert (kept.name, kept.siret, kept.address["insee"]) == ("Lyon 8", None, "69123")
    page = soup(ida.get(here()))
    assert "12 rue des Lilas, 69008 Lyon" in page.select_one(f"#site-{kept.id}").text
    assert kinds(app) == ["site.created"]


def test_what_is_wrong_is_said_at_its_place_and_what_was_typed_stays(app, ida, here):
    answer = ida.post(here("/sites/nouveau"), TYPED | {"name": "", "siret": "123", "address-code_postal": ""})

    assert answer.status_code == 422
    page = soup(answer)
    assert page.select_one("#field-siret .fault")
    assert page.select_one("#c-address-commune")["value"] == "Lyon"
    answer = ida.post(here("/sites/nouveau"), TYPED | {"name": "", "address-code_postal": ""})
    page = soup(answer)
    assert "Ce champ est demandé." in page.select_one("#field-name .fault").text
    assert "Ce champ est demandé." in page.select_one("#field-address-code_postal .fault").text
    assert [a["href"] for a in page.select("#faults a")] == ["#field-name", "#field-address"]
    assert kinds(app) == []


def test_a_siret_of_another_company_is_kept_with_a_remark(app, ida, here):
    ida.post(here("/sites/nouveau"), TYPED | {"siret": "130 005 119 00032"})

    kept = only(app, Site)
    page = soup(ida.get(here()))
    assert kept.siret == "13000511900032"
    assert len(page.find_all(string=lambda s: s and "n’est pas celui d’un établissement" in s)) == 2  # told, then noted
    form = soup(ida.get(here(f"/sites/{kept.id}")))
    assert form.select_one("#field-siret .heed")


def test_a_contact_gains_and_loses_missions(app, ida, here):
    ida.post(
        here("/contacts/nouveau"), {"name": "Léa Roy", "phone": "02 40 00 00 00", "duties": ["handicap", "mobilite"]}
    )
    kept = only(app, Contact)
    page = soup(ida.get(here()))
    assert kept.duties == ["handicap", "mobilite"]
    assert "Référent mobilité" in page.select_one(f"#contact-{kept.id}").text

    href = here(f"/contacts/{kept.id}")
    sent = form_data(ida.get(href), "entry-form")
    assert sent.getlist("duties") == ["handicap", "mobilite"]
    sent.setlist("duties", [])
    ida.post(href, sent.to_dict(flat=False))

    assert only(app, Contact).duties == []
    assert (only(app, Contact).name, only(app, Contact).phone) == ("Léa Roy", "0240000000")


def test_an_open_day_is_at_one_of_the_sites_offered(app, ida, holder, here):
    place = add(app, holder, site)
    gone = add(app, holder, site, "Fermé", offered=False)
    form = soup(ida.get(here("/journees/nouveau")))
    assert [o["value"] for o in form.select("select[name=site_id] option") if o["value"]] == [str(place)]

    typed = {"site_id": str(place), "starts_at": "02/05/2026 09:00", "ends_at": "02/05/2026 17:00", "text": "Venez"}
    assert ida.post(here("/journees/nouveau"), typed | {"site_id": str(gone)}).status_code == 422
    assert ida.post(here("/journees/nouveau"), typed).status_code == 303

    day = only(app, OpenDay)
    row = soup(ida.get(here())).select_one(f"#open_day-{day.id}")
    assert "02/05/2026 à 09 h 00, jusqu’au 02/05/2026 à 17 h 00" in row.text and "Principal" in row.text
    assert ida.post(here(f"/journees/{day.id}/proposer")).status_code == 404
    assert ida.post(here(f"/journees/{day.id}/retirer")).status_code == 303
    assert "Aucune journée portes ouvertes" in ida.get(here()).text


def test_an_open_day_elsewhere_has_an_address_and_a_page_to_register(app, ida, holder, here):
    place = add(app, holder, site)
    typed = {"starts_at": "02/05/2026 09:00", "text": "Venez", "url": "exemple", "address-pays": "FRANCE"}
    where = {"address-numero": "1", "address-voie": "place Bellecour", "address-code_postal": "69002",
             "address-commune": "Lyon"}  # fmt: skip

    refused = ida.post(here("/journees/nouveau"), typed)
    assert refused.status_code == 422 and soup(refused).select_one("#faults a")["href"] == "#field-url"
    typed |= {"url": "https://exemple.fr/portes"}
    both = ida.post(here("/journees/nouveau"), typed | where | {"site_id": str(place)})
    assert both.status_code == 422 and "pas les deux" in soup(both).select_one("#faults").text
    half = ida.post(here("/journees/nouveau"), typed | {"address-voie": "place Bellecour"})
    assert half.status_code == 422
    assert ida.post(here("/journees/nouveau"), typed | where).status_code == 303

    day = only(app, OpenDay)
    row = soup(ida.get(here())).select_one(f"#open_day-{day.id}")
    assert "place Bellecour, 69002 Lyon" in row.text
    assert row.select_one("td a")["href"] == "https://exemple.fr/portes"


def test_an_open_day_may_say_no_more_than_when_and_what(app, ida, here):
    typed = {"starts_at": "02/05/2026 09:00", "text": "Venez", "address-pays": "FRANCE"}

    assert ida.post(here("/journees/nouveau"), typed).status_code == 303
    assert (only(app, OpenDay).address, only(app, OpenDay).url) == ({}, None)


def test_a_site_that_a_session_names_stays_in_its_form_and_leaves_the_others(app, ida, holder, here):
    named, free = add(app, holder, site, "Nommé"), add(app, holder, site, "Libre")
    with inside(app, SLUG) as session:
        tenant, owner = registry.get(SLUG), session.get(Organisation, holder)
        one = make_tree(session, tenant, "session", owner)
        fill(session, tenant, one, lieu=str(named))
        other = make_tree(session, tenant, "session", owner)
        fill(session, tenant, other, lieu=str(free))
        ids = one.id, other.id

    for entry in (named, free):
        with inside(app, SLUG) as session:
            if entry == free:  # nothing names it any more
                fill(session, tenant, session.get(type(one), ids[1]), lieu="")
        assert ida.post(here(f"/sites/{entry}/retirer")).status_code == 303

    kept = only(app, Site)
    assert (kept.id, kept.offered) == (named, False)
    assert "N’est plus proposé" in soup(ida.get(here())).select_one(f"#site-{named}").text
    assert _offered(ida, ids[0]) == [str(named)]
    assert _offered(ida, ids[1]) == []
    ida.post(here(f"/sites/{named}/proposer"))
    assert _offered(ida, ids[1]) == [str(named)]


def _offered(browser, sheet_id):
    page = soup(browser.get(f"/{SLUG}/espace/fiches/{sheet_id}/etapes/session"))
    return [o["value"] for o in page.select("select[name=lieu] option") if o["value"]]


def test_another_organisation_finds_nothing_and_the_region_reads_without_writing(app, ida, holder, here):
    entry = add(app, holder, site)
    play(app, MAX, SLUG, "org", number=2)
    play(app, REGION, SLUG, "validator")
    stranger, region = signed_in(app, MAX), signed_in(app, REGION)
    reads = [here(), here("/sites/nouveau"), here(f"/sites/{entry}")]
    writes = [here("/sites/nouveau"), here(f"/sites/{entry}"), here(f"/sites/{entry}/retirer")]

    assert [stranger.get(url).status_code for url in reads] == [404, 404, 404]
    assert [stranger.post(url, TYPED).status_code for url in writes] == [404, 404, 404]
    assert [region.get(url).status_code for url in reads] == [200, 404, 404]
    assert [region.post(url, TYPED).status_code for url in writes] == [404, 404, 404]
    assert soup(region.get(here())).select("main form, main a.btn") == []
    assert [a.text for a in soup(region.get(BASE)).select("tbody a")] == ["Organisme 1", "Organisme 2"]
    assert only(app, Site).name == "Principal"


def test_an_entry_of_another_organisation_is_not_reached_through_one_s_own(app, ida, here):
    theirs = play(app, MAX, SLUG, "org", number=2)
    entry = add(app, theirs, contact)

    assert ida.get(here(f"/contacts/{entry}")).status_code == 404
    assert ida.post(here(f"/contacts/{entry}/retirer")).status_code == 404


def test_the_establishment_chosen_narrows_the_directory_the_lists_and_the_tasks(app, holder):
    second = play(app, IDA, SLUG, "org", number=2)
    with inside(app, SLUG) as session:
        for owner in (holder, second):
            make_tree(session, registry.get(SLUG), "session", session.get(Organisation, owner))
    ida = signed_in(app, IDA)

    def seen():
        rows = soup(ida.get(f"/{SLUG}/espace/session/")).select("tbody tr")
        figures = soup(ida.get(f"/{SLUG}/espace/")).select(".counters strong")
        return len(rows), next(int(figure.text) for figure in figures)

    assert seen() == (2, 2)
    assert len(soup(ida.get(BASE)).select("tbody tr")) == 2
    ida.post(f"/{SLUG}/etablissement", {"etablissement": str(second), "suite": BASE})
    assert seen() == (1, 1)
    assert ida.get(BASE).headers["Location"] == f"{BASE}{second}"
    assert ida.get(f"{BASE}{holder}").status_code == 404
    ida.post(f"/{SLUG}/etablissement", {"etablissement": ""})
    assert seen() == (2, 2)


def test_the_search_of_the_region_is_the_page_once_reloaded(app, holder):
    play(app, MAX, SLUG, "org", number=2)
    play(app, REGION, SLUG, "validator")
    region = signed_in(app, REGION)

    fragment = region.get(BASE, query_string={"q": "organisme 2"}, htmx=True)

    whole = region.get(BASE, query_string={"q": "organisme 2"})
    assert [a.text for a in soup(fragment).select("tbody a")] == ["Organisme 2"]
    same_page(after_swap(region.get(BASE), fragment, "#directories"), whole)
    assert "Aucun organisme ne répond" in region.get(BASE, query_string={"q": "introuvable"}).text


def test_thirty_sites_and_contacts_cost_the_statements_of_one(app, ida, holder, here, statements):
    def count(url):
        ida.get(url)
        with statements() as seen:
            assert ida.get(url).status_code == 200
        return len(seen)

    first_site = add(app, holder, site)
    add(app, holder, contact)
    with inside(app, SLUG) as session:
        tenant = registry.get(SLUG)
        sheet = make_tree(session, tenant, "session", session.get(Organisation, holder))
        fill(session, tenant, sheet, lieu=str(first_site))
        urls = [here(), f"/{SLUG}/espace/fiches/{sheet.id}/etapes/session", f"/{SLUG}/espace/fiches/{sheet.id}"]
    before = [count(url) for url in urls]
    for number in range(29):
        add(app, holder, site, f"Site {number}")
        add(app, holder, contact, f"Contact {number}")

    assert [count(url) for url in urls] == before
