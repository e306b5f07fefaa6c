"""Sales beside the valuations they are of, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import polars as pl

from car_price_prediction.valuations.outcomes import Outcomes

SCHEMA: Mapping[str, Any] = {
    "valuation_id": pl.String,
    "sold": pl.Float64,
    "sold_on": pl.Date,
    "priced_at": pl.Float64,
    "price": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "coverage": pl.Float64,
    "confidence": pl.String,
    "version": pl.String,
    "currency": pl.String,
    "make": pl.String,
    "named": pl.Boolean,
}
SHADOW: Mapping[str, Any] = {
    "challenger": pl.String,
    "challenger_price": pl.Float64,
    "challenger_low": pl.Float64,
    "challenger_high": pl.Float64,
}
"""What the challenger would have answered; null where it priced no such car in the shadow."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sales and their valuations.

    Attributes
    ----------
    table : DataFrame
        A row for each valuation that has a sale: `SCHEMA` and `SHADOW`.
    outcomes : int
        All that were told, of the span of time.
    without : int
        Those for which no valuation is kept.
    """

    table: pl.DataFrame
    outcomes: int
    without: int


def pairs_of(outcomes: Outcomes, within_days: float, since: date | None = None, until: date | None = None) -> Pairs:
    """Match every sale of a span of days; a valuation counts once, whoever told of its sale.

    Parameters
    ----------
    outcomes : Outcomes
    within_days : float
        See `valuations.matching.match`.
    since, until : date, optional
        Of the sale; until itself is not in it.
    """
    rows, told, without = [], 0, 0
    for outcome, valuation in outcomes.matched(within_days):
        day = outcome["sold_on"]
        if (since is not None and day < since) or (until is not None and day >= until):
            continue
        told += 1
        if valuation is None:
            without += 1
        else:
            rows.append(_pair(outcome, valuation))
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("named", "sold_on", descending=[True, False])
    table = table.unique("valuation_id", keep="first", maintain_order=True)
    return Pairs(table.join(_shadows(outcomes, table), on="valuation_id", how="left"), told, without)


def _shadows(outcomes: Outcomes, table: pl.DataFrame) -> pl.DataFrame:
    names = ("valuation_id", "model_version", "price", "low", "high")
    rows = [[row[name] for name in names] for row in outcomes.shadows(table["valuation_id"].to_list()).values()]
    return pl.DataFrame(rows, schema={"valuation_id": pl.String, **SHADOW}, orient="row")


def _pair(outcome: Mapping[str, Any], valuation: Mapping[str, Any]) -> tuple[Any, ...]:
    make = orjson.loads(valuation["car"]).get("make")
    same = (valuation[name] for name in ("priced_at", "price", "low", "high", "coverage", "confidence"))
    named = outcome["valuation_id"] is not None
    return (
        *(valuation["id"], outcome["price"], outcome["sold_on"]),
        *same,
        *(valuation["model_version"], valuation["currency"], make, named),
    )
