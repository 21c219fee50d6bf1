"""What a sheet takes from the certification it names: read on the table while it lives, copied when it is frozen."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.domain.checking import check
from portal.domain.deliveries.actions import open_deliveries
from portal.domain.deliveries.models import Delivery
from portal.domain.journal.actions import append
from portal.domain.moves.perform import perform_move
from portal.domain.people import SYSTEM
from portal.domain.reference.lookups import ReferenceLookups
from portal.domain.reference.models import Certification, CertificationBlock
from portal.domain.sheets.certified import taken_cells, taken_rows
from portal.domain.sheets.compare import compare
from portal.domain.sheets.models import Revision, Sheet
from portal.domain.sheets.nodes import load_node, unit_of
from portal.domain.sheets.revisions import approve, freeze_unit, patched
from portal.domain.sheets.view import View
from portal.extensions import db
from portal.tenancy.loader import load_files
from portal.tenancy.scope import tenant_scope
from tests.support.offer import AT, TODAY, make_tree, member, organisation
from tests.support.tenants import tenant_named

TITLE = "Titre professionnel assistant ressources humaines"
REVUE = tenant_named("revue")


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The scope of the region; nothing of what the test writes remains."""
    with app.app_context(), tenant_scope(REVUE.slug):
        yield db.session()
        db.session.rollback()


def training(session: Session, code: str | None = "109049", **values: Any) -> tuple[Sheet, Sheet]:
    """An action and its training, which leads to a certification."""
    given = {"certification": code} if code else {}
    action = make_tree(session, REVUE, "action", organisation(session))
    formation = session.get(Sheet, action.parent_id)
    assert formation is not None
    formation.data = {k: v for k, v in formation.data.items() if k not in ("niveau", "certificateur", "blocs")}
    formation.data = {**formation.data, **given, **values}
    session.flush()
    return action, formation


def live(session: Session, sheet: Sheet) -> View:
    return View(REVUE, load_node(session, sheet), TODAY, lookups=ReferenceLookups())


def freeze(session: Session, action: Sheet) -> Revision:
    node = load_node(session, action)
    return freeze_unit(session, REVUE, action, node, "validation", actor=SYSTEM, at=AT, lookups=ReferenceLookups())


def frozen(revision: Revision) -> View:
    """The training of a revision, read without any table."""
    view = View(REVUE, unit_of(revision.snapshot), TODAY)
    above = view.node.ancestor("formation")
    assert above is not None
    return view.of(above)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("certification.intitule", TITLE),
        ("certification.title", TITLE),
        ("certification.niveau", "5"),
        ("certification.level_label", "Niveau 5 (Bac + 2)"),
        ("certification.code_rncp", "RNCP35030"),
        ("certification.annee_derniere_session", "2026"),
        ("certification.inconnu", None),
        ("intitule", TITLE),
        ("niveau", "Niveau 5 (Bac + 2)"),
    ],
)
def test_facts_are_names_of_the_sheet(session: Session, name: str, value: str | None) -> None:
    assert live(session, training(session)[1]).stored(name) == value


def test_a_sheet_below_reads_them_too(session: Session) -> None:
    assert live(session, training(session)[0]).stored("formation.certification.intitule") == TITLE


def test_without_a_code_or_with_one_the_table_lacks_people_type(session: Session) -> None:
    for code in (None, "999999"):
        view = live(session, training(session, code, intitule="Ma formation")[1])
        assert view.stored("intitule") == "Ma formation"
        assert view.form.fields["intitule"].entered
        assert view.stored("certification.blocs") is None
        session.rollback()


def test_what_the_table_does_not_say_of_a_certification_people_type(session: Session) -> None:
    session.execute(update(Certification).where(Certification.certif_info == "109049").values(certifier=None))
    view = live(session, training(session, certificateur="Un ministère")[1])
    assert (view.stored("certificateur"), view.form.fields["certificateur"].entered) == ("Un ministère", True)
    assert not view.form.fields["intitule"].entered


def test_blocks_are_rows_with_what_was_typed_beside_them(session: Session) -> None:
    typed = [{"_id": "RNCP35030BC02", "heures": "7", "intitule": "Falsifié"}, {"_id": "autre", "heures": "9"}]
    view = live(session, training(session, blocs=typed)[1])
    first, second = view.stored("blocs")
    assert (first["_id"], first["code"], first["retenu"]) == ("RNCP35030BC01", "RNCP35030BC01", True)
    assert (second["_id"], second["heures"], "retenu" in second) == ("RNCP35030BC02", "7", False)
    assert second["intitule"] not in ("", "Falsifié")
    field = REVUE.fields("formation")["blocs"]
    assert taken_cells(REVUE, "formation", field) == {"code", "intitule"}


def test_without_blocks_people_add_the_rows(session: Session) -> None:
    session.execute(delete(CertificationBlock))
    typed = [{"_id": "a1", "code": "RNCP35030BC01"}]
    view = live(session, training(session, blocs=typed)[1])
    assert view.stored("blocs") == typed
    assert taken_rows(view, REVUE.fields("formation")["blocs"]) is None


