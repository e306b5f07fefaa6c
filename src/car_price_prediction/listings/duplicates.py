"""The same listing twice: exact copies, and re-posts with another id, date or price."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from car_price_prediction.domain.columns import Column

from .cells import Rows

#: Columns in which two copies of one listing may differ: their number, when they were seen, what never differs.
MAY_DIFFER = ("id", "unknown_when_priced", "constant")
TELLING = 4
"""Fields that must agree, beside a mileage, before two equal rows are taken for one car."""
TELLING_WITHOUT_MILEAGE = 7
PRECISE_FROM_KM = 1_000
KM_PER_MILE = 1.609344


def compared(raw: Rows, listings: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Return what two copies of a listing have in common, price left out.

    These are the understood values, and the cells of columns that the model does not use but that tell two cars
    apart (an advertisement's title, a column that was set aside); not its id, nor dates of the crawl.
    """
    values = listings.select(pl.exclude("price", "_source", "_row"))
    unused = {c.header for c in columns if not c.used} - {c.header for c in columns if c.used or c.role in MAY_DIFFER}
    return values.with_columns(_digests(raw[name]).alias(f"cell {name}") for name in sorted(unused & set(raw.columns)))


def _digests(cells: pl.Series) -> pl.Series:
    """Return a number for each different cell, which takes less room than its text."""
    return cells.hash(seed=3).set(cells.is_null(), None)


def groups_and_copies(same: pl.DataFrame, price: pl.Series) -> pl.DataFrame:
    """Find the re-posts and the exact copies.

    An odometer read to the kilometre is nearly a fingerprint: cars of one make, model and year that share it are
    re-posts even where another cell was rewritten. Rows that tell little of their car (a make, a year) are equal by
    chance: they are no copies, and they share a group only at the same price.

    Parameters
    ----------
    same : DataFrame
        What copies have in common, from `compared`.
    price : Series of float

    Returns
    -------
    DataFrame
        ``_group`` (UInt64: the number of the first row of the group) and ``copy_of`` (UInt32: the number, from 0,
        of the row that this row repeats, price included, or null).

    Examples
    --------
    >>> same = pl.DataFrame({"make": ["a"] * 3, "model": ["b"] * 3, "year": [2012.0] * 3, "mileage_km": [91500.0] * 3})
    >>> groups_and_copies(same, pl.Series([500.0, 500.0, 490.0])).to_dict(as_series=False)
    {'_group': [0, 0, 0], 'copy_of': [None, 0, None]}
    """
    if not same.columns:
        same = pl.DataFrame({"nothing": [None] * len(price)})
    whole = same.hash_rows(seed=1)
    found = pl.DataFrame(
        {"key": whole, "post": _post_keys(same, whole), "price": price, "telling": _telling(same)},
    ).with_columns(row=pl.int_range(pl.len(), dtype=pl.UInt32))
    first_at_price = pl.col("row").first().over("key", "price")
    first = pl.col("row").first().over("post")
    return found.select(
        pl.when("telling").then(first).otherwise(first_at_price).cast(pl.UInt64).alias("_group"),
        pl.when(pl.col("telling") & (first_at_price != pl.col("row"))).then(first_at_price).alias("copy_of"),
    )


def _post_keys(same: pl.DataFrame, whole: pl.Series) -> pl.Series:
    """Return what the re-posts of one car share: its odometer where that is precise, else all that is known."""
    telling = ["make", "model", "year", "mileage_km"]
    if not set(telling) <= set(same.columns):
        return whole
    km, miles = pl.col("mileage_km"), pl.col("mileage_km") / KM_PER_MILE
    round_figure = ((km / 100 - (km / 100).round(0)).abs() < 1e-4) | (
        (miles / 100 - (miles / 100).round(0)).abs() < 1e-4
    )
    known = pl.all_horizontal(pl.col(telling).is_not_null())
    precise = same.select(known & (km >= PRECISE_FROM_KM) & ~round_figure).to_series()
    return same.select(telling).hash_rows(seed=2).zip_with(precise, whole)


def _telling(same: pl.DataFrame) -> pl.Series:
    fields = pl.repeat(0, same.height, dtype=pl.UInt16, eager=True)
    for column in same:
        fields += column.is_not_null().cast(pl.UInt16)
    enough = fields >= TELLING_WITHOUT_MILEAGE
    if "mileage_km" in same.columns:
        enough = enough | (same["mileage_km"].is_not_null() & (fields >= TELLING))
    return enough
