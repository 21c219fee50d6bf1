"""Loading: the files carried, newer files, and the refusals. Every test is rolled back."""

import csv
import gzip
import io
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from portal.domain.reference.actions import DATASETS, find_dataset, load_dataset, load_reference
from portal.domain.reference.errors import (
    FaultyRowsError,
    ReferenceTableError,
    ShrunkFileError,
    UnknownDatasetError,
    UnreadableFileError,
)
from portal.domain.reference.models import Commune, Department, SchoolHoliday
from portal.domain.reference.queries import loaded_datasets
from portal.extensions import db

ROWS = {
    "communes": 37_006,
    "departments": 109,
    "holidays": 2_432,
    "school_holidays": 153,
    "formacodes": 2_775,
    "publics": 73,
    "nsf": 93,
    "rome": 532,
    "certifications": 4_902,
    "certification_blocks": 2,
}


def carried(name: str) -> list[dict[str, str]]:
    content = gzip.decompress(DATASETS[name].carried_file.read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(content)))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def marks(model: type) -> list[tuple[object, ...]]:
    """Where each row lies and which transaction wrote it: equal marks mean that nothing was written."""
    return [
        tuple(row) for row in db.session.execute(select(text("ctid::text, xmin::text")).select_from(model.__table__))
    ]


def test_loading_again_changes_nothing() -> None:
    before = {name: marks(dataset.model) for name, dataset in DATASETS.items()}
    days = {name: row.loaded_at for name, row in loaded_datasets().items()}
    assert load_reference(db.session) == ROWS
    assert {name: marks(dataset.model) for name, dataset in DATASETS.items()} == before
    assert {name: row.loaded_at for name, row in loaded_datasets().items()} == days


def test_one_table_may_be_loaded_alone() -> None:
    assert load_reference(db.session, "departments") == {"departments": 109}


def test_loading_brings_back_what_was_changed_lost_or_added() -> None:
    db.session.execute(update(Department).where(Department.code == "42").values(name="Forez"))
    db.session.execute(text("delete from ref_department where code = '43'"))
    db.session.execute(update(Department).where(Department.code == "01").values(code="999"))
    done = load_dataset(db.session, DATASETS["departments"])
    assert (done.rows, done.written, done.removed) == (109, 3, 1)
    names = dict(db.session.execute(select(Department.code, Department.name)).all())
    assert (names["42"], names["43"], names.get("999")) == ("Loire", "Haute-Loire", None)


def test_the_project_carries_real_communes() -> None:
    kinds = dict(db.session.execute(select(Commune.kind, func.count()).group_by(Commune.kind)).all())
    assert kinds["commune"] == 34_969
    assert kinds["arrondissement"] == 45
    without_place = db.session.scalars(select(Commune.department).where(Commune.lat.is_(None))).all()
    assert set(without_place) == {"984"}


@pytest.mark.parametrize("compressed", [False, True])
def test_a_newer_file_replaces_the_table(tmp_path: Path, compressed: bool) -> None:
    rows = [row for row in carried("school_holidays") if row["first_day"] != "2019-09-01"]
    rows.append({"zone": "A", "first_day": "2028-10-21", "last_day": "2028-11-05", "name": "Vacances de la Toussaint"})
    path = write(tmp_path / "vacances.csv", rows)
    if compressed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    done = load_dataset(db.session, DATASETS["school_holidays"], path)
    assert (done.rows, done.written, done.removed) == (151, 1, 3)
    assert db.session.get(SchoolHoliday, ("A", date(2028, 10, 21))) is not None
    state = loaded_datasets()["school_holidays"]
    assert (state.file, state.carried, state.rows) == ("vacances.csv", False, 151)


def test_a_set_up_does_not_undo_a_newer_file(tmp_path: Path) -> None:
    path = write(tmp_path / "vacances.csv", carried("school_holidays")[:-1])
    load_reference(db.session, "school_holidays", path)
    assert load_reference(db.session)["school_holidays"] == 152
    assert load_reference(db.session, "school_holidays") == {"school_holidays": 153}
    assert loaded_datasets()["school_holidays"].carried


