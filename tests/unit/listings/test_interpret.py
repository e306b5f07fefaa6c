"""A frame, a record and a single cell are read alike."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.interpret import interpret_frame, interpret_record
from car_price_prediction.listings.units import parse_field

COLUMNS = [
    Column("a", "field", "mileage_km", "number", unit="mi"),
    Column("a", "field", "price", "number", decimal=","),
    Column("a", "field", "price", "number", unit="lakh"),
    Column("a", "field", "price", "number", unit="USD"),
    Column("a", "field", "engine_l", "number", unit="cm3"),
    Column("a", "field", "power_kw", "number", unit="ps"),
    Column("a", "field", "year", "number"),
    Column("a", "field", "year", "number", derive="date"),
    Column("a", "field", "year", "number", derive="age:2021"),
    Column("a", "field", "doors", "number"),
    Column("a", "extra", "levy", "number"),
    Column("a", "field", "mileage_km", "number", derive="from:1000"),
    Column("a", "field", "make", "category"),
    Column("a", "field", "fuel", "category"),
    Column("a", "field", "model", "category", derive="model"),
    Column("a", "field", "trim", "category", derive="trim:title"),
    Column("a", "extra", "turbo", "category", derive="flag:turbo"),
    Column("a", "field", "region", "category", derive="prefix:2"),
    Column("a", "field", "power_kw", "number", derive="part:hp+ps+kw"),
]
NUMBERS = st.from_regex(
    r"(\$|€ |Rs\. )?-?[0-9]{1,9}([.,' ][0-9]{1,4}){0,3}( ?(km|mi|cc|l|PS|hp|lakh|k|Turbo))?", fullmatch=True
)
CELLS = st.lists(
    st.none() | NUMBERS | st.text(max_size=20) | st.sampled_from(["-", "04-May", ">5", "Benzin", "03/2015"])
)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: f"{column.field}-{column.unit}{column.derive}")
@settings(deadline=None, max_examples=40)
@given(cells=CELLS)
def test_a_frame_is_read_cell_by_cell(column: Column, cells: list[str | None]) -> None:
    raw = pl.DataFrame({"a": pl.Series(cells, dtype=pl.String)})
    frame = interpret_frame(raw, [column])
    assert frame[column.field].to_list() == [parse_field(cell, column) for cell in cells]


@settings(deadline=None)
@given(st.floats(0, 1e12, allow_nan=False), st.sampled_from(["", "1000", "lakh"]))
def test_plain_numbers_take_the_short_way_to_the_same_value(value: float, unit: str) -> None:
    column = Column("a", "field", "price", "number", unit=unit)
    frame = interpret_frame(pl.DataFrame({"a": [repr(value)]}), [column])
    assert frame["price"].to_list() == [parse_field(repr(value), column)]


def test_rows_keep_their_order_source_and_number() -> None:
    raw = pl.DataFrame({"year": ["2017", "x", "2019"], "_source": ["a", "a", "b"], "_row": [1, 2, 1]})
    frame = interpret_frame(raw, [Column("year", "field", "year", "number")])
    assert frame.columns == ["year", "_source", "_row"]
    assert frame["year"].to_list() == [2017, None, 2019]


def test_a_header_that_is_not_there_gives_nulls() -> None:
    frame = interpret_frame(pl.DataFrame({"b": ["1", "2"]}), [Column("a", "field", "year", "number")])
    assert frame["year"].to_list() == [None, None]


def test_columns_left_out_are_not_read() -> None:
    frame = interpret_frame(pl.DataFrame({"a": ["1"]}), [Column("a", "id", "", "number")])
    assert frame.columns == []


def test_a_record_is_read_by_the_file_s_headers() -> None:
    columns = [
        Column("Prod. year", "field", "year", "number"),
        Column("Engine volume", "field", "engine_l", "number", unit="l"),
        Column("Engine volume", "extra", "turbo", "category", derive="flag:turbo"),
        Column("Mileage", "field", "mileage_km", "number", unit="km"),
    ]
    values, problems = interpret_record({"prod. year": 2010, "Engine volume": "2.0 Turbo"}, columns)
    assert values == {"year": 2010.0, "engine_l": 2.0, "turbo": "yes", "mileage_km": None}
    assert problems == []


def test_what_cannot_be_read_in_a_record_is_named_as_it_was_sent() -> None:
    values, problems = interpret_record({"mileage": "a lot"}, [Column("Mileage", "field", "mileage_km", "number")])
    assert values == {"mileage_km": None}
    assert [(problem.field, problem.code) for problem in problems] == [("mileage", "unreadable")]


@pytest.mark.parametrize("cell", [None, "", "-", "N/A"])
def test_a_missing_cell_of_a_record_is_no_problem(cell: str | None) -> None:
    assert interpret_record({"m": cell}, [Column("m", "field", "mileage_km", "number")]) == ({"mileage_km": None}, [])
