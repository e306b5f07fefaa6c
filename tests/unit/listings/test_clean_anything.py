"""Whatever the rows hold, cleaning ends, and every row is somewhere."""

from __future__ import annotations

import math
from types import SimpleNamespace

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.clean import clean
from car_price_prediction.listings.figures import by_age, by_mileage, field_figures, price_bins

numbers = st.none() | st.floats() | st.sampled_from([0.0, 1.0, 2015.0, 9999.0, 1e300, -1.0])
words = st.none() | st.text(max_size=4) | st.sampled_from(["Kia", "test", "Gesuch", "word"])
FIELDS = {
    "make": words, "model": words, "trim": words, "year": numbers, "mileage_km": numbers, "price": numbers,
    "engine_l": numbers, "power_kw": numbers, "levy": numbers,
}  # fmt: skip


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    names = draw(st.sets(st.sampled_from(sorted(FIELDS)))) | {"price"}
    rows = draw(st.integers(0, 12))
    kinds = {name: pl.String if FIELDS[name] is words else pl.Float64 for name in names}
    columns = {name: draw(st.lists(FIELDS[name], min_size=rows, max_size=rows)) for name in sorted(names)}
    marks = {"_source": ["a.csv"] * rows, "_row": range(1, rows + 1)}
    schema = {name: kinds[name] for name in columns} | {"_source": pl.String, "_row": pl.UInt32}
    return pl.DataFrame(columns | marks, schema=schema)


@given(frames())
@settings(max_examples=60, deadline=None)
def test_any_rows_at_all(listings: pl.DataFrame):
    raw = listings.with_columns(pl.exclude("_source", "_row").cast(pl.String))
    columns = tuple(Column(name, "field", name, "number") for name in raw.columns if not name.startswith("_"))
    found = clean(raw, listings, SimpleNamespace(columns=columns))  # type: ignore[arg-type]
    rows = [*found.listings["_row"], *found.rejected["_row"]]
    assert sorted(rows) == list(range(1, listings.height + 1))
    assert all(price > 0 and math.isfinite(price) for price in found.listings["price"])
    assert found.rejected["_reason"].null_count() == found.rejected["_detail"].null_count() == 0
    assert set(found.listings.columns) == {*listings.columns, "_group"}
    for figures in (by_age, by_mileage, field_figures, price_bins):
        figures(found.listings)
