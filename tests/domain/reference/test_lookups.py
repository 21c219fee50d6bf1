"""Codes as kinds of field and rules ask them: the tables, and the two rules that judge codes, end to end."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

import pytest
from sqlalchemy import update

from portal.domain.entry.completeness import prerequisites
from portal.domain.fields import KINDS, Context
from portal.domain.reference.lookups import CODE_TABLES, KnownCode, ReferenceLookups
from portal.domain.reference.models import Certification
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.schema import FormField, RuleUse
from portal.tenancy.scope import tenant_scope
from tests.support.offer import TODAY, make_tree, organisation
from tests.support.tenants import tenant_named

CERTIFICATION = {"field": "composante.certification", "table": "certifications"}


@pytest.mark.parametrize(
    ("table", "code", "known"),
    [
        ("communes", "42218", KnownCode("Saint-Étienne (42000)")),
        ("formacodes", "15061", KnownCode("Accompagnement vers emploi")),
        ("publics", "80006", KnownCode("Demandeur d’emploi")),
        ("nsf", "326", KnownCode("Informatique, traitement de l'information, réseaux de transmission")),
        ("rome", "M1501", KnownCode("Assistanat en ressources humaines")),
        (
            "certifications",
            "109049",
            KnownCode("Titre professionnel assistant ressources humaines", date(2026, 12, 31)),
        ),
        ("certifications", "12755", None),
    ],
)
def test_what_a_table_says_of_a_code(table: str, code: str, known: KnownCode | None) -> None:
    assert CODE_TABLES[table](code) == known
    assert ReferenceLookups().label(table, code) == (known.label if known else None)


@pytest.mark.parametrize("table", CODE_TABLES)
@pytest.mark.parametrize("code", ["", "😀", "\x00", "9" * 10_000, "' or 1=1"])
def test_a_code_that_is_none_is_unknown_everywhere(table: str, code: str) -> None:
    assert CODE_TABLES[table](code) is None


def test_a_table_there_is_not_says_nothing() -> None:
    assert ReferenceLookups().label("atlantides", "1") is None


@pytest.mark.parametrize(
    ("kind", "value", "table", "shown"),
    [
        ("formacode", ["15061", "99999"], None, "Accompagnement vers emploi (15061), 99999"),
        ("certification", "RNCP35030", None, "Titre professionnel assistant ressources humaines (RNCP35030)"),
        ("reference", "M1501", "rome", "Assistanat en ressources humaines (M1501)"),
    ],
)
def test_fields_show_the_words_of_their_codes(kind: str, value: Any, table: str | None, shown: str) -> None:
    field = FormField(id="code", label="Code", kind=kind, table=table)
    assert KINDS[kind].show(value, field, Context(today=TODAY, lookups=ReferenceLookups())) == shown


@pytest.fixture
def session_of() -> Iterator[Any]:
    """`session_of(code, **dates)`: a session of a training that leads to the certification of that code."""
    tenant, numbers = tenant_named("declare"), count(1)
    with tenant_scope(tenant.slug):

        def made(code: str, **dates: str) -> View:
            holder = organisation(db.session, number=next(numbers))
            sheet = make_tree(db.session, tenant, "session", holder, **dates)
            node = load_node(db.session(), sheet)
            assert node.parent is not None
            node.parent.data["certification"] = code
            return View(tenant, node, TODAY)

        yield made


def messages(view: View, rule: str, **parameters: str) -> list[str]:
    use = RuleUse(rule=rule, severity="warn", **CERTIFICATION, **parameters)
    return [problem.message for problem in prerequisites(db.session(), view, [use])]


def test_known_code_warns_of_a_code_the_table_lacks(session_of: Any) -> None:
    assert messages(session_of("109049"), "known_code") == []
    assert messages(session_of("RNCP35030"), "known_code") == []
    assert messages(session_of("999999"), "known_code") == [
        "« Certification » : le code 999999 est inconnu de la liste de référence."
    ]


def test_valid_code_warns_of_a_session_past_the_last_one(session_of: Any) -> None:
    within, beyond = session_of("109049", fin="2026-12-31"), session_of("109049", fin="2027-01-01")
    assert messages(within, "valid_code", at="fin") == []
    assert messages(beyond, "valid_code", at="fin") == [
        "« Certification » : le code 109049 n'est plus valable depuis le 31/12/2026."
    ]
    assert messages(beyond, "valid_code") == []  # today it still is


def test_valid_code_names_the_code_that_takes_its_place(session_of: Any) -> None:
    ended = {"status": "archived", "valid_until": date(2026, 1, 31), "replaced_by": "118000"}
    db.session.execute(update(Certification).where(Certification.certif_info == "109049").values(**ended))
    assert messages(session_of("109049"), "valid_code") == [
        "« Certification » : le code 109049 n'est plus valable depuis le 31/01/2026 ; il est remplacé par 118000."
    ]


def test_valid_code_does_not_judge_what_the_table_does_not_say(session_of: Any) -> None:
    assert messages(session_of("999999"), "valid_code") == []
    assert messages(session_of("12650", fin="2099-01-01"), "valid_code", at="fin") == []
