"""Whatever a frame of text holds, understanding it ends in an answer or in an error for people."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.columns import understand
from car_price_prediction.listings.interpret import interpret_frame

HEADERS = st.sampled_from(
    ["make", "Model", "price", "year", "km", "name", "age", "fuel", "engine", "column_1", "", "id", "Preis", "type",
     "seri", "plz", "price 2", "power", "doors", "currency", "date", "title", "turbo", "mileage_km", "trim"]
)  # fmt: skip
CELLS = st.none() | st.sampled_from(
    ["Toyota", "BMW X5 3.0", "2015", "03/2015", "12,500", "€ 9.500", "95 тыс. км", "yes", "Diesel", "4 cyl, 2.2 L", "-",
     "100", "0", "99999999999999999999", "1e308", "-7", "04-May", "2016-03-24 22:56:04", "A4", "ß", "a b c d e f"]
) | st.text(max_size=12)  # fmt: skip


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    names = draw(st.lists(HEADERS, min_size=1, max_size=8, unique=True))
    rows = draw(st.integers(0, 25))
    columns = {name: draw(st.lists(CELLS, min_size=rows, max_size=rows)) for name in names}
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))


@settings(deadline=None, max_examples=150)
@given(frames(), st.booleans(), st.sampled_from([None, "EUR", "INR", "CNY"]))
def test_a_random_frame_is_understood_or_refused(frame: pl.DataFrame, need_price: bool, currency: str | None) -> None:
    try:
        found = understand(frame, need_price=need_price, currency=currency)
    except ListingsError:
        return
    assert {column.header for column in found.columns} == set(frame.columns)
    used = [column.field for column in found.columns if column.used]
    assert len(used) == len(set(used))
    assert interpret_frame(frame, found.columns).height in (frame.height, 0)