def test_a_file_that_lost_more_than_five_percent_is_refused_unless_forced(tmp_path: Path) -> None:
    rows = carried("departments")
    kept = write(tmp_path / "kept.csv", rows[:104])
    lost = write(tmp_path / "lost.csv", rows[:103])
    with pytest.raises(ShrunkFileError, match=r"103 lignes, la table en compte 109.*--force"):
        load_reference(db.session, "departments", lost)
    assert db.session.scalar(select(func.count()).select_from(Department)) == 109
    assert load_reference(db.session, "departments", kept) == {"departments": 104}
    assert load_reference(db.session, "departments", lost, force=True) == {"departments": 103}


def test_an_empty_file_never_empties_a_table_unless_forced(tmp_path: Path) -> None:
    db.session.execute(text("delete from ref_department"))
    path = tmp_path / "vide.csv"
    path.write_text(",".join(DATASETS["departments"].columns) + "\n")
    with pytest.raises(ShrunkFileError):
        load_reference(db.session, "departments", path)
    assert load_reference(db.session, "departments", path, force=True) == {"departments": 0}


def test_unknown_table_names_those_that_exist() -> None:
    with pytest.raises(UnknownDatasetError, match="communes, departments, holidays, school_holidays"):
        load_reference(db.session, "regions")


def test_a_file_without_a_table_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="name the dataset"):
        load_reference(db.session, path="communes.csv")


HEADER = b"zone,day,name\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "colonnes manquantes"),
        (b"zone;day;name\nmetropole;2026-01-01;Jour\n", "séparé par des virgules"),
        (b"zone,day\n", "colonnes manquantes : name"),
        ("zone,day,name\nmetropole,2026-01-01,Pâques\n".encode("latin-1"), "UTF-8"),
        (b"\x1f\x8b\x08\x00 not really compressed", "illisible"),
        (HEADER + b'metropole,2026-01-01,"' + b"a" * 140_000 + b'"\n', "CSV illisible"),
    ],
)
def test_unreadable_files_are_told(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "jours.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=message):
        load_reference(db.session, "holidays", path, force=True)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"absent\.csv"):
        load_reference(db.session, "holidays", tmp_path / "absent.csv")


def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "jours.csv"
    path.write_bytes(b"\xef\xbb\xbfzone,day,name\r\nmetropole,2026-01-01,1er janvier\r\n")
    assert load_reference(db.session, "holidays", path, force=True) == {"holidays": 1}


FAULTS = [
    ("holidays", {"zone": "Atlantide"}, "ligne 3 : zone : « Atlantide » n'est pas l'une"),
    ("holidays", {"day": "31/01/2026"}, "ligne 3 : day : date attendue sous la forme 2026-01-31, lu « 31/01/2026 »"),
    ("holidays", {"name": " "}, "ligne 3 : name est vide"),
    ("school_holidays", {"last_day": "1999-01-01"}, "ligne 3 : last_day précède first_day"),
    ("school_holidays", {"zone": "D"}, "ligne 3 : zone"),
    ("departments", {"code": "2C"}, "ligne 3 : code : code incorrect « 2C »"),
    ("departments", {"holiday_zone": "Z"}, "ligne 3 : holiday_zone"),
    ("communes", {"insee": "1002"}, "ligne 3 : insee : code incorrect « 1002 »"),
    ("communes", {"postal_codes": "01640|1640"}, "ligne 3 : postal_codes : code incorrect « 1640 »"),
    ("communes", {"lat": "nord"}, "ligne 3 : lat : « nord » n'est pas un nombre"),
    ("communes", {"lat": "nan"}, "ligne 3 : lat : nan est hors limites"),
    ("communes", {"lon": "181"}, "ligne 3 : lon : 181 est hors limites"),
    ("communes", {"population": "-1"}, "ligne 3 : population"),
    ("communes", {"kind": "hameau"}, "ligne 3 : kind"),
    ("communes", {"merged_into": "99999"}, "commune de rattachement 99999 absente du fichier"),
    ("formacodes", {"code": "1506"}, "ligne 3 : code : code incorrect « 1506 »"),
    ("formacodes", {"label": ""}, "ligne 3 : label est vide"),
    ("formacodes", {"path": "C0A1A7A0A"}, "ligne 3 : path : code incorrect"),
    ("formacodes", {"parent": "99999"}, "terme générique 99999 absent du fichier"),
    ("publics", {"code": "8000"}, "ligne 3 : code"),
    ("nsf", {"code": "326t"}, "ligne 3 : code : code incorrect « 326t »"),
    ("rome", {"code": "m1501"}, "ligne 3 : code : code incorrect « m1501 »"),
    ("certifications", {"certif_info": "CI109049"}, "ligne 3 : certif_info"),
    ("certifications", {"rncp": "RNCP35030"}, "ligne 3 : rncp : code incorrect « RNCP35030 »"),
    ("certifications", {"level": "5.5"}, "ligne 3 : level : « 5.5 » n'est pas l'une des valeurs attendues"),
    ("certifications", {"certifying": "oui"}, "ligne 3 : certifying"),
    ("certifications", {"status": "finie"}, "ligne 3 : status"),
    ("certifications", {"status": "archived"}, "ligne 3 : status : une certification archivée porte valid_until"),
    ("certifications", {"valid_until": "31/12/2026"}, "ligne 3 : valid_until : date attendue"),
    ("certifications", {"last_session_year": "26"}, "ligne 3 : last_session_year : code incorrect « 26 »"),
    ("certifications", {"replaced_by": "RNCP1"}, "ligne 3 : replaced_by : code incorrect"),
    ("certification_blocks", {"code": "RNCP1BC01"}, "ligne 3 : code : le bloc « RNCP1BC01 » n'est pas de la fiche"),
    ("certification_blocks", {"code": "BC01"}, "ligne 3 : code : code incorrect « BC01 »"),
]


