"""The académie's session as its people reach it: each with a browser of their own, before the real database."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.domain.organisations.actions import grant_membership
from portal.domain.organisations.models import Contact, Site, User
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.registry import registry
from portal.tenancy.schema import FormField
from tests.support.offer import TODAY, make_sheet, make_tree, organisation, put_in_state
from tests.support.people import Browser, account, inside, play, signed_in

SLUG = "sofia-fmo"
EAFC = ("ingenieur", "difor", "gestionnaire")
_address = itertools.count(1)


@dataclass
class Place:
    """A complete session and those who may reach it, by role; `stranger` is the pilote of another module."""

    app: Flask
    ids: dict[str, uuid.UUID]
    holder: uuid.UUID
    browsers: dict[str, Browser] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def at(self, level: str, rest: str = "") -> str:
        """The address of a sheet, and of what is below it."""
        return f"/{SLUG}/espace/fiches/{self.ids[level]}{rest}"

    def of(self, role: str) -> Browser:
        """The browser of a role, signed in at its first use."""
        if role not in self.browsers:
            email = f"{role}-{next(_address)}@exemple.test"
            sheet = {"pilote": "module", "colleague": "module", "stranger": "elsewhere"}.get(role)
            if sheet is None:
                play(self.app, email, SLUG, registry.get(SLUG).who.roles[role].side, role=role)
            else:
                account(self.app, email)
                with inside(self.app, SLUG) as session:
                    user = session.scalars(select(User).where(User.email == email)).one()
                    grant_membership(session, user, role="pilote", sheet_id=self.ids[sheet])
            self.browsers[role] = signed_in(self.app, email)
        return self.browsers[role]

    def post(self, role: str, href: str, sent: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """A form sent straight by somebody, with the token of their session, read once."""
        browser = self.of(role)
        token = self.tokens.setdefault(role, "") or browser.token()
        self.tokens[role] = token
        return browser.client.post(href, data={**(sent or {}), "csrf_token": token}, buffered=True, **kwargs)

    def stored(self, level: str = "session") -> dict[str, Any]:
        """What a sheet holds: its values, what was typed and is not valid, where it stands."""
        with inside(self.app, SLUG) as session:
            sheet = session.get_one(Sheet, self.ids[level])
            session.refresh(sheet)
            return {**sheet.data, **{f"{name}!": raw for name, raw in sheet.raw.items()}}

    def stands(self) -> tuple[str | None, str | None, bool]:
        """The two states of the session, and whether it is there."""
        with inside(self.app, SLUG) as session:
            sheet = session.get_one(Sheet, self.ids["session"])
            session.refresh(sheet)
            return sheet.state("statut"), sheet.state("publication"), sheet.deleted_at is None

    def change(self, level: str = "session", **values: Any) -> None:
        """Give a sheet other values, or the session other states; None takes a value out."""
        with inside(self.app, SLUG) as session:
            sheet = session.get_one(Sheet, self.ids[level])
            for axis in {s.axis for s in sheet.states} & set(values):
                put_in_state(session, sheet, axis, values.pop(axis))
            sheet.data = {name: v for name, v in {**sheet.data, **values}.items() if v is not None}

    def restore(self, level: str, stored: dict[str, Any]) -> None:
        """Put back what a sheet held."""
        with inside(self.app, SLUG) as session:
            session.get_one(Sheet, self.ids[level]).data = {n: v for n, v in stored.items() if not n.endswith("!")}
            session.get_one(Sheet, self.ids[level]).raw = {}

    def asked(self, level: str = "session") -> Iterator[tuple[str, FormField]]:
        """Every field that is typed on a sheet as it stands, with its step."""
        with inside(self.app, SLUG) as session:
            view = View(registry.get(SLUG), load_node(session, session.get_one(Sheet, self.ids[level])), TODAY)
            yield from [(shown.step, shown.field) for shown in view.form.visible.values() if shown.entered]


def place(app: Flask, kind: str = "individuelle", mode: str = "2", **values: Any) -> Place:
    """A complete session of a module of that kind, months ahead of today; the module of another pilote beside."""
    tenant, first = registry.get(SLUG), date.today() + timedelta(days=200)
    with inside(app, SLUG) as session:
        holder = organisation(session)
        duties = ["intervenant", "pilote", "gestionnaire"]
        names = ("Irène Costil", "Marc Aubrée")
        contact, other = (Contact(organisation_id=holder.id, name=name, duties=duties) for name in names)
        sites = [Site(organisation_id=holder.id, name=name, uai=uai) for name, uai in SITES]
        session.add_all([contact, other, *sites])
        session.flush()
        slot = {"_id": "c1", "jour": first.isoformat(), "debut": "09:00", "fin": "12:00"}
        given = {
            "creneaux": [slot], "intervenants": [{"_id": "i1", "intervenant": str(contact.id), "mode": "non_remunere"}],
            "pilote": str(contact.id), "modalite": mode, "lieu": str(sites[0].id), "asynchrone": False,
            "nombre_stagiaires": 20, "nombre_max": 20, "nombre_preinscrits": 22, "preinscriptions": True, "avis": True,
            "conventionnee": False, "bon_commande": False, "bilan": True, "origine": "plan", "emargement": "papier",
        }  # fmt: skip
        made = make_tree(session, tenant, "session", holder, **{**given, **values})
        made.data = {name: value for name, value in made.data.items() if name not in LATER or name in values}
        group = session.get_one(Sheet, made.parent_id)
        module = session.get_one(Sheet, group.parent_id)
        module.data = {**module.data, "type_candidature": kind, "modalites": "hybride", "plafond_heures": "24.00"}
        group.data = {**group.data, "preinscriptions": True, "perimetre": True, "perimetre_disciplines": "0202E"}
        elsewhere = make_sheet(session, tenant, "module", session.get_one(Sheet, module.parent_id), holder)
        ids = {"session": made.id, "groupe": group.id, "module": module.id, "elsewhere": elsewhere.id}
        return Place(app, ids, holder.id)


LATER = (
    "fin_publication", "debut_publication", "limite_levee", "piece_eafc", "devis", "convention", "numero_gaia",
)  # fmt: skip
SITES = (("Lycée Salvador Allende", "0141687H"), ("Lycée Jeanne d'Arc", "0760095X"))


def typed(found: Place, one: FormField, name: str, held: Any) -> dict[str, Any]:
    """What a form would send to give a field another value than the one it holds; nothing for those nobody types."""
    if one.kind == "rows":
        row = held[0] if isinstance(held, list) and held else {}
        cells = [typed(found, cell, f"{name}-0-{cell.id}", row.get(cell.id)) for cell in one.fields]
        return {f"{name}-0-_id": row.get("_id", "nouveau1"), **{n: v for cell in cells for n, v in cell.items()}}
    if one.kind in TYPED:
        return {name: TYPED[one.kind]}
    if one.kind == "boolean":
        return {name: "non" if held else "oui"}
    if one.kind in ("choice", "choices"):
        return {name: next(code for code in one.choices or {} if code != held and [code] != held)}
    if one.kind in ("person", "site"):
        with inside(found.app, SLUG):
            table = Contact if one.kind == "person" else Site
            others = db.session.scalars(select(table.id).where(table.id != uuid.UUID(held or str(uuid.uuid4()))))
            return {name: str(others.first())}
    return {}


TYPED = {
    "text": "Autre", "longtext": "Autre texte", "integer": "17", "decimal": "1,25", "money": "12", "date": "2027-05-05",
    "time": "10:30", "datetime": "2027-05-05T10:00", "url": "https://autre.exemple.fr",
}  # fmt: skip
