"""Functions of one value over whole columns."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


def map_distinct(column: pl.Series, function: Callable[..., object], dtype: type[pl.DataType]) -> pl.Series:
    """Apply a Python function to a column, calling it once for each distinct value (null is one).

    Examples
    --------
    >>> map_distinct(pl.Series(["a", None, "a"]), lambda v: v or "?", pl.String).to_list()
    ['a', '?', 'a']
    """
    distinct = column.unique()
    return looked_up(column, distinct, pl.Series([function(v) for v in distinct.to_list()], dtype=dtype))


def looked_up(column: pl.Series, distinct: pl.Series, found: pl.Series) -> pl.Series:
    """Return for each value of a column what was found for it.

    Parameters
    ----------
    column : Series
    distinct : Series
        Its different values, null among them where it holds one.
    found : Series
        In the order of `distinct`.
    """
    table = pl.DataFrame({"old": distinct, "new": found})
    old = column.rename("old").to_frame()
    return old.join(table, on="old", how="left", nulls_equal=True, maintain_order="left")["new"]
