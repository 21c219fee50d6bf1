"""What people send that they should not, to the académie's session: each refused, or warned of, where it was typed."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, url_for
from sqlalchemy import event, text
from werkzeug.routing import AnyConverter, Rule, UUIDConverter

from portal.domain.organisations.models import Organisation
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.tenancy.registry import registry
from tests.support.files import EXE, PDF
from tests.support.offer import make_sheet
from tests.support.people import inside
from tests.tenancy.fmo_http import SLUG, Place, place

Statements = Callable[[], AbstractContextManager[list[str]]]

DAY = date.today() + timedelta(days=200)


def slots(*given: tuple[str, str, str]) -> dict[str, str]:
    """Slots as the form sends them: day, beginning, end."""
    names = ("jour", "debut", "fin")
    rows = [dict(zip(names, one, strict=True)) | {"_id": f"c{n}"} for n, one in enumerate(given, 1)]
    return {f"creneaux-{n}-{cell}": value for n, row in enumerate(rows) for cell, value in row.items()}


@pytest.fixture
def statements(app: Flask) -> Statements:
    """`with statements() as seen:` gathers the SQL sent meanwhile."""

    @contextmanager
    def gather() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return gather


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ([("2027-06-02", "14:00", "12:00")], True),
        ([("2027-06-02", "14:00", "14:00")], True),
        ([("2027-06-02", "22:00", "02:00")], True),  # over midnight: written as two
        ([("2027-06-02", "22:00", "23:59"), ("2027-06-03", "00:00", "02:00")], False),
        ([("2027-03-28", "01:30", "03:30")], False),  # the hour that does not exist
        ([("2027-10-31", "02:30", "03:30")], False),  # the hour that comes twice
    ],
)
def test_a_slot_ends_after_it_begins(app: Flask, given: list[tuple[str, str, str]], refused: bool) -> None:
    found = place(app)
    step = found.at("session", "/etapes/dates")
    answer = found.post("pilote", step, slots(*given))
    page = found.of("pilote").get(step)
    assert (answer.status_code == 303) is not refused
    assert ("Le créneau se termine avant de commencer." in page.text) is refused
    assert [row["debut"] for row in found.stored()["creneaux"]] == [debut for _, debut, _ in given]  # kept as typed
    sent = found.post("pilote", found.at("session", "/actions/publier"), {"fin_publication": "2027-01-01T18:00"})
    assert not refused or sent.status_code == 422


def test_a_trainer_on_two_sessions_at_once_is_warned_of_and_let_through(app: Flask) -> None:
    found = place(app, "designe")
    with inside(app, SLUG) as session:
        group, held = session.get_one(Sheet, found.ids["groupe"]), found.stored()
        same = {name: held[name] for name in ("creneaux", "intervenants", "pilote", "lieu")}
        make_sheet(session, registry.get(SLUG), "session", group, session.get_one(Organisation, found.holder), **same)
    who = found.stored()["intervenants"][0]["intervenant"]
    sent = {"intervenants-0-_id": "i1", "intervenants-0-intervenant": who, "intervenants-0-mode": "non_remunere"}
    step = found.at("session", "/etapes/intervenants")
    assert found.post("pilote", step, sent).status_code == 303
    page = found.of("pilote").get(step).text
    assert "Deux interventions du même intervenant se chevauchent." in page and "(Session #2)" in page
    done = found.post("pilote", found.at("session", "/actions/transmettre"))
    assert (done.status_code, found.stands()[0]) == (303, "s2")


@pytest.mark.parametrize(("hours", "told"), [("24", None), ("24,25", "Il reste 24 h sur 24 h : 0,25 h de trop.")])
def test_a_quarter_of_an_hour_above_the_cap_is_refused(app: Flask, hours: str, told: str | None) -> None:
    found = place(app, "designe")
    answer = found.post("pilote", found.at("session", "/etapes/intervenants"), paid(found, hours))
    assert answer.status_code == (422 if told else 303)
    page = " ".join(found.of("pilote").get(found.at("session", "/etapes/intervenants")).text.split())
    assert ("dépassent le plafond renseigné dans GAIA" in page) is (told is not None)
    assert told is None or told in page.replace("\u202f", " ").replace("\xa0", " ")
    sent = found.post("pilote", found.at("session", "/actions/transmettre"))
    assert (sent.status_code, found.stands()[0]) == ((422, "s1") if told else (303, "s2"))


def paid(found: Place, hours: str) -> dict[str, str]:
    """A trainer paid by the hour, as the form sends them."""
    row = {"_id": "i1", "intervenant": found.stored()["intervenants"][0]["intervenant"], "mode": "vacations"}
    return {f"intervenants-0-{cell}": value for cell, value in {**row, "heures": hours}.items()}


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (EXE, 415, "Types de fichier acceptés : pdf."),
        (b"", 422, "Ce fichier est vide"),
        (PDF[:-8], 422, "Ce fichier est endommagé"),
    ],
    ids=["a renamed executable", "nothing", "a PDF cut short"],
)
def test_a_devis_is_judged_by_what_it_holds(app: Flask, content: bytes, status: int, words: str) -> None:
    found = place(app)
    href = found.at("session", "/etapes/documents/champs/devis/fichier")
    answer = found.post("pilote", href, {"devis": (io.BytesIO(content), "devis.pdf")})
    assert answer.status_code == status
    assert words in answer.text.replace("\xa0", " ")
    assert "devis" not in found.stored()


class Heavy(io.RawIOBase):
    """A body of 200 MB that nobody may read."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise AssertionError("what is refused for its length is read")


