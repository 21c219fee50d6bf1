"""Living the example data of a region through the domain's own use-cases, each at its date, so that history is true."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.commands._demo_directory import entries_named, open_days_of
from portal.commands._demo_file import DemoFileError, moment
from portal.domain.entry.requests import propose_step, targets_of
from portal.domain.entry.saving import Saved
from portal.domain.fields import KINDS, Context, Fault
from portal.domain.moves.creating import create
from portal.domain.moves.perform import local_day, perform_move
from portal.domain.moves.saving import save_opened
from portal.domain.organisations.actions import create_user, grant_membership
from portal.domain.organisations.models import Contact, Membership, Organisation, Site, User
from portal.domain.organisations.queries import organisation_by_siret, user_by_email
from portal.domain.people import SYSTEM, Actor
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.sheets.errors import SheetError
from portal.domain.sheets.models import Sheet, SheetLink
from portal.domain.sheets.nodes import load_node
from portal.domain.sheets.queries import locked_sheet
from portal.domain.sheets.view import View
from portal.domain.workflow import MoveRefused
from portal.tenancy.tenant import Tenant

PASSWORD = "demo-guichet"  # noqa: S105 — the word of the demonstration, refused outside it


@contextmanager
def _told_at(entry: Mapping[str, Any]) -> Iterator[None]:
    """What is found wrong while an entry is played, with the line where it stands."""
    try:
        yield
    except DemoFileError as error:
        raise DemoFileError(f"{entry['where']}: {error}") from error


@dataclass
class Play:
    """One region being filled. `made` counts what was added; what is already there is left alone, with its history."""

    session: Session
    tenant: Tenant
    data: Mapping[str, Any]
    cheap: bool = False
    organisations: dict[str, Organisation] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    made: int = 0

    def run(self) -> int:
        """Everything, in order of time; returns how many sheets were made. The caller commits. Raises DemoFileError."""
        for name, given in self.data["organisations"].items():
            with _told_at(given):
                self.organisations[name] = self._organisation(given)
        accounts = self.data["accounts"]
        for given in accounts:
            (self._expect if "sheet" in given else self._account)(given)
        created = [({"create": given, **given}) for given in self.data["sheets"]]
        for event in sorted(
            [*created, *self.data["history"]], key=lambda e: moment(e["at"], self.tenant.who.time_zone)
        ):
            with _told_at(event):
                self._play(event)
        for given in self.data["links"]:
            self._link(given)
        for given in accounts:
            if "sheet" in given:
                self._account(given)
        return self.made

    # — who ——————————————————————————————————————————————————————————————————

    def _organisation(self, given: Mapping[str, Any]) -> Organisation:
        found = organisation_by_siret(self.session, given["siret"])
        if found is not None:
            return found
        own = {"siret": given["siret"], "name": given["name"], "code": given.get("code")}
        row = Organisation(**own, activity_number=given.get("activity"))
        self.session.add(row)
        self.session.flush()
        for site in given.get("sites", []):
            self.session.add(Site(organisation_id=row.id, **site))
        for contact in given.get("contacts", []):
            self.session.add(Contact(organisation_id=row.id, **contact))
        self.session.flush()
        self.session.add_all(open_days_of(self.session, row, given.get("open_days", [])))
        return row

    def _user(self, given: Mapping[str, Any]) -> User:
        return user_by_email(self.session, given["mail"]) or create_user(
            self.session, email=given["mail"], name=given["name"], password=PASSWORD, cheap=self.cheap
        )

    def _expect(self, given: Mapping[str, Any]) -> None:
        """Somebody whose part is on sheets still to be made: they live their history under it before they hold it."""
        user, role = self._user(given), self.tenant.role(given["role"])
        self.actors[given["mail"]] = Actor(
            user.id, user.name, frozenset({given["role"]}), side=role.side if role else "org"
        )

    def _account(self, given: Mapping[str, Any]) -> None:
        user = self._user(given)
        holder = self.organisations[given["organisation"]] if "organisation" in given else None
        named = given.get("sheet", [None])
        for name in [named] if isinstance(named, str) else named:
            sheet = self._sheet(name) if name else None
            if not self._has(user, given["role"], holder, sheet):
                grant_membership(
                    self.session, user, role=given["role"], organisation=holder, sheet_id=sheet.id if sheet else None
                )
        self.actors[given["mail"]] = self._actor(user)

    def _has(self, user: User, role: str, holder: Organisation | None, sheet: Sheet | None) -> bool:
        query = select(Membership.id).where(Membership.user_id == user.id, Membership.role == role)
        query = query.where(Membership.organisation_id == (holder.id if holder else None))
        return self.session.scalar(query.where(Membership.sheet_id == (sheet.id if sheet else None))) is not None

    def _actor(self, user: User) -> Actor:
        parts = self.session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
        roles = {part.role for part in parts}
        sides = {role.side for name in roles if (role := self.tenant.role(name))}
        side = next(s for s in ("admin", "validator", "org") if s in sides)
        organisations = frozenset(p.organisation_id for p in parts if p.organisation_id)
        held = {p.sheet_id for p in parts if p.sheet_id}
        on = {held_id: frozenset(p.role for p in parts if p.sheet_id == held_id) for held_id in held}
        return Actor(user.id, user.name, frozenset(roles), organisations, on, side)

    def _by(self, event: Mapping[str, Any]) -> Actor:
        mail = event.get("by")
        if mail is None:
            return SYSTEM
        if mail not in self.actors:
            raise DemoFileError(f"compte inconnu : « {mail} »")
        return self.actors[mail]

    # — what ————————————————————————————————————————————————————————————————

    def _play(self, event: Mapping[str, Any]) -> None:
        if "create" not in event and event["on"] in self.known:
            return
        at = moment(event["at"], self.tenant.who.time_zone)
        verb = next(v for v in ("create", "edit", "move", "propose") if v in event)
        try:
            getattr(self, f"_{verb}")(event, at, local_day(self.tenant, at))
        except (SheetError, MoveRefused) as refusal:
            told = "; ".join(str(getattr(p, "message", p)) for p in getattr(refusal, "problems", []))
            where = event.get("on") or event.get("id")
            raise DemoFileError(f"{where}, {verb} : {refusal} {told}".rstrip()) from refusal

    def _sheet(self, name: str) -> Sheet:
        if name not in self.sheets:
            raise DemoFileError(f"fiche inconnue : « {name} »")
        return self.sheets[name]

    def _create(self, event: Mapping[str, Any], at: datetime, today: date) -> None:
        parent = self._sheet(event["parent"]) if "parent" in event else None
        found = self._existing(event["level"], event["code"], parent)
        if found is not None:
            self.sheets[event["id"]] = found
            self.known.add(event["id"])
            return
        holder = self.organisations[event["organisation"]].id if "organisation" in event else None
        actor = self._by(event)
        self.sheets[event["id"]] = create(
            self.session, self.tenant, level=event["level"], parent=parent, actor=actor, at=at, today=today,
            values=self._values(event["level"], event.get("data") or {}, today), organisation_id=holder,
            programme=event.get("programme"), code=event["code"], imported=actor is SYSTEM,
        )  # fmt: skip
        self.made += 1

    def _existing(self, level: str, code: str, parent: Sheet | None) -> Sheet | None:
        query = select(Sheet).where(Sheet.level == level, Sheet.code == code)
        return self.session.scalar(query.where(Sheet.parent_id == (parent.id if parent else None)))

    def _values(self, level: str, raws: Mapping[str, Any], today: date) -> dict[str, Any]:
        values, context = {}, Context(today, self.tenant.slug, lookups=ReferenceLookups(), trusted=True)
        for name, raw in entries_named(self.session, self.organisations, raws).items():
            definition = self.tenant.field(level, name)
            if definition is None:
                raise DemoFileError(f"champ inconnu : {level}.{name}")
            try:
                values[name] = KINDS[definition.kind].clean(raw, definition, context)
            except Fault as fault:
                raise DemoFileError(f"{level}.{name} : {fault.message} ({raw})") from None
        return values

    def _edit(self, event: Mapping[str, Any], at: datetime, today: date) -> None:
        for step, raws in event["edit"].items():
            sheet = locked_sheet(self.session, self._sheet(event["on"]).id)
            view = View(self.tenant, load_node(self.session, sheet), today, lookups=ReferenceLookups())
            typed = entries_named(self.session, self.organisations, raws)
            done = save_opened(self.session, view, sheet, step, typed, actor=self._by(event), at=at, keep=True)
            self._refuse_faults(done.saved, f"{event['on']}, étape {step}")

    def _propose(self, event: Mapping[str, Any], at: datetime, today: date) -> None:
        request = locked_sheet(self.session, self._sheet(event["on"]).id)
        for name, steps in event["propose"].items():
            for step, raws in steps.items():
                views = targets_of(self.session, self.tenant, request, today)
                target = next((v for v in views if v.node.id == self._sheet(name).id), None)
                if target is None:
                    raise DemoFileError(f"{event['on']} : « {name} » n'est pas dans le périmètre de la demande")
                by = self._by(event)
                saved = propose_step(self.session, self.tenant, request, target, step, raws, actor=by, at=at)
                self._refuse_faults(saved, f"{event['on']}, {name}, étape {step}")

    def _move(self, event: Mapping[str, Any], at: datetime, today: date) -> None:
        perform_move(
            self.session, self.tenant, self._sheet(event["on"]), event["move"], axis=event.get("axis"),
            actor=self._by(event), at=at, inputs=event.get("inputs"), reason=event.get("reason"),
        )  # fmt: skip

    def _link(self, given: Mapping[str, Any]) -> None:
        ends = {"link": given["link"], "from_id": self._sheet(given["from"]).id, "to_id": self._sheet(given["to"]).id}
        if self.session.scalar(select(SheetLink.id).filter_by(**ends)) is None:
            self.session.add(SheetLink(**ends))
            self.session.flush()

    def _refuse_faults(self, saved: Saved, where: str) -> None:
        if saved.faults:
            told = "; ".join(f"{name} : {fault.message}" for name, fault in saved.faults.items())
            raise DemoFileError(f"{where} : {told}")
