"""Every made-up market file is understood as `expected.toml` says; and what makes it stop."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.columns import understand
from car_price_prediction.listings.interpret import interpret_frame

FOLDER = Path(__file__).parents[2] / "data" / "files" / "columns"
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
LEFT_OUT = ("id", "unknown_when_priced", "constant", "leak", "untrusted")


def read(name: str) -> pl.DataFrame:
    frame = pl.read_csv(FOLDER / f"{name}.csv", infer_schema=False, has_header=name != "no_header")
    if name == "no_header":
        frame.columns = [f"column_{i}" for i in range(len(frame.columns))]
    return frame.with_columns(pl.all().str.strip_chars().replace("", None))


def written(column: Column) -> str:
    parts = [column.header, column.field, column.unit, f"({column.derive})" if column.derive else ""]
    return " | ".join(part for part in parts if part)


def cars(rows: int = 60) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "make": ["Toyota", "BMW", "Audi"] * (rows // 3),
            "model": ["Corolla", "X5", "A4"] * (rows // 3),
            "year": [str(2005 + i % 15) for i in range(rows)],
            "km": [str(250_000 - 15_000 * (i % 15) + i) for i in range(rows)],
            "price": [str(4_000 + 1_500 * (i % 15) + 7 * i) for i in range(rows)],
        }
    )


@pytest.mark.parametrize("name", [name for name in EXPECTED if "refused" not in EXPECTED[name]])
def test_a_market_s_file_is_understood(name: str) -> None:
    frame, expected = read(name), EXPECTED[name]
    found = understand(frame, currency=expected.get("told"))
    assert [written(column) for column in found.columns if column.used] == expected["used"]
    assert found.currency == expected.get("currency")
    assert found.mileage_unit == expected.get("mileage_unit", "km")
    for role in LEFT_OUT:
        assert [column.header for column in found.columns if column.role == role] == expected.get(role, [])


@pytest.mark.parametrize("name", [name for name in EXPECTED if "refused" not in EXPECTED[name]])
def test_a_market_s_values_are_read(name: str) -> None:
    frame, expected = read(name), EXPECTED[name]
    row = interpret_frame(frame, understand(frame, currency=expected.get("told")).columns).row(1, named=True)
    values = {field: value for field, value in row.items() if value is not None}
    assert values == {
        field: value if isinstance(value, str) else pytest.approx(value, abs=1e-3)
        for field, value in expected["second_row"].items()
    }


@pytest.mark.parametrize("name", [name for name in EXPECTED if "refused" in EXPECTED[name]])
def test_a_file_that_cannot_be_understood_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(ListingsError) as error:
        understand(read(name))
    assert error.value.message == EXPECTED[name]["refused"]
    assert error.value.hint


def test_every_made_up_file_has_its_expectation() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(EXPECTED)


def test_every_used_column_says_why_and_how_sure() -> None:
    for column in understand(cars()).columns:
        assert column.why
        assert 0.5 <= column.confidence <= 1


def test_a_column_named_by_the_operator_is_taken_as_it_is() -> None:
    frame = cars().rename({"price": "quux"})
    found = understand(frame, overrides={"price": "quux"})
    assert [column.header for column in found.columns if column.field == "price"] == ["quux"]


def test_naming_a_column_that_is_not_there_shows_the_near_one() -> None:
    with pytest.raises(ListingsError, match='did you mean "price"') as error:
        understand(cars(), overrides={"price": "prise"})
    assert '"model"' in error.value.hint


def test_the_hint_for_a_doubtful_price_is_the_line_to_copy() -> None:
    with pytest.raises(ListingsError, match="may be the price") as error:
        understand(cars().rename({"price": "quux"}))
    assert '--column "price=quux"' in error.value.hint


def test_rows_to_price_need_no_price_column() -> None:
    found = understand(cars(3).drop("price"), need_price=False)
    assert {column.field for column in found.columns} == {"make", "model", "year", "mileage_km"}


def test_one_row_to_price_is_understood() -> None:
    frame = pl.DataFrame(
        {"make": ["Kia"], "model": ["Rio"], "year": ["2015"], "mileage": ["90000"], "fuel": ["diesel"]}
    )
    found = understand(frame, need_price=False)
    assert [column.field for column in found.columns] == ["make", "model", "year", "mileage_km", "fuel"]


@pytest.mark.parametrize(
    ("header", "unit"), [("mileage", "mi"), ("mileage (km)", "km"), ("mileage_km", "km"), ("odometer [miles]", "mi")]
)
def test_the_usual_unit_counts_where_the_file_names_none(header: str, unit: str) -> None:
    found = understand(cars().rename({"km": header}), usual_unit="mi", need_price=False)
    assert found.mileage_unit == unit


def test_the_mileage_unit_told_counts_for_bare_numbers() -> None:
    found = understand(cars(), mileage_unit="mi")
    assert found.mileage_unit == "mi"
    assert next(column.unit for column in found.columns if column.field == "mileage_km") == "mi"


def test_the_make_comes_from_the_files_names_where_no_column_has_it() -> None:
    frame = cars().drop("make").with_columns(_source=pl.Series(["vw.csv", "cleaned_merc.csv", "audi.csv"] * 20))
    found = understand(frame)
    assert interpret_frame(frame, found.columns)["make"].to_list()[:3] == ["Volkswagen", "Mercedes-Benz", "Audi"]


def test_old_cars_with_a_few_kilometres_show_mixed_thousands() -> None:
    frame = cars().with_columns(
        km=pl.when(pl.int_range(pl.len()) % 4 == 0).then(pl.lit("120")).otherwise(pl.col("km")).cast(pl.String)
    )
    found = understand(frame)
    assert any("seems to mix km and thousands of km" in note for note in found.notes)
    assert interpret_frame(frame, found.columns)["mileage_km"].null_count() == 15


def test_two_files_in_two_units_are_noticed() -> None:
    one = cars(300).with_columns(_source=pl.lit("a.csv"))
    other = cars(300).with_columns(
        km=(pl.col("km").cast(pl.Float64) * 1.609).cast(pl.Int64).cast(pl.String), _source=pl.lit("b.csv")
    )
    assert any("miles" in note and "b.csv" in note for note in understand(pl.concat([one, other])).notes)


def test_a_number_column_full_of_words_is_set_aside() -> None:
    words = ["strong"] * 20 + ["weak"] * 20 + ["100", "120"] * 10
    found = understand(cars().with_columns(power=pl.Series(words)))
    power = next(column for column in found.columns if column.header == "power")
    assert power.role == "untrusted"
    assert "33%" in power.why


def test_the_same_file_is_always_understood_the_same() -> None:
    assert understand(cars()) == understand(cars())


def test_dotted_groups_of_three_in_a_whole_column_are_thousands() -> None:
    frame = cars().with_columns(km=pl.Series([f"{150 + i}.500" for i in range(60)]))
    assert interpret_frame(frame, understand(frame).columns)["mileage_km"][0] == 150_500
