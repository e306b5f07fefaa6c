"""How far valuations were from what the cars sold for, and whether ranges held: all together, and in groups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal

import polars as pl
from pydantic import Field

from car_price_prediction.evaluation.part import Part

from .faced import Faced, faced
from .interval import wilson
from .pairs import Pairs

FORMAT = 1
MOST_MAKES = 30
OTHERS, NOT_TOLD = "(other)", "(not told)"
TITLES: Mapping[str, str] = {
    "month": "month of the sale",
    "version": "model version",
    "make": "make",
    "confidence": "confidence",
}
"""The tables, by their keys in the JSON, and what they are by."""
CONFIDENCES = ("high", "medium", "low")


class Realised(Part):
    """The figures of one group of sold cars."""

    group: str
    count: int
    mdape: float = Field(description="The median of the error, as a fraction of what the car sold for.")
    mae: float = Field(description="The mean error, in money.")
    bias: float = Field(description="The median of the signed error; above 0 where cars were valued too high.")
    coverage: float = Field(description="The share of cars that sold for a price inside their range.")
    coverage_low: float = Field(description="The ends of Wilson's 95% interval of that share.")
    coverage_high: float
    promised: float = Field(description="The share that the ranges were to hold.")

    @property
    def verdict(self) -> Literal["below", "as promised", "above"]:
        """Whether the coverage differs from the promise by more than chance."""
        if self.coverage_high < self.promised:
            return "below"
        return "above" if self.coverage_low > self.promised else "as promised"


class Score(Part):
    """A backtest: kept valuations against outcomes."""

    format: int = FORMAT
    made_at: datetime
    currency: str | None
    outcomes: int = Field(description="Sales that were told.")
    without: int = Field(description="Those for which no valuation is kept.")
    scored: int = Field(description="Valuations that a sale was found for, in the currency.")
    sold: tuple[date, date] | None = Field(description="The days of the first and the last sale.")
    overall: Realised | None = Field(description="None where nothing was scored.")
    groups: dict[str, tuple[Realised, ...]] = Field(description="By the keys of `score.TITLES`.")
    faced: tuple[Faced, ...] = Field(default=(), description="Champion and challenger, where both priced a sold car.")
    notes: tuple[str, ...]


def score(pairs: Pairs) -> Score:
    """Score valuations against sales.

    Parameters
    ----------
    pairs : Pairs
        See `pairs.pairs_of`.
    """
    currency, table = _one_currency(pairs.table)
    table = table.with_columns(month=pl.col("sold_on").dt.strftime("%Y-%m"))
    left_out = pairs.table.height - table.height
    notes = [f"{left_out:,} valuations in other currencies than {currency} are left out"] if left_out else []
    twice = pairs.outcomes - pairs.without - pairs.table.height
    if twice:
        notes.append(f"{twice:,} sales are of a valuation of which another sale was told, and do not count")
    days = (table["sold_on"].min(), table["sold_on"].max()) if table.height else None
    return Score(
        made_at=datetime.now(UTC),
        currency=currency,
        outcomes=pairs.outcomes,
        without=pairs.without,
        scored=table.height,
        sold=days,  # type: ignore[arg-type]
        overall=_realised("", table) if table.height else None,
        groups={name: _groups(table, name) for name in TITLES} if table.height else {},
        faced=faced(table),
        notes=tuple(notes),
    )


def _one_currency(table: pl.DataFrame) -> tuple[str | None, pl.DataFrame]:
    """Return the most frequent currency and its rows: errors in money of several cannot be added."""
    if not table.height:
        return None, table
    currency = table["currency"].value_counts().sort("count", "currency", descending=[True, False])["currency"][0]
    return currency, table.filter(pl.col("currency").eq_missing(currency))


def _groups(table: pl.DataFrame, name: str) -> tuple[Realised, ...]:
    table = table.with_columns(pl.col(name).fill_null(NOT_TOLD))
    if name == "make":
        largest = table["make"].value_counts().sort("count", "make", descending=[True, False]).head(MOST_MAKES)["make"]
        table = table.with_columns(
            pl.when(pl.col("make").is_in(largest.to_list())).then("make").otherwise(pl.lit(OTHERS))
        )
    found = [_realised(str(key), rows) for (key,), rows in table.group_by(name)]
    if name == "make":
        return tuple(sorted(found, key=lambda one: (one.group == OTHERS, -one.count, one.group)))
    if name == "confidence":
        return tuple(sorted(found, key=lambda one: CONFIDENCES.index(one.group)))
    return tuple(sorted(found, key=lambda one: one.group))


def _realised(group: str, table: pl.DataFrame) -> Realised:
    error = pl.col("price") - pl.col("sold")
    row = table.select(
        mdape=(error.abs() / pl.col("sold")).median(),
        mae=error.abs().mean(),
        bias=(error / pl.col("sold")).median(),
        hits=pl.col("sold").is_between("low", "high").sum(),
        promised=pl.col("coverage").mean(),
    ).row(0, named=True)
    hits = row.pop("hits")
    low, high = wilson(hits, table.height)
    return Realised(
        group=group, count=table.height, coverage=hits / table.height, coverage_low=low, coverage_high=high, **row
    )
