from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.listings.cells import Cells
from car_price_prediction.listings.pieces import Store
from car_price_prediction.listings.table import ROW, PartTable


def rows(*, first: int, **columns: list[str | None]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    return pl.DataFrame({**columns, ROW: pl.Series(range(first, first + height), dtype=pl.UInt32)})


@pytest.fixture(params=[0, 1 << 20], ids=["on disk", "in memory"])
def cells(request: pytest.FixtureRequest) -> Cells:
    store = Store(request.param)
    early = store.put(rows(first=1, c0=["Audi", "BMW"]))
    late = store.put(rows(first=3, c0=["Kia", None, "VW"], c1=["1", "2", "3"]))
    other = store.put(rows(first=1, c0=["9"], c1=["Seat"]))
    return Cells([PartTable("a.csv", ["make", "price"], [early, late]), PartTable("b.csv", ["price", "make"], [other])])


WHOLE = pl.DataFrame(
    {
        "make": ["Audi", "BMW", "Kia", None, "VW", "Seat"],
        "price": [None, None, "1", "2", "3", "9"],
        "_source": ["a.csv"] * 5 + ["b.csv"],
        "_row": pl.Series([1, 2, 3, 4, 5, 1], dtype=pl.UInt32),
    }
)


def test_a_column_is_read_by_its_header_in_every_part(cells: Cells):
    assert (cells.columns, cells.height) == (WHOLE.columns, WHOLE.height)
    for name in WHOLE.columns:
        assert cells[name].equals(WHOLE[name], check_names=True)


def test_rows_are_chosen_as_a_frame_chooses_them(cells: Cells):
    mask = pl.Series([True, False, False, True, False, True])
    assert cells.filter(mask).equals(WHOLE.filter(mask))
    assert cells.filter(~mask & mask).equals(WHOLE.clear())
    assert [cells.head(n).equals(WHOLE.head(n)) for n in (1, 2, 4, 99)] == [True] * 4
    assert [cells.gather_every(n).equals(WHOLE.gather_every(n)) for n in (1, 2, 3, 99)] == [True] * 4


def test_slices_hold_every_row_once_in_order(cells: Cells):
    found = list(cells.slices(2))
    assert [frame.height for frame in found] == [2, 2, 1, 1]
    assert pl.concat(found).equals(WHOLE)
