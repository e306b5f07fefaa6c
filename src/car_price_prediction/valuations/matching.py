"""Which valuation a sale is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, select

from .cars import contradicts
from .tables import VALUATIONS

WITHIN_DAYS = 180.0
"""A price of longer ago says little about the one at which a car that is only described was sold."""
ANYWHERE = timedelta(days=1, hours=12)
"""The day of a sale has ended everywhere by then, counted from its beginning in UTC."""

Row = Mapping[str, Any]


def match(connection: Connection, outcomes: Sequence[Row], within_days: float = WITHIN_DAYS) -> dict[str, Row]:
    """Return the valuation of each outcome for which there is one, by the outcome's key.

    It is the one that the outcome names; else the last one before the sale of a car of the same make, model, year and
    mileage whose description does not contradict.

    Parameters
    ----------
    connection : Connection
    outcomes : sequence of mapping
        Rows of the table of outcomes.
    within_days : float
        A valuation of a described car is at most so old on the day of the sale.
    """
    names = [row["valuation_id"] for row in outcomes if row["valuation_id"] is not None]
    keys = [row["car_key"] for row in outcomes if row["valuation_id"] is None]
    by_id = {row["id"]: row for row in _rows(connection, "id", names)}
    by_car: dict[str, list[Row]] = {}
    for row in sorted(_rows(connection, "car_key", keys), key=lambda row: (row["priced_at"], row["id"])):
        by_car.setdefault(row["car_key"], []).append(row)
    found = {}
    for row in outcomes:
        if row["valuation_id"] is not None:
            valuation = by_id.get(row["valuation_id"])
        else:
            valuation = _last(row, by_car.get(row["car_key"], []), within_days)
        if valuation is not None:
            found[row["key"]] = valuation
    return found


def _rows(connection: Connection, column: str, values: Sequence[str]) -> list[Row]:
    if not values:
        return []
    found = connection.execute(select(VALUATIONS).where(VALUATIONS.c[column].in_(values))).mappings()
    return [dict(row) for row in found]


def _last(outcome: Row, valuations: Sequence[Row], within_days: float) -> Row | None:
    day = datetime.combine(outcome["sold_on"], datetime.min.time(), UTC)
    until, since = (day + ANYWHERE).timestamp(), (day - timedelta(days=within_days)).timestamp()
    car = orjson.loads(outcome["car"])
    good = (
        row
        for row in reversed(valuations)
        if since <= row["priced_at"] < until and not contradicts(car, orjson.loads(row["car"]))
    )
    return next(good, None)
