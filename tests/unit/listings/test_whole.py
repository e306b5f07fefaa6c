"""The short way for whole numbers gives what the long way gives, or nothing."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.units import parse_field
from car_price_prediction.listings.whole import whole_numbers

COLUMNS = st.builds(
    lambda field, unit, decimal: Column("a", "field", field, "number", unit=unit, decimal=decimal),
    st.sampled_from(["price", "mileage_km", "doors", "levy", "torque_nm"]),
    st.sampled_from(["", "km", "mi", "1000 km", "lakh", "USD", "nm"]),
    st.sampled_from([".", ","]),
)
WORDS = st.sampled_from(
    ["", " ", "$", "€ ", "Rs.", "> ", "-", ",", ".", " km", "k", " lakh", ",-", "万", " mi", "+", "v", "-may", "e", "x"]
)
NUMBERS = st.integers(0, 10**8).flatmap(
    lambda n: st.sampled_from(
        [str(n), f"{n:,}", f"{n:,}".replace(",", "."), f"{n:,}".replace(",", " "), f"{n:,}".replace(",", "'")]
    )
)


@settings(deadline=None, max_examples=300)
@given(COLUMNS, st.lists(st.tuples(WORDS, NUMBERS, WORDS).map("".join), max_size=30))
def test_both_ways_agree(column: Column, cells: list[str]) -> None:
    short = whole_numbers(pl.Series(cells, dtype=pl.String), column, pl.Float64).to_list()
    for cell, value in zip(cells, short, strict=True):
        assert value is None or value == parse_field(cell, column)


def test_the_usual_shapes_take_the_short_way() -> None:
    column = Column("a", "field", "price", "number")
    cells = pl.Series(["$5,000", "12 500 €", "PKR 900,000", "325000 TL"])
    assert whole_numbers(cells, column, pl.Float64).null_count() == 0
