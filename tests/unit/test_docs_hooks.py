"""What is added to the documentation while it is built."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("mkdocs", reason="MkDocs is not installed")
import docs_hooks


@pytest.fixture
def page():
    return SimpleNamespace(file=SimpleNamespace(src_uri="index.md"))


def test_without_screenshots_the_overview_is_as_it_was_written(page, tmp_path, monkeypatch):
    monkeypatch.setattr(docs_hooks, "SCREENSHOTS", tmp_path / "none")
    assert docs_hooks.on_page_markdown("# Title", page) == "# Title"


def test_screenshots_stand_below_the_overview_and_nowhere_else(page, tmp_path, monkeypatch):
    (tmp_path / "value-a-car.png").write_bytes(b"")
    monkeypatch.setattr(docs_hooks, "SCREENSHOTS", tmp_path)
    shown = docs_hooks.on_page_markdown("# Title", page)
    assert "![Value a car](screenshots/value-a-car.png)" in shown
    page.file.src_uri = "cli.md"
    assert docs_hooks.on_page_markdown("# Title", page) == "# Title"


def test_every_decision_is_in_the_navigation():
    docs = Path(docs_hooks.ROOT) / "docs"
    config = SimpleNamespace(docs_dir=str(docs), nav=[{"Background": ["a.md", {"Decisions": ["decisions/README.md"]}]}])
    docs_hooks.on_config(config)
    listed = config.nav[0]["Background"][1]["Decisions"]
    assert listed[0] == "decisions/README.md"
    assert len(listed) == 1 + len(list((docs / "decisions").glob("0*.md")))
