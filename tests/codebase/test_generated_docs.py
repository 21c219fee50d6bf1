"""The pages of docs/ that are made from the code say what the code says."""

import pytest

from portal.commands.docs import FOLDER, documents

PAGES = documents()


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_up_to_date(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""
    assert written == PAGES[name], f"docs/{name} is stale: run `flask docs write`"


def test_every_kind_rule_and_term_is_told() -> None:
    assert "## rows" in PAGES["kinds.md"]
    assert "## sum_at_most" in PAGES["rules.md"]
    assert "`session.start`" in PAGES["terms.md"]


def test_every_key_of_a_field_is_told() -> None:
    assert "| `required_parts` |" in PAGES["tenant-format.md"]
    assert "| `as` |" in PAGES["tenant-format.md"]
