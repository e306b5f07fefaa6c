from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.cli.main import run_command
from support.market import write_market


@pytest.fixture
def market(tmp_path: Path) -> Path:
    return write_market(tmp_path / "market.csv", "1,Kia,Rio,2015,80000,1,Petrol")


def test_check_says_what_the_file_holds(market: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command(["check", str(market)]) == 0
    said = capsys.readouterr().out
    assert "market.csv" in said
    assert "price_token" in said


def test_check_as_json_is_json_and_nothing_else(market: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command(["check", str(market), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows_read"], told["rows_used"], told["currency"]) == (121, 120, "EUR")


def test_rows_can_be_put_back(market: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command(["check", str(market), "--json", "--keep", "price_token"]) == 0
    assert json.loads(capsys.readouterr().out)["rows_used"] == 121


def test_the_page_and_the_profile_are_written_and_the_profile_can_be_used(market: Path, tmp_path: Path):
    page, profile = tmp_path / "report.html", tmp_path / "market.toml"
    assert run_command(["check", str(market), "--html", str(page), "--save-profile", str(profile)]) == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run_command(["check", str(market), "--profile", str(profile)]) == 0


def test_a_missing_file_is_one_line_and_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command(["check", str(tmp_path / "none.csv")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")


def test_a_folder_that_cannot_be_written_to_is_one_line(market: Path, capsys: pytest.CaptureFixture[str]):
    assert run_command(["check", str(market), "--html", str(market / "x.html")]) == 1
    assert "error: " in capsys.readouterr().err


def test_a_problem_as_json_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = write_market(tmp_path / "few.csv", cars=5)
    assert run_command(["check", str(path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_enough_listings"


def test_no_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]):
    assert run_command(["check"]) == 2
    assert "FILE" in capsys.readouterr().err


def test_the_command_starts_without_polars():
    code = "import sys; import car_price_prediction.cli.data; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_rejected_rows_are_written_as_they_were_with_their_reason(market: Path, tmp_path: Path, suffix: str):
    target = tmp_path / f"rejected.{suffix}"
    assert run_command(["check", str(market), "--rejected", str(target)]) == 0
    rows = pl.read_csv(target, infer_schema=False) if suffix == "csv" else pl.read_parquet(target)
    row = rows.row(0, named=True)
    assert rows.height == 1
    assert (row["_source"], int(row["_row"]), row["_reason"]) == ("market.csv", 121, "price_token")
    assert "1 asked, about" in row["_detail"]
    assert (row["Make"], row["Price EUR"]) == ("Kia", "1")


def test_rejected_rows_need_a_file_of_a_known_kind(market: Path, tmp_path: Path):
    assert run_command(["check", str(market), "--rejected", str(tmp_path / "rejected.docx")]) == 2
    assert not (tmp_path / "rejected.docx").exists()
