"""Columns made from the price are found by their values."""

from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.leaks import without_leaks

PRICES = [4_000 + 317 * (i * 31 % 97) for i in range(97)]
PRICE = Column("price", "field", "price", "number")
OTHER = Column("other", "extra", "other", "number")


def role_of(values: list[float], other: Column = OTHER) -> str:
    sample = pl.DataFrame({"price": [str(v) for v in PRICES], "other": [str(v) for v in values]})
    return without_leaks(sample, [PRICE, other])[1].role


def test_a_share_of_the_price_is_a_leak() -> None:
    assert role_of([price / 1.21 for price in PRICES]) == "leak"


def test_what_ranks_cars_as_the_price_does_is_a_leak() -> None:
    assert role_of([price**0.5 for price in PRICES]) == "leak"


def test_what_is_merely_related_is_kept() -> None:
    assert role_of([price * (1 + 0.4 * (i % 5)) for i, price in enumerate(PRICES)]) == "extra"


def test_a_new_car_s_price_is_kept() -> None:
    new = Column("other", "extra", "new_price", "number")
    assert role_of([price * 1.2 for price in PRICES], new) == "extra"


@pytest.mark.parametrize("columns", [[OTHER], [PRICE]])
def test_without_a_price_or_numbers_nothing_changes(columns: list[Column]) -> None:
    assert without_leaks(pl.DataFrame({"price": ["1"], "other": ["2"]}), columns) == columns
