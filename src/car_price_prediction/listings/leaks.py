"""Columns that follow the price so closely that they must have been made from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from car_price_prediction.domain.columns import Column

from .interpret import interpret_frame

_FEWEST = 30
_RATIO_SPREAD = 0.02
_RANK_CORRELATION = 0.995
# A new car's price may lie close to the asking price of nearly new ones: that is no leak.
_MAY_FOLLOW = ("new_price",)


def without_leaks(sample: pl.DataFrame, columns: Sequence[Column]) -> list[Column]:
    """Leave out the extra numbers that are a constant share of the price or rank all cars as it does.

    Parameters
    ----------
    sample : polars.DataFrame
        Some raw rows.
    columns : sequence of Column
        What the columns hold; where none is the price, nothing changes.
    """
    price = next((column for column in columns if column.role == "field" and column.field == "price"), None)
    numbers = [c for c in columns if c.role == "extra" and c.kind == "number" and c.field not in _MAY_FOLLOW]
    if price is None or not numbers:
        return list(columns)
    values = interpret_frame(sample, [price, *numbers])
    reasons = {c.field: reason for c in numbers if (reason := _reason(values["price"], values[c.field]))}
    return [
        replace(c, role="leak", field="", confidence=0.9, why=reasons[c.field])
        if c.role == "extra" and c.field in reasons
        else c
        for c in columns
    ]


def _reason(price: pl.Series, other: pl.Series) -> str:
    pairs = (
        pl.DataFrame({"price": price, "other": other})
        .drop_nulls()
        .filter((pl.col("price") > 0) & (pl.col("other") > 0))
    )
    if pairs.height < _FEWEST or pairs["other"].n_unique() < _FEWEST // 2:
        return ""
    ratios = np.log(pairs["other"].to_numpy() / pairs["price"].to_numpy())
    low, middle, high = np.quantile(ratios, (0.1, 0.5, 0.9))
    if high - low < _RATIO_SPREAD:
        return f"always {np.exp(middle):.3g} times the price"
    ranks = pairs.select(pl.corr("price", "other", method="spearman")).item()
    if ranks is not None and abs(ranks) > _RANK_CORRELATION:
        return f"ranks the cars as the price does (rank correlation {ranks:.3f})"
    return ""
