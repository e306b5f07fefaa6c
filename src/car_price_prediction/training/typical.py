"""The typical car of a market: a real listing, the one nearest to the middle of the most frequent model."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from car_price_prediction.domain.listing import Value
from car_price_prediction.package.frames import KeyColumns

UNKNOWN = 2.0
"""A field that a listing lacks counts as much as a number so many quartile distances away."""


def typical_car(listings: pl.DataFrame, fields: Sequence[str]) -> dict[str, Value]:
    """Return the fields of the typical car.

    The medians and most frequent words of a whole market may be a car that nobody ever built; this one was offered.

    Parameters
    ----------
    listings : DataFrame
        At least one.
    fields : sequence of str
        Those that the model uses.

    Examples
    --------
    >>> cars = pl.DataFrame({"make": ["Kia", "VW", "VW", "VW"], "year": [2009.0, 2010.0, 2014.0, 2015.0]})
    >>> typical_car(cars, ["make", "year"])
    {'make': 'VW', 'year': 2014.0}
    """
    cars = _most_frequent(listings, [name for name in ("make", "model") if name in fields])
    keys = KeyColumns(cars)
    away = [_from_median(cars[n]) if cars[n].dtype.is_numeric() else _from_mode(keys.of([n])) for n in fields]
    row = pl.DataFrame([column.alias(str(i)) for i, column in enumerate(away)]).sum_horizontal().arg_min() or 0
    return {name: cars[name][row] for name in fields}


def _most_frequent(listings: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    known = listings.drop_nulls(names) if names else listings
    if not names or not known.height:
        return listings
    keyed = known.with_columns(KeyColumns(known).of(names).alias("_key"))
    counts = keyed["_key"].value_counts().sort(["count", "_key"], descending=[True, False])
    return keyed.filter(pl.col("_key") == counts["_key"][0])


def _from_median(column: pl.Series) -> pl.Series:
    low, middle, high = (column.quantile(q) for q in (0.25, 0.5, 0.75))
    if low is None or middle is None or high is None:
        return pl.repeat(0.0, len(column), eager=True)
    return ((column - middle).abs() / ((high - low) or 1.0)).fill_null(UNKNOWN)


def _from_mode(keys: pl.Series) -> pl.Series:
    counts = keys.rename("key").value_counts().sort(["count", "key"], descending=[True, False])
    usual: str = counts["key"][0]
    return pl.select((pl.lit(keys) != usual).cast(pl.Float64)).to_series()
