"""Made-up files from many markets, from their bytes to their values: what must come out stands in expected.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.columns import Understanding, understand
from car_price_prediction.listings.interpret import interpret_frame
from car_price_prediction.listings.read import read_listings
from support.workbook import workbook

FOLDER = Path(__file__).parent / "files" / "markets"
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))

every_market = pytest.mark.parametrize("name", EXPECTED)


def understood(path: Path) -> tuple[Understanding, dict[str, str | float | None]]:
    """Return what was understood of a file, and the values of its second row."""
    raw = read_listings([str(path)])
    assert raw.bad_rows.height == 0
    found = understand(raw.cells)
    row = interpret_frame(raw.cells, found.columns).drop("_source", "_row").row(1, named=True)
    return found, {field: value for field, value in row.items() if value is not None}


def written(column: Column) -> str:
    parts = [column.header, column.field, column.unit, f"({column.derive})" if column.derive else ""]
    return " | ".join(part for part in parts if part)


@every_market
def test_the_encoding_is_told_from_the_bytes(name: str):
    assert f"read as {EXPECTED[name]['encoding']}" in read_listings([str(FOLDER / name)]).notes


@every_market
def test_the_columns_are_understood(name: str):
    found, _ = understood(FOLDER / name)
    assert [written(column) for column in found.columns if column.used] == EXPECTED[name]["used"]
    left_out = {column.header: column.role for column in found.columns if not column.used}
    assert left_out == EXPECTED[name].get("left_out", {})
    assert found.currency == EXPECTED[name].get("currency")


@every_market
def test_the_values_are_read(name: str):
    _, row = understood(FOLDER / name)
    expected = EXPECTED[name]["second_row"]
    assert row == {f: v if isinstance(v, str) else pytest.approx(v, abs=1e-3) for f, v in expected.items()}


def test_every_file_has_its_expectation():
    assert {path.name for path in FOLDER.iterdir()} - {"expected.toml"} == set(EXPECTED)


def test_miles_and_kilometres_told_apart_by_the_country_are_not_trusted():
    found, _ = understood(FOLDER / "mixed_country.csv")
    assert '"country" is de are 1.6' in found.notes[-1]
    assert "--mileage-unit" in found.notes[-1]
    trusted = understand(read_listings([str(FOLDER / "mixed_country.csv")]).cells, mileage_unit="km")
    assert "mileage_km" in {column.field for column in trusted.columns}


def test_a_unit_beside_counts_for_more_than_the_market_s_where_cars_are_priced():
    cells = read_listings([str(FOLDER / "nested.jsonl")]).cells
    assert understand(cells, usual_unit="km", need_price=False).mileage_unit == "mi"
    assert understand(cells, mileage_unit="km").mileage_unit == "km"


def test_a_unit_column_that_names_both_units_is_told():
    found, _ = understood(FOLDER / "mixed_unit_column.csv")
    assert '"unit" says that' in found.notes[-1]


def test_a_workbook_with_titles_above_and_a_sum_below_is_read(tmp_path: Path):
    models = [("VW", "Polo"), ("VW", "Golf"), ("Audi", "A4"), ("BMW", "320i")] * 6
    cars = [[*m, 2010 + i % 10, 150_000 - 7_000 * (i % 10), "Benzin", 5_000.5 + 800 * i] for i, m in enumerate(models)]
    head = [["Export Händlerbestand"], ["Stand: 01.05.2024"], [], ["Hersteller", "Typ", "Bj.", "Laufleistung"]]
    head[3] += ["Kraftstoffart", "VK brutto"]
    (tmp_path / "stock.xlsx").write_bytes(workbook({"Bestand": [*head, *cars, ["Summe", None, None, None, None, 9]]}))
    raw = read_listings([str(tmp_path / "stock.xlsx")])
    columns = understand(raw.cells).columns
    rows = interpret_frame(raw.cells, columns)
    assert {"make", "model", "year", "mileage_km", "fuel", "price"} <= {column.field for column in columns}
    assert rows.select("make", "model", "year", "mileage_km", "fuel", "price").row(1) == (
        "Volkswagen", "Golf", 2011.0, 143_000.0, "petrol", 5_800.5,
    )  # fmt: skip
