"""Values that cannot be: they are taken out and counted, and their rows stay."""

from __future__ import annotations

import math

import polars as pl

from car_price_prediction.domain.listing import FIELDS, FIRST_YEAR
from car_price_prediction.domain.rules import plausible_range

from .spread import reference_year

#: Fields whose zero is a missing value; a car with no cylinders or litres is electric, and its fuel says so.
NEVER_ZERO = ("engine_l", "power_kw", "cylinders", "doors", "seats")
#: How many times larger or smaller than the market's median a size may be.
TIMES = {"engine_l": 6.0, "power_kw": 12.0}

USED_AFTER_YEARS = 2.0
"""A car this much older than the file's newest has been driven: 0 km is a missing mileage."""
MOST_KM_A_YEAR = 150_000.0
MOST_KM_ANYHOW = 500_000.0
REPEATED_DIGIT = r"^(1{6,}|2{6,}|3{6,}|4{6,}|5{6,}|6{6,}|7{6,}|8{6,}|9{6,}|1234567?8?9?)$"

MODEL_ROWS = 30
TOO_EARLY_YEARS = 25.0
"""A round year (1900, 1970) this far before the median of a model's cars, and well before nearly all of them, is a
form's first choice. An odd one may be a classic that shares its name with today's cars."""


def without_implausible(listings: pl.DataFrame) -> pl.DataFrame:
    """Set implausible values of optional fields to null.

    Examples
    --------
    >>> frame = pl.DataFrame({"year": [2008.0, 2020.0, 2020.0], "mileage_km": [0.0, 0.0, 2147483647.0]})
    >>> without_implausible(frame)["mileage_km"].to_list()
    [None, 0.0, None]
    """
    checks = {name: check for name, check in _checks(listings).items() if name in listings.columns}
    believed = {name: ~check.fill_null(value=False) for name, check in checks.items()}
    return listings.with_columns(pl.when(good).then(name).alias(name) for name, good in believed.items())


def emptied(before: pl.DataFrame, after: pl.DataFrame, rows: pl.Series) -> dict[str, int]:
    """Count, by field, the values that were taken out of some rows; only fields with any.

    Examples
    --------
    >>> emptied(pl.DataFrame({"doors": [55, 4]}), pl.DataFrame({"doors": [None, 4]}), pl.Series([True, True]))
    {'doors': 1}
    """
    counts = {name: int((after[name].is_null() & before[name].is_not_null() & rows).sum()) for name in before.columns}
    return {name: count for name, count in counts.items() if count}


def _checks(listings: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return field -> an expression that is true where its value cannot be."""
    bad = {}
    for field in FIELDS:
        if field.kind == "number" and field.name not in ("price", "year"):
            low, high = plausible_range(field)
            bad[field.name] = ~pl.col(field.name).is_between(low, high)
    for name in NEVER_ZERO:
        bad[name] = bad[name] | (pl.col(name) == 0)
    for name, times in TIMES.items():
        usual = pl.col(name).filter(pl.col(name) > 0).median()
        bad[name] = bad[name] | ((pl.col(name) / usual).log().abs() > math.log(times))
    bad["mileage_km"] = bad["mileage_km"] | _bad_mileage(listings)
    if {"make", "model", "year", "mileage_km"} <= set(listings.columns):
        bad["year"] = _bad_year()
    return bad


def _bad_mileage(listings: pl.DataFrame) -> pl.Expr:
    km = pl.col("mileage_km")
    digits = km.round(0).cast(pl.Int64, strict=False).cast(pl.String).str.contains(REPEATED_DIGIT)
    bad = digits & (km > MOST_KM_ANYHOW)
    newest = reference_year(listings)
    if newest is None:
        return bad
    age = (newest - pl.col("year")).clip(lower_bound=0)
    driven = (km == 0) & (age >= USED_AFTER_YEARS)
    return bad | driven | (km > (age + 1) * MOST_KM_A_YEAR + MOST_KM_ANYHOW)


def _bad_year() -> pl.Expr:
    """Return where a year was not chosen: a Golf of 1910. Only where a mileage is left to go by."""
    year, model = pl.col("year"), ["make", "model"]
    usual, nearly_all = year.median().over(model), year.quantile(0.02).over(model)
    early = (year < usual - TOO_EARLY_YEARS) & (year < nearly_all - TOO_EARLY_YEARS / 2)
    default = early & (year % 10 == 0) & (year >= FIRST_YEAR)
    told = pl.col("model").is_not_null() & pl.col("mileage_km").is_not_null()
    return default & told & (pl.len().over(model) >= MODEL_ROWS)
