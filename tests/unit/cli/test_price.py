"""`car-price price` and `car-price predict` over the command line."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.cli.main import run_command
from support.command import run_json
from support.market import HEADER


def test_one_car_is_priced(artifacts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    car = ["--make", "skoda", "--model", "Octavia", "--year", "2015", "--mileage", "75000"]
    quote = run_json(capsys, "price", *car, "--artifacts", str(artifacts))
    assert 8_000 < quote["low"] < quote["price"] < quote["high"] < 18_000
    assert quote["currency"] == "EUR"


def test_a_mileage_in_miles_is_brought_to_kilometres(artifacts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    car = ["price", "--make", "Skoda", "--model", "Octavia", "--year", "2015", "--artifacts", str(artifacts)]
    miles = run_json(capsys, *car, "--mileage", "50,000 mi")
    km = run_json(capsys, *car, "--mileage-km", "80467")
    assert miles["price"] == km["price"]


def test_a_field_that_the_model_does_not_use_is_warned_of(artifacts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    car = ["price", "--make", "Skoda", "--model", "Octavia", "--year", "2015", "--mileage", "75000"]
    plain = run_json(capsys, *car, "--artifacts", str(artifacts))
    red = run_json(capsys, *car, "--colour", "red", "--artifacts", str(artifacts))
    assert red["price"] == plain["price"]
    assert [(w["field"], w["code"]) for w in red["warnings"]][-1] == ("colour", "not_used")
    assert "not_used" not in [w["code"] for w in plain["warnings"]]


def test_a_price_for_people_names_market_and_range(artifacts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    car = ["--make", "Lada", "--model", "Niva", "--year", "2015", "--artifacts", str(artifacts)]
    assert run_command(["price", *car]) == 0
    out = capsys.readouterr().out
    assert "90% range" in out
    assert "market.csv" in out
    assert 'warning: Make "Lada"' in out


OCTAVIA = ["price", "--make", "Skoda", "--model", "Octavia", "--year", "2015", "--mileage", "75000"]


def test_reasons_comparables_what_if_and_a_deal_are_told_to_people_and_machines(
    artifacts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--explain", "--comparables", "4", "--what-if", "year,mileage-km", "--asking-price", "5000"]
    found = run_json(capsys, *OCTAVIA, *options, "--artifacts", str(artifacts))
    amounts = [line["amount"] for line in found["breakdown"]["lines"]]
    assert found["breakdown"]["typical_price"] + sum(amounts) == pytest.approx(found["price"], abs=0.01)
    assert len(found["nearest"]["listings"]) == 4
    assert [curve["field"] for curve in found["what_if"]] == ["year", "mileage_km"]
    assert found["deal"]["grade"] == "great"
    assert run_command([*OCTAVIA, *options, "--artifacts", str(artifacts)]) == 0
    out = capsys.readouterr().out
    for text in (
        "deal great",
        "why, from a typical car",
        "rather than",
        "nearest listings, of the same model",
        "<- this",
    ):
        assert text in out


def test_a_car_that_is_too_little_known_is_refused_where_that_is_wanted(
    artifacts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lada = ["price", "--make", "Lada", "--model", "Niva", "--year", "2015", "--artifacts", str(artifacts)]
    assert run_command([*lada, "--strict"]) == 1
    assert 'Make "Lada"' in capsys.readouterr().err
    assert run_command([*lada, "--strict", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "abstained"
    assert [p["code"] for p in error["problems"]] == ["unknown_make", "unknown_model", "few_comparables"]
    assert run_command(lada) == 0


@pytest.mark.parametrize("options", [["--what-if", "colour"], ["--comparables", "51"], ["--asking-price", "0"]])
def test_an_option_that_cannot_be_used_is_wrong_usage(artifacts: Path, options: list[str]) -> None:
    assert run_command([*OCTAVIA, *options, "--artifacts", str(artifacts)]) == 2


@pytest.mark.parametrize(
    ("args", "code", "text"),
    [
        (["--make", "Skoda"], 1, "year or mileage_km is needed"),
        (["--make", "Skoda", "--year", "3000"], 1, "3000 is not plausible"),
        (["--make", "Skoda", "--year", "old"], 2, '--year "old": not a number'),
        (["--make", "Skoda", "--year", "2015", "--set", "levy=3"], 2, "expected FIELD=VALUE"),
    ],
)
def test_a_car_that_cannot_be_priced_is_one_clear_line(
    artifacts: Path, capsys: pytest.CaptureFixture[str], args: list[str], code: int, text: str
) -> None:
    assert run_command(["price", *args, "--artifacts", str(artifacts)]) == code
    error = capsys.readouterr().err
    assert text in error
    assert "Traceback" not in error


def test_a_file_is_priced_row_by_row_in_its_order(artifacts: Path, tmp_path: Path) -> None:
    rows = ["1,Skoda,Octavia,2015,75000,,Diesel", "2,Lada,Niva,1962,abc,,", "3,,,,,,", "4,BMW,320,2060,-5,1,Petrol"]
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("\n".join([HEADER, *rows]) + "\n")
    assert run_command(["predict", str(source), str(target), "--artifacts", str(artifacts)]) == 0
    out = pl.read_csv(target, infer_schema=False)
    assert out.columns == [*HEADER.split(","), "price", "low", "high", "confidence", "warnings"]
    assert out["ad id"].to_list() == ["1", "2", "3", "4"]
    assert out["price"].cast(pl.Float64).is_not_null().all()
    assert "2060 is not plausible" in out["warnings"][3]
    assert out["warnings"][0] in (None, "")


def test_a_file_with_a_price_of_its_own_keeps_it_under_another_name(artifacts: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text("make,model,year,price\nSkoda,Octavia,2015,9999\nKia,Rio,2012,5000\n")
    assert run_command(["predict", str(source), str(target), "--artifacts", str(artifacts)]) == 0
    out = pl.read_parquet(target)
    assert out["price_given"].to_list() == ["9999", "5000"]
    assert out["price"].dtype == pl.Float64


def test_the_prices_of_a_file_are_rated_where_that_is_wanted(artifacts: Path, tmp_path: Path) -> None:
    rows = ["1,Skoda,Octavia,2015,75000,2000,Diesel", "2,Lada,Niva,2012,90000,2000,", "3,Skoda,Octavia,2015,75000,,"]
    source, target = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text("\n".join([HEADER, *rows, "4,Skoda,Octavia,2015,75000,99000,Diesel"]) + "\n")
    assert run_command(["predict", str(source), str(target), "--deal", "--artifacts", str(artifacts)]) == 0
    out = pl.read_parquet(target)
    assert out.columns[-2:] == ["deal", "deal_percent"]
    assert out["deal"].to_list() == ["great", None, None, "overpriced"]
    assert [percent is None for percent in out["deal_percent"]] == [False, False, True, False]


def test_a_file_without_prices_has_none_to_rate(
    artifacts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("make,model,year\nSkoda,Octavia,2015\nKia,Rio,2012\n")
    assert (
        run_command(["predict", str(source), str(tmp_path / "out.csv"), "--deal", "--artifacts", str(artifacts)]) == 1
    )
    assert "no prices to rate" in capsys.readouterr().err


def test_a_target_of_no_known_kind_is_refused_before_any_work(
    artifacts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["predict", "in.csv", str(tmp_path / "out.docx"), "--artifacts", str(artifacts)]) == 1
    assert "does not tell in which format" in capsys.readouterr().err


def test_without_a_model_pricing_says_how_to_get_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["price", "--make", "Kia", "--year", "2015", "--artifacts", str(tmp_path)]) == 1
    assert "car-price train FILE" in capsys.readouterr().err
