"""A short way for the many cells that are a whole number between the same few words, such as "186,005 km"."""

from __future__ import annotations

import polars as pl

from car_price_prediction.domain.columns import Column

from .units import FACTORS, parse_field, parse_number

# A mark beside the number may be part of it (".5", "12.500,-").
_BEFORE = r"[^\p{N}]{0,11}[^\p{N}.,]|[^\p{N}]{0,10}\p{L}\."
_DIGITS = r"[1-9][0-9]{0,2}(?:%s[0-9]{3}){1,3}|[1-9][0-9]{0,2}(?: [0-9]{3}){1,3}|[0-9]{1,9}"
_BEHIND = r"[^\p{N}.,'][^\p{N}]{0,12}"
_MOST_SHAPES = 500


def whole_numbers(cells: pl.Series, column: Column, dtype: type[pl.DataType]) -> pl.Series:
    """Read the cells that are a whole number with words around it; null for all others.

    Parameters
    ----------
    cells : polars.Series of String
        Of a column whose bare numbers are multiplied with one factor.
    column : Column
        What the cells hold.
    dtype : polars.DataType
        Of the result.

    Examples
    --------
    >>> km = Column("Mileage", "field", "mileage_km", "number", unit="km")
    >>> whole_numbers(pl.Series(["186,005 km", "2,000 mi", "04-May"]), km, pl.Float64).to_list()
    [186005.0, 3218.688, None]
    """
    mark = "," if column.decimal == "." else r"\."
    parts = cells.str.extract_groups(f"^({_BEFORE})?({_DIGITS % mark})({_BEHIND})?$").struct.unnest()
    parts.columns = ["before", "digits", "after"]
    parts = parts.with_columns(pl.col("before", "after").fill_null(""))
    shapes = parts.drop_nulls().select("before", "after").unique()
    if shapes.height > _MOST_SHAPES:
        return pl.Series([None], dtype=dtype).new_from_index(0, cells.len())
    factors = shapes.with_columns(
        factor=pl.Series([_factor(before, after, column) for before, after in shapes.rows()], dtype=pl.Float64)
    )
    found = parts.join(factors, on=["before", "after"], how="left", maintain_order="left")
    return found.select(pl.col("digits").str.replace_all(r"[., ]", "").cast(pl.Float64) * pl.col("factor")).to_series()


def _factor(before: str, after: str, column: Column) -> float | None:
    """Return what a number between these words is multiplied with; None where that is not so simple."""
    number = parse_number(f"{before}1{after}", decimal=column.decimal)
    if number is None or number.scaled:
        return None
    one, three = (parse_field(f"{before}{digit}{after}", column) for digit in "13")
    usual = FACTORS.get(column.field, {}).values()
    simple = isinstance(one, float) and isinstance(three, float) and three == 3 * one
    return one if simple and isinstance(one, float) and (one == 1 or one in usual) else None
