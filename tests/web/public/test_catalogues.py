"""The catalogues of a region: read on the screen, and the same in each format."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sqlalchemy import delete

from portal.domain.catalogue.models import PublishedSession
from portal.web.public import made_files
from portal.web.public.catalogue_files import WRITERS
from tests.support.catalogue import later
from tests.support.people import inside, play, signed_in

HOME = "/revue/catalogues"
E2C = f"{HOME}/e2c"
MARSEILLE = {"department": "13", "postal_code": "13001", "town": "Marseille"}
LYON = {"department": "69", "postal_code": "69008", "town": "Lyon"}
NONE = "Aucune session n’est publiée dans ce catalogue à ce jour."
HEADS = ["Code FAS", "Formation", "Organisme", "Début", "Lieu", "Dispositifs", "Places", "Rendez-vous", "Page"]


@pytest.fixture
def shelf(rows):
    """Put rows of the programme of the catalogue."""
    return lambda number=1, **values: rows(number, slug="revue", **{"programme": "e2c", **values})


def get(client, url, **kwargs):
    """An answer read to its end and closed, as servers do."""
    with client.get(url, **kwargs) as answer:
        answer.get_data()
    return answer


def page_of(client, url):
    answer = get(client, url)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def titles(page):
    return [a.get_text() for a in page.select(".result h3 a")]


def csv_of(client, url=f"{E2C}.csv"):
    answer = get(client, url)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))


def xlsx_of(client):
    answer = get(client, f"{E2C}.xlsx")
    assert answer.status_code == 200
    return [list(line) for line in openpyxl.load_workbook(io.BytesIO(answer.data)).active.values]


def pdf_of(client):
    answer = get(client, f"{E2C}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return PdfReader(io.BytesIO(answer.data))


def texts(pdf):
    return [" ".join(page.extract_text().split()) for page in pdf.pages]


def test_the_page_files_sessions_under_their_department(client, shelf):
    shelf(title="Boulanger", **LYON)
    shelf(title="Soudeur", **MARSEILLE)
    shelf(title="À distance")

    page = page_of(client, E2C)

    parts = {s.h2.get_text(): titles(s) for s in page.select(".catalogue-part")}
    assert page.h1.get_text() == "Catalogue de la deuxième chance"
    assert parts == {
        "Bouches-du-Rhône (13)": ["Soudeur"], "Rhône (69)": ["Boulanger"], "Lieu non précisé": ["À distance"],
    }  # fmt: skip
    assert [a.get_text() for a in page.select(".files a")] == ["PDF (à lire et à imprimer)", "CSV", "XLSX (tableur)"]
    assert get(client, page.select_one(".result a")["href"]).status_code == 200


def test_a_department_alone(client, shelf):
    shelf(title="Boulanger", **LYON)
    shelf(title="Soudeur", **MARSEILLE)

    link = page_of(client, E2C).find("a", string="Rhône (69) (1)")["href"]

    assert titles(page_of(client, link)) == ["Boulanger"]


def test_only_what_the_public_may_see_of_the_programme(client, shelf):
    shelf(title="Montrée")
    shelf(title="Retirée", status="withdrawn")
    shelf(title="Annulée", status="cancelled")
    shelf(title="Passée", visible_until=date.fromisoformat(later(-1)))
    shelf(title="Ailleurs", programme="apprentissage")

    assert titles(page_of(client, E2C)) == ["Montrée"]
    assert [line[1] for line in csv_of(client)[1:]] == ["Montrée"]
    assert [line[1] for line in xlsx_of(client)[1:]] == ["Montrée"]
    told = " ".join(texts(pdf_of(client)))
    assert "Montrée" in told
    assert not any(word in told for word in ("Retirée", "Annulée", "Passée", "Ailleurs"))


def test_every_format_says_the_same(client, shelf):
    said = {"sections": [{"id": "dispositifs", "items": [{"id": "type", "value": v} for v in ("E2C", "Autre")]}]}
    starts = date.fromisoformat(later(9))
    shelf(title="Cœur de métier", reference="1-2-3", starts_on=starts, seats=7, page=said, **LYON)

    line = ["1-2-3", "Cœur de métier", "HECATE FORMATION", f"{starts:%d/%m/%Y}", "69008 Lyon", "E2C ; Autre", "7", ""]
    address = "http://localhost:8000/revue/sessions/1-2-3"
    assert csv_of(client) == [HEADS, [*line, address]]
    heads, cells = xlsx_of(client)
    assert heads == HEADS
    assert (cells[3].date(), cells[6], cells[7], cells[8]) == (starts, 7, None, address)
    told = texts(pdf_of(client))[-1]
    for label, value in zip(HEADS[2:7], line[2:7], strict=True):
        assert f"{label} : {value}" in told.replace("\u00a0", " ")


def test_names_of_files_say_the_day(client, shelf):
    answer = get(client, f"{E2C}.pdf")

    day = later(0)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=deuxieme-chance-{day}.pdf"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("text", ["=1+1", "+33612", "-2", "@SUM(A1)"])
def test_a_title_is_never_a_formula(client, shelf, text):
    shelf(title=text)

    assert csv_of(client)[1][1] == f"'{text}"
    sheet = openpyxl.load_workbook(io.BytesIO(get(client, f"{E2C}.xlsx").data)).active
    assert (sheet["B2"].data_type, sheet["B2"].value) == ("s", text)


def test_the_document_can_be_read(client, shelf):
    shelf(7, title="Soudeur : l’œuvre à 3 €, « été »", **LYON)
    shelf(9, title="Boulanger", **MARSEILLE)

    pdf = pdf_of(client)

    told = texts(pdf)
    assert pdf.metadata.title == "Catalogue de la deuxième chance"
    assert pdf.trailer["/Root"]["/Lang"] == "fr-FR"
    assert "« Œuvrer » à 3 € de l’heure, ça commence ici." in told[0]
    assert ": 16 sessions." in told[0]
    assert told[-1].count("Soudeur : l’œuvre à 3 €, « été »") >= 1
    assert sum(words.count("Code FAS") for words in told) == 16
    for number, words in enumerate(told, 1):
        assert f"Page {number} sur {len(told)}" in words


def test_the_contents_lead_to_the_right_pages(client, shelf):
    shelf(30, **LYON)
    shelf(30, **MARSEILLE)

    pdf = pdf_of(client)

    told, marks = texts(pdf), {o.title: pdf.get_destination_page_number(o) + 1 for o in pdf.outline}
    assert list(marks) == ["Bouches-du-Rhône (13)", "Rhône (69)"]
    assert marks["Rhône (69)"] >= marks["Bouches-du-Rhône (13)"] + 3
    assert "Sommaire : par département" in told[1]
    for label, page in marks.items():
        assert told[page - 1].startswith(label)
        assert f" {page} " in told[1]
    assert len([a for a in pdf.pages[1]["/Annots"] if "/Dest" in a.get_object() or "/A" in a.get_object()]) == 2


def test_words_that_fit_no_line_nor_font_are_drawn_all_the_same(client, shelf):
    shelf(title="x" * 400 + " 🙂 Łódź ţ\u202f\u0007 " + "mot " * 100)

    told = " ".join(texts(pdf_of(client)))

    assert told.replace(" ", "").count("x") >= 400
    assert "? Łódz t" in told
    assert told.count("mot") >= 100


@pytest.mark.parametrize(
    "path", ["inconnu", "inconnu.pdf", "e2c.docx", "domaines.pdf", "E2C", "e2c.pdf.csv", "..%2fe2c", "x" * 3000, "é"]
)
def test_what_is_not_there_says_what_is(client, path):
    answer = get(client, f"{HOME}/{path}")

    assert answer.status_code == 404
    assert "Catalogue de la deuxième chance" in answer.text or "Aller à l’accueil" in answer.text


@pytest.mark.parametrize("number", ["0", "-1", "99999", "9" * 40, "1e3", "٣", "x", "", "1;drop"])
def test_any_page_number_gives_a_page(client, shelf, number):
    shelf(25)

    page = page_of(client, f"{E2C}?page={number}&groupe=zz&autre=<script>")

    assert len(titles(page)) in (20, 5)
    assert "<script>" not in str(page.main)


def test_a_page_beyond_the_last_is_the_last(client, shelf):
    shelf(25)

    page = page_of(client, f"{E2C}?page=300")

    assert len(titles(page)) == 5
    assert page.select_one(".pager [aria-current]").get_text() == "2"


def test_an_empty_catalogue_says_so_everywhere(client):
    page = page_of(client, E2C)

    assert "Aucune session dans ce catalogue à ce jour" in page.get_text()
    assert page.select_one(".empty a")["href"] == "/revue/sessions"
    assert csv_of(client) == [HEADS, [NONE]]
    assert [line[0] for line in xlsx_of(client)] == ["Code FAS", NONE]
    assert NONE in " ".join(texts(pdf_of(client)))


def test_the_list_of_catalogues(client, shelf):
    shelf(2)
    page = page_of(client, HOME)

    assert {c.h2.get_text(): c.select_one(".muted").get_text() for c in page.select("li.card-box")} == {
        "Catalogue de la deuxième chance": "2 sessions à ce jour", "Catalogue par domaine": "2 sessions à ce jour",
    }  # fmt: skip
    assert "ne propose pas de catalogue" in page_of(client, "/declare/catalogues").get_text()


def test_a_catalogue_by_domain(client, shelf):
    shelf(title="Accompagner", formacodes=["15061"])
    shelf(title="Sans domaine", formacodes=[])

    parts = {s.h2.get_text(): titles(s) for s in page_of(client, f"{HOME}/domaines").select(".catalogue-part")}

    assert parts == {"Accompagnement vers emploi": ["Accompagner"], "Domaine non précisé": ["Sans domaine"]}


def test_one_comes_to_it_from_home_foot_and_search(client, shelf):
    shelf()

    for url, place in (("/revue/", "main"), ("/revue/sessions?programme=e2c", "#results")):
        assert page_of(client, url).select_one(f'{place} a[href="{E2C}"]'), url
    assert page_of(client, "/revue/").select_one(f'footer a[href="{HOME}"]')
    assert not page_of(client, "/revue/sessions?programme=apprentissage").select_one(f'#results a[href^="{HOME}"]')
    assert not page_of(client, "/eos/").select_one('footer a[href$="catalogues"]')


@pytest.mark.parametrize("path", [HOME, E2C, f"{E2C}.pdf", f"{E2C}.csv", f"{E2C}.xlsx"])
def test_what_one_has_is_not_sent_again_until_it_changes(app, client, shelf, path):
    shelf()
    first = get(client, path)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert get(client, path, headers=tag).status_code == 304

    shelf()

    again = get(client, path, headers=tag)
    assert again.status_code == 200
    assert again.data != first.data


def test_a_file_is_made_once(client, shelf, statements):
    shelf(30)
    first = get(client, f"{E2C}.pdf").data

    with statements() as seen:
        assert get(client, f"{E2C}.pdf").data == first

    assert len([s for s in seen if "set_config" not in s]) == 1


def test_a_withdrawn_session_leaves_the_files_at_once(app, client, shelf):
    shelf(title="Partie")
    assert "Partie" in str(csv_of(client))
    with inside(app, "revue") as session:
        session.execute(delete(PublishedSession))

    assert "Partie" not in str(csv_of(client))


def test_old_files_are_removed(app, client, shelf):
    for _ in range(3):
        shelf()
        get(client, f"{E2C}.pdf")

    folder = app.config["GUICHET"].var_dir / "catalogues" / "revue"
    assert len(list(folder.glob("e2c-*.pdf"))) == 1
    assert list(folder.glob(".*")) == []


def test_one_file_is_made_at_a_time(client, shelf, monkeypatch):
    monkeypatch.setattr(made_files, "PATIENCE", 0)
    shelf()
    with made_files._making:
        answer = get(client, f"{E2C}.pdf")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Ce document est en préparation" in answer.text
    assert get(client, f"{E2C}.pdf").status_code == 200


def test_a_failure_leaves_no_file_behind(app, client, shelf, monkeypatch):
    def fail(file, catalogue):
        file.write(b"half")
        raise RuntimeError("disk")

    shelf()
    with monkeypatch.context() as patch:
        patch.setitem(WRITERS, "pdf", fail)
        with pytest.raises(RuntimeError):
            get(client, f"{E2C}.pdf")

    folder = app.config["GUICHET"].var_dir / "catalogues" / "revue"
    assert list(folder.glob(".*")) == []
    assert texts(pdf_of(client))


def test_who_is_signed_in_keeps_nothing(app, client, shelf):
    shelf()
    play(app, "of@revue.test", "revue", "org", number=2)

    answer = get(signed_in(app, "of@revue.test"), f"{E2C}.csv")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", [HOME, E2C, f"{E2C}.pdf"])
def test_visitors_only_read(client, path, method):
    assert getattr(client, method)(path).status_code == 405


def test_addresses_in_files_do_not_believe_the_host_a_request_claims(client, shelf):
    shelf()

    answer = get(client, f"{E2C}.csv", headers={"Host": "evil.example"})

    assert answer.status_code in (200, 400)
    assert "evil.example" not in answer.text