def test_a_devis_of_200_mb_is_refused_unread(app: Flask) -> None:
    found = place(app)
    browser = found.of("pilote")
    body = {"wsgi.input": Heavy(), "CONTENT_LENGTH": "200000000", "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    href = found.at("session", "/etapes/documents/champs/devis/fichier")
    assert browser.client.post(href, environ_overrides=body).status_code == 413
    assert "devis" not in found.stored()


@pytest.mark.parametrize(
    ("days", "hour", "words"),
    [(-1, "18:00", "est déjà passé"), (0, "00:00", "est déjà passé"), (201, "09:00", "ne peut pas être après")],
)
def test_a_publication_ends_neither_in_the_past_nor_after_the_session(
    app: Flask, days: int, hour: str, words: str
) -> None:
    found = place(app)
    end = f"{date.today() + timedelta(days=days)}T{hour}"
    answer = found.post("pilote", found.at("session", "/actions/publier"), {"fin_publication": end})
    assert answer.status_code == 422 and words in answer.text
    assert found.stands() == ("s1", "jamais", True)
    assert "fin_publication" not in found.stored()


def test_two_pilotes_who_publish_at_once_by_their_browsers(app: Flask) -> None:
    found = place(app)
    ends = {who: f"{DAY - timedelta(days=90 + n)}T18:00" for n, who in enumerate(("pilote", "colleague"))}
    together, answers = threading.Barrier(2), {}
    for who in ends:
        found.post(who, found.at("session", "/actions/inconnue"))  # signed in, token read: they press together

    def publish(who: str) -> None:
        together.wait(20)
        sent = {"fin_publication": ends[who]}
        answers[who] = found.post(who, found.at("session", "/actions/publier"), sent).status_code

    pressing = [threading.Thread(target=publish, args=(who,)) for who in ends]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join(60)
    assert sorted(answers.values()) == [303, 409]
    (winner,) = [who for who, status in answers.items() if status == 303]
    assert found.stands() == ("s1", "publiee", True)
    assert found.stored()["fin_publication"] == ends[winner]


@pytest.mark.parametrize("asked", ["", "?branches=toutes"])
def test_a_plan_of_five_thousand_modules_opens_in_as_many_statements(
    app: Flask, statements: Statements, asked: str
) -> None:
    found = place(app)
    browser, tree = found.of("difor"), f"/{SLUG}/espace/arborescences/organisation{asked}"
    browser.get(tree)  # the first look of a process asks under which number the files were published
    with statements() as few:
        browser.get(tree)
    with inside(app, SLUG) as session:
        session.execute(text(MANY), {"id": found.ids["module"]})
        assert session.scalar(text("select count(*) from sheet where level = 'module'")) > 5000
    with statements() as many:
        page = browser.get(tree)
    assert page.status_code == 200
    assert len(many) <= len(few) + 1
    assert len(page.data) < 300_000


ARGUMENTS = {
    "step_id": "dates", "name": "devis", "field_id": "creneaux", "row_id": "c1", "digest": "0" * 64, "number": 1,
    "move_id": "supprimer", "path": "pilote", "noun": "contacts", "level_id": "session",
}  # fmt: skip
ANY = {"IntegerConverter": 1, "FloatConverter": 1.0}  # for arguments of routes that need no word in particular


def arguments(rule: Rule, sheet_id: UUID) -> dict[str, Any]:
    """Every argument of a route but the region: those known above, the sheet as each number, else any fitting value."""
    found: dict[str, Any] = {}
    for name in rule.arguments - {"tenant"}:
        converter = rule._converters[name]
        if name in ARGUMENTS:
            found[name] = ARGUMENTS[name]
        elif isinstance(converter, AnyConverter):
            found[name] = min(converter.items)
        elif name.endswith("_id") or isinstance(converter, UUIDConverter):
            found[name] = sheet_id
        else:
            found[name] = ANY.get(type(converter).__name__, "x")
    return found


@pytest.mark.parametrize("level", ["module", "groupe", "session"])
def test_no_route_of_a_sheet_of_another_s_module_is_there(app: Flask, level: str) -> None:
    found = place(app)
    found.of("stranger")
    before = {one: found.stored(one) for one in ("module", "groupe", "session")}
    rules = [one for one in app.url_map.iter_rules() if "sheet_id" in one.arguments]
    tried = 0
    for rule in rules:
        with app.test_request_context():
            href = url_for(rule.endpoint, tenant=SLUG, **arguments(rule, found.ids[level]))
        for method in sorted(rule.methods & {"GET", "POST"}):
            go = found.of("stranger").get if method == "GET" else partial(found.post, "stranger")
            assert go(href).status_code in (403, 404), (method, href)
            tried += 1
    for below in ("groupe", "session"):
        birth = f"/{SLUG}/espace/{below}/nouveau"
        assert found.of("stranger").get(f"{birth}?parent={found.ids[level]}").status_code == 404
        assert found.post("stranger", birth, {"parent": str(found.ids[level])}).status_code == 404
    assert tried > 30
    assert {one: found.stored(one) for one in before} == before
    assert found.stands() == ("s1", "jamais", True)


MANY = """
insert into sheet (id, tenant, level, parent_id, scope_id, organisation_id, code, title, data, raw, field_versions)
select gen_random_uuid(), tenant, level, parent_id, scope_id, organisation_id, code || '-' || n, title || n, data, raw,
field_versions from sheet, generate_series(1, 5000) as n where id = :id
"""
