from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.evaluation.pictures import BANDS, SIDE, pictures_of
from support.priced import priced


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(1, 300), seed=st.integers(0, 99), factor=st.floats(0.01, 100))
def test_every_listing_is_counted_once(rows: int, seed: int, factor: float) -> None:
    figures, _ = priced(rows, seed=seed, factor=factor)
    found = pictures_of(figures["price"].to_numpy(), figures["predicted"].to_numpy())
    assert sum(count for *_, count in found.prices.counts) == sum(found.errors.counts) == rows
    assert {0 <= place < SIDE for *pair, _ in found.prices.counts for place in pair} == {True}
    assert len(found.bands) == min(BANDS, rows)
    assert all(band.low <= band.median <= band.high for band in found.bands)


def test_one_price_for_all_is_drawn() -> None:
    found = pictures_of(np.full(5, 900.0), np.full(5, 900.0))
    assert sum(count for *_, count in found.prices.counts) == 5
    assert found.bands[0].median == 0


def test_errors_beyond_the_ends_are_in_the_outermost_bars() -> None:
    found = pictures_of(np.array([100.0, 100.0]), np.array([1.0, 900.0]))
    assert (found.errors.counts[0], found.errors.counts[-1]) == (1, 1)
    assert found.errors.edges[0] == pytest.approx(-1)
