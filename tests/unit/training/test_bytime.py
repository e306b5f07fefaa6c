from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from car_price_prediction.evaluation.metrics import Vector
from car_price_prediction.training.bytime import NO_DAYS, ONE_SIDE, OutOfFold, measure_by_time, time_cut, time_fold
from car_price_prediction.training.folds import Fold

FIRST = date(2024, 1, 1)


def dated(rows: int = 500, days: int = 50) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "make": ["Kia"] * rows,
            "price": rng.lognormal(9, 0.5, rows),
            "_group": pl.Series(range(rows), dtype=pl.UInt64),
            "_listed": [FIRST + timedelta(days=i % days) for i in range(rows)],
        }
    )


def test_the_latest_fifth_is_judged() -> None:
    listings = dated()
    cut = time_cut(listings)
    assert cut == FIRST + timedelta(days=40)
    fold = time_fold(listings, cut)
    assert (len(fold.train), len(fold.test)) == (400, 100)
    assert listings["_listed"].gather(fold.train).max() < cut <= listings["_listed"].gather(fold.test).min()


def test_earlier_copies_of_a_later_listing_are_not_learnt_from() -> None:
    listings = dated().with_columns(_group=pl.col("_group") % 300)
    fold = time_fold(listings, FIRST + timedelta(days=40))
    assert set(listings["_group"].gather(fold.train)) & set(listings["_group"].gather(fold.test)) == set()


def test_what_tells_no_day_is_on_neither_side() -> None:
    listings = dated().with_columns(_listed=pl.when(pl.int_range(pl.len()) < 100).then(None).otherwise("_listed"))
    fold = time_fold(listings, FIRST + timedelta(days=40))
    assert min(*fold.train, *fold.test) == 100


@pytest.mark.parametrize(
    ("listings", "why"),
    [
        (dated().drop("_listed"), NO_DAYS),
        (dated(days=1), ONE_SIDE),
        (dated(rows=60), ONE_SIDE),
        (dated().with_columns(_listed=pl.lit(None, pl.Date)), ONE_SIDE),
    ],
)
def test_where_time_cannot_split_the_reason_is_told(listings: pl.DataFrame, why: str) -> None:
    price = listings["price"].to_numpy()

    def never(fold: Fold) -> Vector:
        raise AssertionError("nothing is fitted")

    found = measure_by_time(listings, OutOfFold(price, price, price), 0.9, never)
    assert (found.evaluation, found.split, found.why_not) == (None, None, why)


def test_a_market_that_rose_shows_as_bias_and_ranges_keep_their_widths() -> None:
    listings = dated()
    price = listings["price"].to_numpy()
    found = measure_by_time(
        listings, OutOfFold(price, price * 0.5, price * 2), 0.9, lambda fold: np.log(price[fold.test] * 0.8)
    )
    assert found.evaluation is not None
    assert found.split is not None
    assert found.evaluation.overall.bias == pytest.approx(-0.2)
    assert found.evaluation.overall.width == pytest.approx(1.5 * 0.8)
    assert (found.split.scored, found.split.folds_mdape) == (100, 0)
    assert found.evaluation.listed == (FIRST + timedelta(days=40), FIRST + timedelta(days=49))