@pytest.mark.parametrize(("name", "change", "message"), FAULTS)
def test_faulty_rows_are_told_by_line(tmp_path: Path, name: str, change: dict[str, str], message: str) -> None:
    first, second = sorted(carried(name), key=lambda row: bool(row.get("parent")))[:2]  # such as stand by themselves
    path = write(tmp_path / "essai.csv", [first, {**second, **change}])
    before = db.session.scalar(select(func.count()).select_from(DATASETS[name].model))
    with pytest.raises(FaultyRowsError) as refusal:
        load_reference(db.session, name, path, force=True)
    assert message in str(refusal.value)
    assert "rien n'a été chargé, 1 anomalie" in str(refusal.value)
    assert db.session.scalar(select(func.count()).select_from(DATASETS[name].model)) == before


def test_a_certification_that_replaces_itself_is_a_fault(tmp_path: Path) -> None:
    row = carried("certifications")[0]
    path = write(tmp_path / "essai.csv", [{**row, "replaced_by": row["certif_info"]}])
    with pytest.raises(FaultyRowsError, match="ligne 2 : replaced_by : la certification se remplace elle-même"):
        load_reference(db.session, "certifications", path, force=True)


def test_a_term_off_the_path_of_its_generic_term_is_a_fault(tmp_path: Path) -> None:
    rows = {row["code"]: row for row in carried("formacodes")}
    path = write(tmp_path / "essai.csv", [rows["11054"], {**rows["11025"], "path": "C0A2A3"}])
    with pytest.raises(FaultyRowsError, match="11025 Calcul scientifique : path ne prolonge pas celui du terme"):
        load_reference(db.session, "formacodes", path, force=True)


def test_a_row_given_twice_is_a_fault(tmp_path: Path) -> None:
    first = carried("departments")[0]
    with pytest.raises(FaultyRowsError, match="ligne 3 : déjà présente à la ligne 2"):
        load_reference(db.session, "departments", write(tmp_path / "deux.csv", [first, first]), force=True)


def test_all_faults_are_counted_and_the_first_are_shown(tmp_path: Path) -> None:
    rows = [{**row, "code": "??"} for row in carried("departments")]
    with pytest.raises(FaultyRowsError) as refusal:
        load_reference(db.session, "departments", write(tmp_path / "faux.csv", rows))
    assert "109 anomalie(s)" in str(refusal.value)
    assert str(refusal.value).endswith("… et 89 autre(s)")


@pytest.mark.parametrize("name", DATASETS)
def test_each_dataset_names_the_columns_of_its_file(name: str) -> None:
    assert tuple(carried(name)[0]) == find_dataset(name).columns


def test_refusals_share_one_root() -> None:
    for refusal in (FaultyRowsError, ShrunkFileError, UnknownDatasetError, UnreadableFileError):
        assert issubclass(refusal, ReferenceTableError)


def test_the_files_carried_stay_small() -> None:
    assert sum(dataset.carried_file.stat().st_size for dataset in DATASETS.values()) < 1_500_000
