"""Robust pieces of statistics over groups, as Polars expressions: medians, spreads and bands."""

from __future__ import annotations

import polars as pl

from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.domain.rules import plausible_range

BAND_ROWS = 30
"""Rows that an age band needs; sparse ages share one."""
OLDEST = 60
UNKNOWN_BAND = 1000


def rows_in(*groups: str) -> pl.Expr:
    """Return how many trusted rows a row's group has."""
    return pl.col("trusted").sum().over(groups)


def median_where(column: str, groups: list[str], enough: int, otherwise: float) -> pl.Expr:
    """Return the median of a group's trusted rows, and a fixed value where there are not enough.

    Examples
    --------
    >>> frame = pl.DataFrame({"g": ["a", "a", "b"], "x": [1.0, 3.0, 9.0], "trusted": [True, True, True]})
    >>> frame.select(median_where("x", ["g"], 2, 0.0)).to_series().to_list()
    [2.0, 2.0, 0.0]
    """
    median = pl.col(column).filter("trusted").median().over(groups)
    return pl.when(rows_in(*groups) >= enough).then(median).otherwise(otherwise)


def sigma_where(column: str, groups: list[str], enough: int) -> pl.Expr:
    """Return the robust standard deviation about zero of a group's trusted rows, 0 in small groups.

    It is 1.4826 times the median of the absolute values; no groups means all rows.

    Examples
    --------
    >>> frame = pl.DataFrame({"x": [-1.0, 1.0, 1.0, 99.0], "trusted": [True] * 4})
    >>> frame.select(sigma_where("x", [], 1)).to_series().to_list()[0]
    1.4826
    """
    size = 1.4826 * pl.col(column).filter("trusted").abs().median()
    if not groups:
        return size
    return pl.when(rows_in(*groups) >= enough).then(size.over(groups)).otherwise(0.0)


def log_ratio_band(column: str, groups: list[str]) -> pl.Expr:
    """Return how far a size (engine, power) is from its group's usual one, in steps of a fifth in logs, as a band.

    Examples
    --------
    >>> frame = pl.DataFrame({"model": ["a", "a", "a"], "size": [2.0, 2.0, 6.3]})
    >>> frame.select(log_ratio_band("size", ["model"])).to_series().to_list()
    [0.0, 0.0, 6.0]
    """
    size = pl.when(pl.col(column) > 0).then(pl.col(column))
    usual = size.median().over(groups)
    return ((size / usual).log() / 0.2).round(0).clip(-6, 6).fill_null(0.0).fill_nan(0.0)


def reference_year(listings: pl.DataFrame) -> float | None:
    """Return the year that the newest cars of a file are of: the time at which it was written, about.

    A few years ahead of the others do not move it, nor do years from the future.

    Examples
    --------
    >>> reference_year(pl.DataFrame({"year": [2018.0] * 600 + [2019.0] * 600 + [2060.0]}))
    2019.0
    """
    if "year" not in listings.columns:
        return None
    latest = plausible_range(BY_NAME["year"])[1]
    years = listings["year"].filter(listings["year"] <= latest)
    return None if years.is_empty() else years.quantile(0.998, interpolation="nearest")


def age_band(listings: pl.DataFrame) -> pl.Series:
    """Return an age band per row: by year, or by mileage where the year is not told.

    Examples
    --------
    >>> age_band(pl.DataFrame({"year": [2020.0] * 30 + [2018.0] * 30})).unique().to_list()
    [0, 2]
    """
    bands = pl.Series("band", [UNKNOWN_BAND] * listings.height, dtype=pl.Int32)
    newest = reference_year(listings)
    if newest is not None:
        ages = (newest - listings["year"]).clip(0, OLDEST).floor().cast(pl.Int32)
        steps = _merged(ages)
        bands = ages.replace_strict(steps, default=UNKNOWN_BAND, return_dtype=pl.Int32)
    if "mileage_km" in listings.columns:
        thousands = 2000 + (listings["mileage_km"].clip(0, 400_000) / 25_000).floor().cast(pl.Int32)
        bands = thousands.zip_with((bands == UNKNOWN_BAND) & thousands.is_not_null(), bands)
    return bands.fill_null(UNKNOWN_BAND).alias("band")


def _merged(ages: pl.Series) -> dict[int, int]:
    """Map each age to the first age of its band; a band holds enough rows, the oldest a few."""
    counts = dict(ages.drop_nulls().value_counts().sort(ages.name).iter_rows())
    steps: dict[int, int] = {}
    start, held = 0, 0
    for age, count in counts.items():
        if held == 0:
            start = age
        steps[age] = start
        held = 0 if held + count >= BAND_ROWS else held + count
    return steps