def test_rows_may_come_from_the_rows_of_an_ancestor(session: Session) -> None:
    rows = "{id: %s, kind: rows%s, fields: [{id: ville}%s]}"
    action, below = REVUE.files["forms/action.yaml"], REVUE.files["forms/session.yaml"]
    files = {
        **REVUE.files,
        "forms/action.yaml": action + "      - " + rows % ("couples", "", "") + "\n",
        "forms/session.yaml": below.replace(
            "    rules:",
            "      - " + rows % ("lieux", ", rows: {from: action.couples}", ", {id: salle}") + "\n    rules:",
        ),
    }
    tenant = load_files(files, "tests/revue", check)
    sheet = make_tree(session, REVUE, "session", organisation(session))
    node = load_node(session, sheet)
    assert node.parent is not None
    node.parent.data["couples"] = [{"_id": "a1", "ville": "Foix"}, {"_id": "b2", "ville": "Auch"}]
    node.data["lieux"] = [{"_id": "b2", "ville": "Ailleurs", "salle": "12"}]
    assert View(tenant, node, TODAY).stored("lieux") == [
        {"_id": "a1", "ville": "Foix"},
        {"_id": "b2", "ville": "Auch", "salle": "12"},
    ]


def test_a_revision_keeps_the_facts_of_its_day(session: Session) -> None:
    action, _ = training(session)
    revision = freeze(session, action)
    session.execute(update(Certification).where(Certification.certif_info == "109049").values(title="Autre titre"))
    session.execute(delete(CertificationBlock))
    session.expire_all()
    then = frozen(revision)
    assert then.stored("intitule") == TITLE
    assert [row["_id"] for row in then.stored("blocs")] == ["RNCP35030BC01", "RNCP35030BC02"]
    then.lookups = ReferenceLookups()
    assert then.stored("intitule") == TITLE
    now = live(session, action)
    told = {d.field: d.new for d in compare(View(REVUE, unit_of(revision.snapshot), TODAY), now)}
    assert told["intitule"] == "Autre titre"


def test_a_frozen_code_that_an_amendment_changed_is_read_on_the_table(session: Session) -> None:
    action, formation = training(session)
    snapshot = patched(freeze(session, action).snapshot, {formation.id: {"certification": "12650"}}, {}, frozenset())
    view = View(REVUE, unit_of(snapshot), TODAY, lookups=ReferenceLookups())
    known = session.get(Certification, "12650")
    assert known is not None
    assert view.stored("formation.intitule") == known.title != TITLE


def test_a_revision_made_before_facts_were_kept_reads_the_table(session: Session) -> None:
    action, formation = training(session)
    snapshot = freeze(session, action).snapshot
    del snapshot["sheets"][str(formation.id)]["facts"]
    view = View(REVUE, unit_of(snapshot), TODAY, lookups=ReferenceLookups())
    assert view.stored("formation.intitule") == TITLE


def test_a_move_reads_the_facts_before_it_says_what_is_missing(session: Session) -> None:
    action, formation = training(session)
    formation.data = {k: v for k, v in formation.data.items() if k != "intitule"}
    session.flush()
    done = perform_move(session, REVUE, action, "envoyer", actor=member(REVUE, "org"), at=AT)
    assert done is not None
    revision = session.scalars(select(Revision).where(Revision.unit_id == action.id)).one()
    assert frozen(revision).stored("intitule") == TITLE


@pytest.mark.parametrize(("code", "state"), [("109049", "due"), ("999999", "held"), (None, "due")])
def test_an_unknown_code_holds_the_delivery_and_nothing_else(session: Session, code: str | None, state: str) -> None:
    made = make_tree(session, REVUE, "session", organisation(session))
    action = session.get(Sheet, made.parent_id)
    assert action is not None
    formation = session.get(Sheet, action.parent_id)
    assert formation is not None
    formation.data = {**formation.data, **({"certification": code} if code else {})}
    session.flush()
    session.expire_all()
    revision = approve(session, action, freeze(session, action), at=AT, actor=SYSTEM)
    entry = append(session, at=AT, actor=SYSTEM, sheet_id=action.id, kind="state.changed", move="validation.valider")
    open_deliveries(
        session, REVUE, entry=entry, revision=revision, unit_sheet=action, move="validation.valider", at=AT
    )  # fmt: skip
    row = session.scalars(select(Delivery).where(Delivery.target == "carif", Delivery.sheet_id == made.id)).one()
    assert row.state == state
    assert (row.held_because or "") == (
        "« Certification » : le code 999999 est inconnu de la liste de référence." if state == "held" else ""
    )


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("from: certification.intitule,", "from: certification.intitle,", "une certification ne dit pas cela"),
        ("from: certification.blocs,", "from: certification.niveau,", "ne donne pas de lignes"),
        ("from: certification.blocs,", "from: certifinfo.blocs,", "ne donne pas de lignes"),
    ],
)
def test_a_source_that_gives_nothing_is_a_fault_of_the_folder(written: str, instead: str, said: str) -> None:
    text = REVUE.files["forms/formation.yaml"]
    assert written in text
    with pytest.raises(Exception, match=said):
        load_files({**REVUE.files, "forms/formation.yaml": text.replace(written, instead)}, "tests/revue", check)
