"""The docs say what the program does: made pages are compared, links lead somewhere, names are real."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from car_price_prediction.cli.main import COMMANDS
from car_price_prediction.doctor.examination import CHECKS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LOADED = re.compile(r"""<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=["']?([^"'\s>]+)""")
"""What a page makes a browser fetch."""
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


def made_pages() -> dict[Path, str]:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {path.relative_to(ROOT): text for path, text in module.pages().items()}


@pytest.mark.parametrize("name", ["docs/api-reference.md", "docs/cli.md", "docs/settings.md", ".env.example"])
def test_a_made_page_is_what_the_program_says_now(name):
    assert (ROOT / name).read_text() == made_pages()[Path(name)], "run `make docs-cli`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_within_the_project_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_and_recipes_that_pages_name_exist(page):
    text = page.read_text()
    recipes = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z0-9-]+)", text)) - recipes == set()
    assert set(re.findall(r"`(?:\.venv/bin/)?car-price ([a-z]+)", text)) - set(COMMANDS) == set()


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_names_what_was_rejected_and_is_listed(page):
    text = page.read_text()
    assert text.startswith(f"# {page.stem[:4]} ")
    assert "**Chosen.**" in text
    assert "**Rejected.**" in text
    assert f"]({page.name})" in (page.parent / "README.md").read_text()


def test_the_index_leads_to_every_page():
    index = (ROOT / "docs" / "index.md").read_text()
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda lock: lock.name)
def test_a_lock_names_no_machine_and_pins_by_hash(lock):
    lines = lock.read_text().splitlines()
    assert [line for line in lines if re.search(r"://|^\s*--(?!hash)|^-|/opt/|/home/|/tmp/", line)] == []
    assert all(line.endswith(" \\") for line in lines if re.match(r"[a-z0-9]", line))


def test_locks_agree_on_versions():
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.lock").read_text()
        return set(re.findall(r"^[a-z0-9][^\s;]*==\S+", text, re.MULTILINE))

    assert pins("serve") <= pins("train") <= pins("dev")


def test_the_runbook_names_every_check_of_the_doctor():
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    assert {check.id for check in CHECKS if f"`{check.id}`" not in runbook} == set()


def test_the_documentation_builds_whole_and_asks_no_other_host(tmp_path):
    pytest.importorskip("mkdocs", reason="MkDocs is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "docs")]
    environ = os.environ | {"NO_MKDOCS_2_WARNING": "true"}
    built = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    pages = {path.relative_to(tmp_path / "docs"): path.read_text() for path in (tmp_path / "docs").rglob("*.html")}
    assert len(pages) > len(DECISIONS)
    fetched = {(name, url) for name, page in pages.items() for url in LOADED.findall(page)}
    assert len(fetched) > len(pages)
    assert {(name, url) for name, url in fetched if "//" in url} == set()
