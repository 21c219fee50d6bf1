"""A desk for imports: files are made line by line, brought, checked, accepted and applied as a job does."""

import csv
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum import luhn

from portal.domain.imports import actions
from portal.domain.imports.models import ImportRun
from portal.domain.organisations.models import User
from portal.domain.people import Actor
from portal.domain.sheets.models import Sheet
from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from portal.tenancy.tenant import Tenant
from tests.support.offer import AT, member
from tests.support.tenants import tenant_named

HEADINGS = (
    "Numéro", "Programme", "SIRET porteur", "Porteur", "N° porteur", "Site", "N° site", "Code postal", "Ville",
    "Mail", "Contact", "Début", "Quota", "Composante", "Intitulé", "Heures",
)  # fmt: skip


def siret(number: int) -> str:
    """A valid SIRET of an organisation that does not exist."""
    base = f"8{number:07d}"
    siren = base + luhn.calc_check_digit(base) + "0001"
    return siren + luhn.calc_check_digit(siren)


def line(number: int, **values: Any) -> dict[str, Any]:
    """One line of the file of contracts: contract and component of the same number."""
    plain = {
        "Numéro": f"C{number}", "Programme": "Général", "SIRET porteur": siret(number % 50 + 1),
        "Porteur": f"Porteur {number % 50 + 1}", "N° porteur": f"P{number % 50 + 1}", "Site": "Siège", "N° site": "S1",
        "Code postal": "44000", "Ville": "Nantes", "Mail": f"contact{number % 50 + 1}@exemple.test",
        "Contact": "Jeanne Martin", "Début": "15/02/2026", "Quota": "12", "Composante": "1",
        "Intitulé": f"Formation {number}", "Heures": "35",
    }  # fmt: skip
    return {**plain, **values}


def lines(count: int, **values: Any) -> list[dict[str, Any]]:
    """Several of them."""
    return [line(number, **values) for number in range(1, count + 1)]


def as_csv(rows: Iterable[dict[str, Any]], headings: Sequence[str] = HEADINGS, *, encoding: str = "utf-8-sig") -> bytes:
    """A CSV file as a French spreadsheet writes it."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, headings, delimiter=";", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Iterable[dict[str, Any]], headings: Sequence[str] = HEADINGS, title: str = "Contrats") -> Workbook:
    """A workbook, to be changed before it is saved."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = title
    page.append(list(headings))
    for row in rows:
        page.append([row.get(heading) for heading in headings])
    return book


def saved(book: Workbook) -> bytes:
    """Its bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass
class Bench:
    """What a test of imports works with."""

    session: Session
    tenant: Tenant
    actor: Actor
    import_id: str
    at: datetime = AT

    def bring(self, content: bytes, name: str = "contrats.csv") -> ImportRun:
        """Bring a file and check it."""
        self.at += timedelta(minutes=1)
        run = actions.submit(
            self.session, self.tenant, self.import_id, file_name=name, content=content, actor=self.actor, at=self.at
        )
        self.session.commit()
        actions.check(self.session, self.tenant, run.id, at=self.at)
        self.session.commit()
        return run

    def apply(self, run: ImportRun) -> ImportRun:
        """Accept a file and apply it to the end, a transaction for each chunk."""
        actions.accept(self.session, self.tenant, run.id, actor=self.actor, at=self.at)
        self.session.commit()
        while self.chunk(run.id):
            pass
        return actions.run_of(self.session, run.id)

    def chunk(self, run_id: uuid.UUID) -> bool:
        """One chunk, committed."""
        remains = actions.apply_chunk(self.session, self.tenant, run_id, at=self.at)
        self.session.commit()
        return remains

    def load(self, content: bytes, name: str = "contrats.csv") -> ImportRun:
        """Bring, check, accept, apply."""
        run = self.bring(content, name)
        assert run.state == "checked", run.report["faults"]
        return self.apply(run)

    def sheets(self, level: str) -> list[Sheet]:
        """The sheets of a level, by code."""
        query = (
            select(Sheet).where(Sheet.level == level, Sheet.deleted_at.is_(None)).order_by(Sheet.created_at, Sheet.id)
        )
        return list(self.session.scalars(query))

    def faults(self, content: bytes, name: str = "contrats.csv") -> list[dict[str, Any]]:
        """What is told of a file, which is refused."""
        run = self.bring(content, name)
        assert run.state == "refused"
        return list(run.report["faults"])


def bench_of(app: Flask, slug: str, import_id: str) -> Iterator[Bench]:
    """A desk in a region."""
    tenant = tenant_named(slug)
    with app.app_context(), tenant_scope(slug):
        actor = member(tenant, "validator")
        db.session.add(User(id=actor.user_id, email="region@exemple.test", name=actor.name))
        db.session.commit()
        yield Bench(db.session(), tenant, actor, import_id)
        db.session.rollback()


@pytest.fixture
def bench(app: Flask) -> Iterator[Bench]:
    """Contracts and their components."""
    yield from bench_of(app, "declare", "contrats")


@pytest.fixture
def added(bench: Bench) -> Bench:
    """Components added to contracts that are there."""
    return replace(bench, import_id="composantes")


@pytest.fixture
def order(app: Flask) -> Iterator[Bench]:
    """A region's programme, whose actions are validated."""
    yield from bench_of(app, "revue", "programme")


@pytest.fixture
def plan(app: Flask) -> Iterator[Bench]:
    """Devices and modules, with those who look after them."""
    yield from bench_of(app, "plan", "plan")
