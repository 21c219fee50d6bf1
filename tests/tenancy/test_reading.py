"""YAML as the loader reads it: positions kept, texts kept as written, nothing clever."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tenancy.faults import TenantFaults
from portal.tenancy.loader import load_files, load_tenant
from portal.tenancy.source import Source
from tests.tenancy.folder import FILES, faults_of

READING = [
    pytest.param("axes:\n  [", 3, "YAML illisible : ", id="unclosed"),
    pytest.param("axes:\n\t- un", 2, "YAML illisible : ", id="tab"),
    pytest.param("axes: !!python/object/apply:os.system [ls]", 1, "balise ", id="python tag"),
    pytest.param("axes: !ville Lyon", 1, "balise !ville interdite", id="own tag"),
    pytest.param("axes: {}\naxes: {}", 2, "clé « axes » en double (déjà ligne 1)", id="duplicate"),
    pytest.param("? [a, b]\n: c", 1, "une clé est un mot simple", id="key"),
    pytest.param("axes: " + "[" * 60 + "]" * 60, 1, "imbrication trop profonde", id="depth"),
    pytest.param("axes: &a [*a]", 1, "", id="loop"),
]


@pytest.mark.parametrize(("text", "line", "message"), READING)
def test_a_file_that_cannot_be_read_says_where(text: str, line: int, message: str) -> None:
    """Each refusal names its line and its reason."""
    faults = faults_of({**FILES, "workflow.yaml": text})
    assert any(fault.startswith(f"tenants/x/workflow.yaml:{line}: {message}") for fault in faults), faults


def test_repeated_anchors_do_not_grow_without_end() -> None:
    """A few lines of nested aliases would stand for billions of values: they are refused before they are built."""
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))
    faults = faults_of({**FILES, "workflow.yaml": f"a0: &a0 [x]\n{levels}"})
    assert "tenants/x/workflow.yaml:1: fichier trop grand une fois ses ancres développées" in faults


def test_texts_stay_as_they_were_written() -> None:
    """`NO` is not false, `01` is not 1, `12:30` is not a number of seconds, and a date is not a date yet."""
    read = Source(
        "x.yaml", "pays: NO\ncode: 01\nheure: 12:30\njour: 2026-01-31\nvide:\nnul: ~\ntexte: ''\noui: yes\n"
    ).data
    assert read == {
        "pays": "NO",
        "code": "01",
        "heure": "12:30",
        "jour": "2026-01-31",
        "vide": None,
        "nul": None,
        "texte": "",
        "oui": "yes",
    }


def test_a_path_leads_to_its_line() -> None:
    """The line of a value, of a key, and of the nearest known part of a path that does not exist."""
    source = Source("x.yaml", "a:\n  b:\n    - c: 1\n    - d: 2\n")
    assert [source.line(path) for path in [("a",), ("a", "b", 1, "d"), ("a", "b", 1, "zz"), ("zz",)]] == [1, 4, 4, 1]


@pytest.mark.parametrize("missing", ["tenant.yaml", "workflow.yaml"])
def test_a_missing_file_is_told(missing: str) -> None:
    """Two files make a region; without one of them there is none."""
    files = {name: text for name, text in FILES.items() if name != missing}
    assert f"tenants/x/{missing}:1: fichier manquant" in faults_of(files)


def test_an_unknown_file_is_told() -> None:
    """A misspelt name would otherwise be read by nobody, in silence."""
    assert faults_of({**FILES, "workflows.yaml": "axes: {}"}) == [
        "tenants/x/workflows.yaml:1: fichier inconnu « workflows.yaml » ; vouliez-vous dire « workflow.yaml » ?"
    ]


def test_the_folder_bears_the_slug(tmp_path: Path) -> None:
    """The address of a region is the name of its folder."""
    folder = tmp_path / "autre"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    with pytest.raises(TenantFaults) as caught:
        load_tenant(folder)
    assert str(caught.value) == "tenants/autre/tenant.yaml:1: slug « essai » : le dossier s'appelle « autre »"


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """A file saved by an old spreadsheet does not stop the other regions from being checked."""
    folder = tmp_path / "essai"
    folder.mkdir()
    (folder / "tenant.yaml").write_bytes("slug: essai\nname: Région".encode("latin-1"))
    with pytest.raises(TenantFaults) as caught:
        load_tenant(folder)
    words = "un caractère n'est pas en UTF-8 : enregistrez le fichier en UTF-8"
    assert str(caught.value) == f"tenants/essai/tenant.yaml:2: {words}"


def test_the_mark_that_some_editors_put_first_changes_nothing(tmp_path: Path) -> None:
    """Nor do their ends of lines: such a folder has the same text, and the same number once published."""
    folder = tmp_path / "essai"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load_tenant(folder).digest == load_files(dict(FILES), "tenants/x").digest


def test_demonstration_data_are_not_configuration(tmp_path: Path) -> None:
    """What is under demo/ changes no version."""
    folder = tmp_path / "essai"
    for name, text in {**FILES, "demo/data.yaml": "n'importe: [quoi"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    assert load_tenant(folder).digest == load_files(dict(FILES), "tenants/x").digest


NAMES = st.sampled_from(
    ["tenant.yaml", "workflow.yaml", "forms/session.yaml", "desk.yaml", "overrides.yaml", "public.yaml"]
)
WORDS = st.sampled_from(
    [
        "axes",
        "moves",
        "from",
        "to",
        "states",
        "level",
        "steps",
        "fields",
        "id",
        "rows",
        "true",
        "*",
        "&a",
        "*a",
        "!!int",
        "draft",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


@given(name=NAMES, text=st.text(max_size=200))
def test_any_text_loads_or_is_refused(name: str, text: str) -> None:
    """Whatever is written in a file, the loader answers with faults or with a region, and nothing else."""
    faults_of({**FILES, name: text})


@given(name=NAMES, value=VALUES)
def test_any_shape_loads_or_is_refused(name: str, value: object) -> None:
    """The same with well-formed files that say anything."""
    faults_of({**FILES, name: repr_yaml(value)})


@given(name=NAMES, position=st.integers(0, 2000), length=st.integers(0, 40), instead=WORDS | st.text(max_size=5))
def test_any_slip_of_the_hand_loads_or_is_refused(name: str, position: int, length: int, instead: str) -> None:
    """The same with a sound file in which a few characters were changed."""
    text = FILES.get(name, "")
    faults_of({**FILES, name: text[:position] + instead + text[position + length :]})


def repr_yaml(value: object) -> str:
    """A value in YAML's flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{repr_yaml(k)}: {repr_yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(repr_yaml, value)) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
