from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from car_price_prediction.cli.main import run_command


def test_a_file_is_written_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "cars.csv"
    assert run_command(["sample", str(out), "--rows", "50"]) == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 51
    assert capsys.readouterr().out == f"50 listings of the sample market (seed 1): {out}\n"


def test_the_summary_is_json_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "cars.parquet"
    assert run_command(["sample", str(out), "--rows", "50", "--seed", "9", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["bytes"] == out.stat().st_size
    assert {key: summary[key] for key in ("rows", "seed", "market", "currency", "mileage_unit")} == {
        "rows": 50,
        "seed": 9,
        "market": "sample market",
        "currency": "EUR",
        "mileage_unit": "km",
    }


def test_standard_output_holds_the_listings_alone() -> None:
    command = [sys.executable, "-m", "car_price_prediction.cli.main", "sample", "-", "--rows", "3", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert len(done.stdout.splitlines()) == 4
    assert json.loads(done.stderr)["rows"] == 3


def test_an_unknown_format_is_one_line_and_a_hint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["sample", str(tmp_path / "cars.xlsx")]) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in told] == ["error", "hint"]
    assert not list(tmp_path.iterdir())


def test_no_rows_at_all_is_a_usage_error(tmp_path: Path) -> None:
    assert run_command(["sample", str(tmp_path / "cars.csv"), "--rows", "0"]) == 2
