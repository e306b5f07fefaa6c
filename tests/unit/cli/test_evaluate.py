from __future__ import annotations

import json
from pathlib import Path

import pytest

from car_price_prediction.cli.main import run_command
from support.market import write_market


@pytest.fixture
def later(tmp_path: Path) -> str:
    return str(write_market(tmp_path / "later.csv", cars=60))


def test_the_current_model_is_measured(trained_artifacts: Path, later: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["evaluate", later, "--artifacts", str(trained_artifacts)]) == 0
    shown = capsys.readouterr()
    assert "every listing of the file" in shown.out
    assert "By predicted price" in shown.out
    assert "The largest misses" in shown.out
    assert "warning: the listings that the model was trained on are not kept any more" in shown.err


def test_machines_get_json_and_nothing_else(
    trained_artifacts: Path, later: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    assert run_command(["evaluate", later, "--artifacts", str(trained_artifacts), "--json", "--html", str(page)]) == 0
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert found["splits"]["file"]["overall"]["count"] == 60
    assert shown.err == ""
    assert page.read_text().startswith("<!doctype html>")


def test_a_version_can_be_named(trained_artifacts: Path, later: str, capsys: pytest.CaptureFixture[str]) -> None:
    version = json.loads((trained_artifacts / "current.json").read_text())["version"]
    told = ["--artifacts", str(trained_artifacts), "--json"]
    assert run_command(["evaluate", later, "--version", version, *told]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == version
    assert run_command(["evaluate", later, "--version", "19990101", *told]) == 1
    assert "19990101" in json.loads(capsys.readouterr().out)["error"]["message"]


@pytest.mark.parametrize(
    ("args", "code", "text"),
    [
        (["not-there.csv"], 1, "not-there.csv"),
        ([], 2, "Missing argument"),
        (["FILE", "--html", "nowhere/page.html"], 1, "there is no folder nowhere"),
        (["FILE", "--currency", "USD"], 1, "in EUR, not in USD"),
    ],
)
def test_what_is_wrong_is_one_line(
    trained_artifacts: Path, later: str, capsys: pytest.CaptureFixture[str], args: list[str], code: int, text: str
) -> None:
    given = [later if arg == "FILE" else arg for arg in args]
    assert run_command(["evaluate", *given, "--artifacts", str(trained_artifacts)]) == code
    error = capsys.readouterr().err
    assert text in error
    assert "Traceback" not in error
