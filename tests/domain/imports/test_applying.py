"""Files become organisations, sites, sheets, invitations; the same file again changes nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from portal.domain.accounts.models import Invitation
from portal.domain.imports import actions
from portal.domain.imports.errors import ImportRefused
from portal.domain.imports.models import ImportedRow, ImportTask
from portal.domain.imports.queries import runs
from portal.domain.journal.models import JournalEntry
from portal.domain.organisations.models import Organisation, Site
from tests.domain.imports.conftest import as_csv, line, lines, siret


def test_a_file_becomes_organisations_sites_sheets_and_invitations(bench):
    run = bench.load(as_csv(lines(3)))

    assert run.state == "done"
    assert (run.done, run.total) == (run.total, run.total)
    contrats, composantes = bench.sheets("contrat"), bench.sheets("composante")
    assert [c.code for c in contrats] == ["C1", "C2", "C3"]
    assert [c.title for c in composantes] == ["C001 Formation 1", "C001 Formation 2", "C001 Formation 3"]
    assert [c.parent_id for c in composantes] == [c.id for c in contrats]
    holder = bench.session.scalar(select(Organisation).where(Organisation.siret == siret(2)))
    site = bench.session.scalar(select(Site).where(Site.organisation_id == holder.id))
    assert (holder.name, holder.code, site.name, site.address["code_postal"]) == ("Porteur 2", "P2", "Siège", "44000")
    assert contrats[0].organisation_id == holder.id
    assert contrats[0].data == {
        "numero": "C1", "debut": "2026-02-15", "quota": 12, "origine": "gestion", "porteur": str(holder.id),
    }  # fmt: skip
    assert composantes[0].data["site"] == str(site.id)
    assert contrats[0].programme == "general"
    assert bench.session.scalar(select(func.count()).select_from(Invitation)) == 3
    assert bench.session.scalar(select(func.count()).select_from(ImportTask)) == 0


def test_a_list_of_runs_leaves_their_reports_where_they_are(bench):
    brought = bench.load(as_csv(lines(3)))
    bench.session.expunge_all()

    found = runs(bench.session, bench.tenant)

    assert [run.id for run in found.rows] == [brought.id]
    assert "report" not in vars(found.rows[0])
    assert found.lines == {brought.id: 3} == {brought.id: found.rows[0].report["rows"]}


def test_the_dry_run_says_what_would_be_done_and_writes_nothing(bench):
    run = bench.bring(as_csv(lines(3)))

    assert run.state == "checked"
    assert run.report["create"] == {"contrat": 3, "composante": 3}
    assert (run.report["organisations"], run.report["invitations"], run.report["rows"]) == (3, 3, 3)
    assert run.report["encoding"] == "UTF-8"
    assert bench.sheets("contrat") == []
    assert bench.session.scalar(select(func.count()).select_from(Organisation)) == 0


def everything(session):
    """What a second time must not change."""
    counted = [
        session.scalar(select(func.count()).select_from(t)) for t in (Organisation, Site, Invitation, JournalEntry)
    ]
    rows = session.execute(select(ImportedRow.key, ImportedRow.sheet_id, ImportedRow.values).order_by(ImportedRow.id))
    return counted, [tuple(row) for row in rows]


def test_the_same_file_again_changes_nothing(bench):
    content = as_csv(lines(5))
    bench.load(content)
    before = everything(bench.session), [(s.id, s.version, s.data) for s in bench.sheets("contrat")]

    run = bench.bring(content)

    assert run.report["unchanged"] == {"contrat": 5, "composante": 5}
    assert run.report["create"] == run.report["update"] == {}
    assert bench.apply(run).state == "done"
    assert before == (everything(bench.session), [(s.id, s.version, s.data) for s in bench.sheets("contrat")])


def test_a_changed_cell_updates_imported_fields_alone_and_leaves_what_people_typed(bench):
    bench.load(as_csv(lines(2)))
    composante = bench.sheets("composante")[0]
    composante.data = {**composante.data, "intitule": "Intitulé repris à la main"}
    bench.session.commit()

    run = bench.load(as_csv([line(1, Heures="70", Intitulé="Autre intitulé"), line(2)]))

    assert run.report["update"] == {"composante": 1}
    composante = bench.sheets("composante")[0]
    assert (composante.data["heures"], composante.data["intitule"]) == (70, "Intitulé repris à la main")
    entry = bench.session.scalar(select(JournalEntry).where(JournalEntry.kind == "sheet.imported"))
    assert (entry.sheet_id, entry.before, entry.after) == (composante.id, {"heures": 35}, {"heures": 70})
    assert (entry.actor_name, entry.reason) == (bench.actor.name, "contrats.csv")


def test_an_emptied_cell_empties_an_imported_field(bench):
    bench.load(as_csv(lines(1)))

    bench.load(as_csv([line(1, Quota="")]))

    assert "quota" not in bench.sheets("contrat")[0].data


def test_lines_that_vanish_are_flagged_then_taken_back(bench):
    bench.load(as_csv(lines(4)))

    run = bench.load(as_csv(lines(3)))

    assert [v["key"] for v in run.report["vanished"]] == ["C4 | 1", "C4"]
    gone = actions.vanished(bench.session, "contrats")
    assert [(g.level, g.key, g.title) for g in gone] == [
        ("composante", "C4 | 1", "C001 Formation 4"), ("contrat", "C4", "Contrat C4"),
    ]  # fmt: skip
    assert len(bench.sheets("contrat")) == 4

    bench.load(as_csv(lines(4)))

    assert actions.vanished(bench.session, "contrats") == []
    assert len(bench.sheets("contrat")) == 4


def test_a_file_that_shrinks_too_much_is_refused(bench):
    bench.load(as_csv(lines(5)))

    faults = bench.faults(as_csv(lines(2)))

    assert [f["message"] for f in faults] == [
        f"Ce fichier ne nomme plus 3 des 5 fiches « {label} » connues, soit 60 % (limite : 50 %). "
        "Vérifiez que l'extraction est complète."
        for label in ("Contrat", "Composante")
    ]


def test_several_lines_share_a_parent(bench):
    bench.load(as_csv([line(1), line(1, Composante="2", Intitulé="Seconde"), line(1, Composante="", Intitulé="")]))

    assert len(bench.sheets("contrat")) == 1
    assert [c.code for c in bench.sheets("composante")] == ["C001", "C002"]


def test_lines_that_share_a_parent_must_agree_on_it(bench):
    faults = bench.faults(as_csv([line(1), line(1, Composante="2", Quota="99")]))

    assert [(f["line"], f["cell"], f["message"]) for f in faults] == [
        (3, "M3", "La ligne 2 dit « 12 » pour la même fiche.")
    ]


def test_a_parent_is_found_by_its_code(bench, added):
    bench.load(as_csv(lines(1)))
    headings = ("Année", "Contrat", "Numéro", "SIRET porteur", "Porteur", "Intitulé")
    row = {"Année": "2026", "Contrat": "C1", "Numéro": "X7", "SIRET porteur": "", "Porteur": "", "Intitulé": "Plus"}

    faults = added.faults(as_csv([{**row, "Contrat": "C9"}], headings))
    added.load(as_csv([row], headings))

    assert [f["message"] for f in faults] == ["Aucune fiche « Contrat » ne porte ce code."]
    (contrat,), extra = bench.sheets("contrat"), bench.sheets("composante")[-1]
    assert (extra.parent_id, extra.code, extra.organisation_id) == (contrat.id, "X7", contrat.organisation_id)


def test_sheets_of_another_series_are_left_alone(bench, added):
    bench.load(as_csv(lines(1)))
    headings = ("Année", "Contrat", "Numéro", "SIRET porteur", "Porteur", "Intitulé")
    row = {"Année": "2026", "Contrat": "C1", "Numéro": "X7", "SIRET porteur": "", "Porteur": "", "Intitulé": "Plus"}
    added.load(as_csv([row], headings))

    run = added.load(as_csv([{**row, "Année": "2027", "Numéro": "X8"}], headings))

    assert run.report["vanished"] == []
    assert actions.vanished(bench.session, "composantes") == []


def test_a_sheet_deleted_by_people_is_not_made_again(bench):
    bench.load(as_csv(lines(2)))
    gone = bench.sheets("contrat")[0]
    gone.deleted_at = bench.at
    bench.session.commit()

    run = bench.load(as_csv([*lines(2), line(1, Composante="2")]))

    assert [contrat.code for contrat in bench.sheets("contrat")] == ["C2"]
    assert [(w["line"], w["value"]) for w in run.report["warnings"]] == [(2, "C1"), (4, "C1 | 2")]


def test_a_known_organisation_keeps_its_name_and_nobody_is_invited_twice(bench):
    bench.load(as_csv(lines(1)))

    bench.load(as_csv([line(1, Porteur="Autre nom", Quota="13")]))

    assert bench.session.scalars(select(Organisation.name)).all() == ["Porteur 2"]
    assert bench.session.scalar(select(func.count()).select_from(Invitation)) == 1


# --- interruptions


def test_a_worker_killed_between_chunks_leaves_one_sheet_for_each_key(bench):
    run = bench.bring(as_csv(lines(450)))
    actions.accept(bench.session, bench.tenant, run.id, actor=bench.actor, at=bench.at)
    bench.session.commit()
    for _ in range(3):
        bench.chunk(run.id)
    actions.apply_chunk(bench.session, bench.tenant, run.id, at=bench.at)
    bench.session.rollback()  # killed: what this chunk did was never committed

    while bench.chunk(run.id):
        pass

    assert actions.run_of(bench.session, run.id).state == "done"
    codes = [c.code for c in bench.sheets("contrat")]
    assert sorted(codes) == sorted(f"C{n}" for n in range(1, 451))
    assert len(bench.sheets("composante")) == 450


def test_a_failed_run_goes_on_where_it_stopped(bench):
    run = bench.bring(as_csv(lines(250)))
    actions.accept(bench.session, bench.tenant, run.id, actor=bench.actor, at=bench.at)
    for _ in range(2):
        bench.chunk(run.id)
    actions.fail(bench.session, run.id, problem="Incident.")
    bench.session.commit()

    actions.retry(bench.session, bench.tenant, run.id, actor=bench.actor, at=bench.at)
    while bench.chunk(run.id):
        pass

    assert len(bench.sheets("contrat")) == 250


def test_a_second_file_of_the_same_import_waits_for_the_first(bench):
    bench.bring(as_csv(lines(1)))

    with pytest.raises(ImportRefused, match="déjà en cours"):
        bench.bring(as_csv(lines(2)))


def test_a_run_in_hand_is_taken_by_nobody_else_until_it_is_silent(bench):
    run = actions.submit(
        bench.session, bench.tenant, "contrats", file_name="c.csv", content=as_csv(lines(1)), actor=bench.actor,
        at=bench.at,
    )  # fmt: skip

    assert actions.take(bench.session, run.id, at=bench.at) == "check"
    assert actions.take(bench.session, run.id, at=bench.at) is None
    assert actions.pending(bench.session, bench.at) == []
    later = bench.at + actions.LEASE + timedelta(seconds=1)
    assert actions.pending(bench.session, later) == [run.id]
    assert actions.take(bench.session, run.id, at=later) == "check"


def test_a_dropped_file_does_nothing(bench):
    run = bench.bring(as_csv(lines(2)))

    actions.drop(bench.session, bench.tenant, run.id, actor=bench.actor, at=bench.at)

    assert bench.chunk(run.id) is False
    assert bench.sheets("contrat") == []
    with pytest.raises(ImportRefused):
        actions.accept(bench.session, bench.tenant, run.id, actor=bench.actor, at=bench.at)


# --- the cost


def queries_of(session, act) -> int:
    """How many statements reach the database."""
    count = [0]

    def note(*args):
        count[0] += 1

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return count[0]


def test_checking_two_thousand_lines_asks_no_query_for_a_line(bench):
    few, many = as_csv(lines(20)), as_csv(lines(2000))
    runs = []

    counts = []
    for content in (few, many):
        counts.append(queries_of(bench.session, lambda content=content: runs.append(bench.bring(content))))
        actions.drop(bench.session, bench.tenant, runs[-1].id, actor=bench.actor, at=bench.at)

    assert runs[1].report["create"] == {"contrat": 2000, "composante": 2000}
    assert counts[1] - counts[0] <= 10  # tasks are written two thousand at a time
    assert counts[1] <= 40


def test_checking_known_lines_asks_no_query_for_a_line(bench):
    content = as_csv(lines(600))
    bench.load(content)

    assert queries_of(bench.session, lambda: bench.bring(content)) <= 40


def test_a_chunk_asks_no_query_for_a_line(bench):
    run = bench.bring(as_csv(lines(200)))
    actions.accept(bench.session, bench.tenant, run.id, actor=bench.actor, at=bench.at)
    bench.chunk(run.id)  # the organisations

    assert queries_of(bench.session, lambda: bench.chunk(run.id)) <= 60
    assert len(bench.sheets("contrat")) == 200
