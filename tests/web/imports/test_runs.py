"""The page of a file: it follows the work by itself, then says what is to be corrected or what will change."""

import csv
import io
import uuid

import pytest

from portal.domain.imports.models import ImportRun
from tests.support.htmx import after_swap, same_page, soup
from tests.support.imported import SLUG, line, lines
from tests.support.offer import AT
from tests.support.people import inside, play, signed_in
from tests.web.imports.conftest import HOME

BAD = [line(1), line(2, Quota="beaucoup"), line(3, **{"SIRET porteur": "123"}), line(4, Début="demain")]


def poll(page):
    """The part that asks for itself again, or None."""
    return soup(page).select_one("#run[hx-get]")


def rows_of(page, label):
    """The rows of a table, each as its cells' texts."""
    table = soup(page).select_one(f"[aria-label='{label}'] tbody")
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")
    ]


def test_the_page_asks_for_itself_until_the_file_is_checked(office):
    address = office.bring_lines(lines(3), work=False)
    page = office.region.get(address)
    assert poll(page)["hx-get"] == address
    assert soup(page).select_one("progress") is not None
    still = office.ask_again(address)
    assert still.status_code == 200
    same_page(after_swap(page, still, "#run"), page)

    office.work()
    last = office.ask_again(address)

    assert last.status_code == 286
    assert poll(last) is None
    assert "prêt à importer" in last.headers["HX-Trigger"].encode().decode("unicode_escape")
    same_page(after_swap(page, last, "#run"), office.region.get(address))


def test_faults_are_read_at_their_lines_and_nothing_is_written(office):
    page = office.region.get(office.bring_lines(BAD))

    found = rows_of(page, "À corriger dans le fichier")
    assert [(row[0].split()[1], row[1], row[2]) for row in found] == [
        ("3", "Quota", "beaucoup"),
        ("4", "SIRET porteur", "123"),
        ("5", "Début", "demain"),
    ]
    assert all(row[3] for row in found)
    assert "3 points" in page.text
    assert "Rien n’a été écrit" in page.text
    assert "Accepter l’import" not in page.text
    assert office.sheets() == {}


def test_the_person_s_own_file_comes_back_annotated(office):
    address = office.bring_lines(BAD)
    link = soup(office.region.get(address)).select_one("#run a[href$='/annote']")

    answer = office.region.get(link["href"])

    assert "programme-annote.csv" in answer.headers["Content-Disposition"]
    found = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [row["Numéro"] for row in found] == ["N00001", "N00002", "N00003", "N00004"]
    assert [bool(row["À corriger"]) for row in found] == [False, True, True, True]


def test_a_long_list_of_faults_is_read_page_by_page(office):
    address = office.bring_lines([line(n, Quota="beaucoup") for n in range(1, 131)])

    first, third = office.region.get(address), office.region.get(f"{address}?page=3")

    assert (len(rows_of(first, "À corriger dans le fichier")), len(rows_of(third, "À corriger dans le fichier"))) == (
        50,
        30,
    )
    part = office.region.get(f"{address}?page=3", htmx=True)
    assert (part.status_code, part.headers.get("HX-Trigger")) == (200, None)
    same_page(after_swap(first, part, "#run"), third)


def test_what_a_good_file_will_change_is_told_before_it_is_accepted(office):
    page = office.region.get(office.bring_lines(lines(4)))

    assert rows_of(page, "Ce que le fichier change") == [["Contrat", "4", "0", "0"], ["Composante", "4", "0", "0"]]
    assert "2 organismes nouveaux" in page.text
    assert "2 personnes invitées" in page.text
    assert "Accepter l’import" in page.text
    assert office.sheets() == {}


def test_sheets_that_the_source_no_longer_names_are_listed_and_kept(office):
    first = office.bring_lines(lines(4))
    office.region.post(f"{first}/accepter")
    office.work()
    second = office.bring_lines(lines(3))

    assert (
        "Contrat N00004" in soup(office.region.get(second)).select_one("section[aria-labelledby=vanished-title]").text
    )
    office.region.post(f"{second}/accepter")
    office.work()

    assert office.sheets() == {"contrat": 4, "composante": 4}
    links = soup(office.region.get(f"{HOME}contrats")).select("section[aria-labelledby=vanished-title] a")
    assert "Contrat N00004" in [link.get_text() for link in links]
    assert all(office.region.get(link["href"]).status_code == 200 for link in links)


@pytest.mark.parametrize(
    "state", ["waiting", "checking", "refused", "checked", "accepted", "applying", "done", "dropped", "failed"]
)
def test_every_state_has_its_words_and_the_part_swapped_is_the_part_reloaded(office, state):
    address = office.bring_lines(lines(2))
    office.put(address, state=state, total=200, done=50, problem="Un incident." if state == "failed" else None)

    page, part = office.region.get(address), office.ask_again(address)

    assert page.status_code == 200
    moving = state in ("waiting", "checking", "accepted", "applying")
    assert part.status_code == (200 if moving else 286)
    assert (poll(page) is not None) == moving
    same_page(after_swap(page, part, "#run"), office.region.get(address))


@pytest.mark.parametrize("path", ["", "/annote", "/accepter"])
def test_a_file_of_another_region_does_not_exist(app, office, path):
    other = "plan"
    with inside(app, other) as session:
        foreign = ImportRun(
            import_id="contrats", file_name="a.csv", form="csv", content=b"a", digest="0", size=1, state="checked",
            at=AT, made_by_name="Ailleurs",
        )  # fmt: skip
        session.add(foreign)
        session.flush()
        forged = foreign.id

    for run_id in (forged, uuid.uuid4()):
        assert office.region.get(f"{HOME}fichiers/{run_id}{path}").status_code == 404
    assert office.region.post(f"{HOME}fichiers/{forged}/accepter").status_code == 404
    assert office.region.post(f"{HOME}fichiers/{forged}/abandonner").status_code == 404
    assert office.region.get(f"{HOME}fichiers/pas-un-numero").status_code == 404


def test_a_file_of_an_import_that_is_not_ones_own_does_not_exist(app, office):
    address = office.bring_lines(lines(1))
    office.put(address, import_id="autrefois")

    assert office.region.get(address).status_code == 404
    assert office.region.post(f"{address}/abandonner").status_code == 404


def test_an_organisation_reads_no_file_of_the_region(app, office):
    address = office.bring_lines(BAD)
    play(app, "of@exemple.test", SLUG, "org")
    of = signed_in(app, "of@exemple.test")

    assert [of.get(address + path).status_code for path in ("", "/annote", "/accepter")] == [404, 404, 404]
    assert of.post(f"{address}/accepter").status_code == 404
