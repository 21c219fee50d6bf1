"""What others wrote and we serve: the very bytes that were fetched, with their licence, and nothing from elsewhere."""

import gzip
import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
DECLARED = tomllib.loads((ROOT / "vendor.toml").read_text())["vendor"]
OURS = [p for p in STATIC.rglob("*") if p.suffix in {".css", ".js"}]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LIMIT = 62 * 1024  # of the 90 KB a first visit may cost, the page itself included
# What no page of a kind loads: a visitor is sent neither the desk nor the forms, a member not the catalogue, a sheet's
# page not what searches need, nor a search what a sheet's page needs.
ELSEWHERE = (
    {"desk.css", "desk.js", "entry.css", "forms.css", "forms.js", "lists.css", "org.css", "sheets.css"},
    {"desk.css", "desk.js", "lists.css", "public.css", "search.css"},
    {"desk.css", "desk.js", "entry.css", "public.css", "search.css"},
    {"entry.css", "lists.css", "org.css", "public.css", "search.css"},
)


def folder_of(entry: dict) -> Path:
    return STATIC / "vendor" / f"{entry['name']}-{entry['version']}"


@pytest.mark.parametrize("entry", DECLARED, ids=lambda entry: entry["name"])
def test_vendored_files_are_the_ones_fetched(entry):
    folder = folder_of(entry)
    manifest = json.loads((folder / "manifest.json").read_text())
    sums = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.name != "manifest.json"}
    assert sums == manifest["sha256"]
    assert {key: manifest[key] for key in ("name", "version", "licence")} == {
        key: entry[key] for key in ("name", "version", "licence")
    }
    assert {Path(name).name for name in [*entry["files"], entry["licence_file"]]} == sums.keys()


def test_every_vendored_folder_is_declared():
    assert set((STATIC / "vendor").iterdir()) == {folder_of(entry) for entry in DECLARED}


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(STATIC)))
def test_nothing_served_leads_outside(path):
    text = path.read_text()
    assert "sourceMappingURL" not in text
    assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", text)


def test_every_layout_asset_exists():
    names = {name for page in TEMPLATES for name in re.findall(r"asset\('([^']+)'\)", page.read_text())}
    assert names
    assert {name for name in names if not (STATIC / name).is_file()} == set()


def test_every_icon_asked_for_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    asked = {name for page in TEMPLATES for name in re.findall(r"\bicon\('([^']+)'", page.read_text())}
    assert asked
    assert asked <= drawn


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: str(page.relative_to(ROOT / "templates")))
def test_no_inline_script_or_style(page):
    text = page.read_text()
    assert not re.search(r"<style|\sstyle=|<[a-z][^<>{}]*\son[a-z]+=|\shx-on|javascript:", text)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or 'type="application/ld+json"' in attributes


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=lambda names: " ".join(sorted(names)))
def test_styles_and_scripts_of_a_page_stay_light(elsewhere):
    sent = sum(len(gzip.compress(path.read_bytes(), 9)) for path in OURS if path.name not in elsewhere)
    assert sent <= LIMIT, f"{sent} bytes compressed"
