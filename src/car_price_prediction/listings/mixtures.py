"""Columns in which two units seem to be mixed, told by their distribution."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import polars as pl

from car_price_prediction.domain.columns import Column

from .interpret import interpret_frame

_OLD, _SMALL = 3, 1_000
_MILE_LIKE = (1.45, 1.8)
_FEWEST = 100


def mileage_mixture(column: Column, values: pl.Series, years: pl.Series | None) -> tuple[Column, str]:
    """Find bare thousands among the mileages of cars that are no longer new.

    Returns
    -------
    tuple of Column and str
        The column, set to read the small numbers as missing where there is such a second mode, for a new car's 80 km
        and an old one's 80 thousand cannot be told apart; and the note for people, or "".
    """
    if years is None or column.unit not in ("km", "mi"):
        return column, ""
    newest = years.drop_nulls().quantile(0.99)
    old = values.filter((years <= (newest or 0) - _OLD).fill_null(value=False)).drop_nulls()
    old = old.filter(old > 1)
    if old.len() < 20:
        return column, ""
    small, between = float((old < _SMALL).mean() or 0), float(old.is_between(_SMALL, 3 * _SMALL).mean() or 0)  # type: ignore[arg-type]
    if not (0.08 < small < 0.6 and between < small / 4):
        return column, ""
    note = (
        f'"{column.header}" seems to mix {column.unit} and thousands of {column.unit}: {small:.0%} of the cars of '
        f"{_OLD} years and more show less than {_SMALL:,}, nearly none a bit more; cells below {_SMALL:,} are not read"
    )
    return replace(column, derive=f"from:{_SMALL}"), note


def source_mixture(raw: pl.DataFrame, year: Column | None, mileage: Column) -> str:
    """Say where two files' mileages for cars of one age differ as miles and kilometres do, else return ""."""
    if year is None or "_source" not in raw.columns:
        return ""
    rows = interpret_frame(raw, [year, mileage]).drop_nulls().filter(pl.col("mileage_km") > _SMALL)
    age = rows["year"].max()
    if age is None:
        return ""
    yearly = rows.with_columns(yearly=pl.col("mileage_km") / (float(age) - pl.col("year") + 1))  # type: ignore[arg-type]
    per_file = yearly.group_by("_source").agg(pl.len(), pl.col("yearly").median())
    ranked = per_file.filter(pl.col("len") >= _FEWEST).sort("yearly").rows()
    for (small_name, _, small), (large_name, _, large) in pairwise(ranked):
        if _MILE_LIKE[0] < large / small < _MILE_LIKE[1]:
            return (
                f'the mileages in "{large_name}" are {large / small:.2f} times those in "{small_name}" at one age: '
                "one may be in kilometres and the other in miles"
            )
    return ""
