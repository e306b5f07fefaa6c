"""Listings of several years on one day: how long before the newest each was made, and how old its car was then."""

from __future__ import annotations

import polars as pl

from car_price_prediction.listings.listed import LISTED

AGO = "_ago"
"""Years between a listing and the newest ones: at 0 the market stands as it does where a car is priced."""
LEAST_YEARS = 0.5
"""Listings of a shorter time are all of one day: prices move less in it than they differ."""
OUTERMOST = 0.02
"""So many listings may be dated beyond either end of that time: dates are mistyped too."""
DAYS_A_YEAR = 365.25


def with_ago(listings: pl.DataFrame) -> pl.DataFrame:
    """Return the listings with ``_ago`` added where they were made over half a year or more; as they are otherwise.

    A listing without a date counts as one of the middle of that time.

    Examples
    --------
    >>> from datetime import date
    >>> cars = pl.DataFrame({"_listed": [date(2022, 1, 1), date(2023, 7, 2), date(2024, 1, 1)]})
    >>> with_ago(cars)["_ago"].round(1).to_list()
    [2.0, 0.5, 0.0]
    """
    if LISTED not in listings:
        return listings
    day = listings[LISTED].cast(pl.Int32).cast(pl.Float64)
    first, last = day.quantile(OUTERMOST, "nearest"), day.quantile(1 - OUTERMOST, "nearest")
    if first is None or last is None or last - first < LEAST_YEARS * DAYS_A_YEAR:
        return listings
    ago = (last - day.clip(first, last)) / DAYS_A_YEAR
    return listings.with_columns(ago.fill_null(ago.median()).alias(AGO))
