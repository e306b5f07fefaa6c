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

PIECE = 100
"""Valuations of a car that are read at once."""

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
    by_id = _by_id(connection, names)
    found = {}
    for row in outcomes:
        named = row["valuation_id"]
        valuation = by_id.get(named) if named is not None else _last(connection, row, within_days)
        if valuation is not None:
            found[row["key"]] = valuation
    return found


def _by_id(connection: Connection, names: Sequence[str]) -> dict[str, Row]:
    if not names:
        return {}
    found = connection.execute(select(VALUATIONS).where(VALUATIONS.c.id.in_(names))).mappings()
    return {row["id"]: dict(row) for row in found}


def _last(connection: Connection, outcome: Row, within_days: float) -> Row | None:
    """Return the last valuation before the sale that does not contradict, without reading those before it."""
    day = datetime.combine(outcome["sold_on"], datetime.min.time(), UTC)
    until, since = (day + ANYWHERE).timestamp(), (day - timedelta(days=within_days)).timestamp()
    car = orjson.loads(outcome["car"])
    at, name = VALUATIONS.c.priced_at, VALUATIONS.c.id
    wanted = select(VALUATIONS).where(VALUATIONS.c.car_key == outcome["car_key"], at >= since, at < until)
    wanted = wanted.order_by(at.desc(), name.desc()).limit(PIECE)
    rows = connection.execute(wanted).mappings().all()
    while rows:
        good = next((row for row in rows if not contradicts(car, orjson.loads(row["car"]))), None)
        if good is not None or len(rows) < PIECE:
            return None if good is None else dict(good)
        last = rows[-1]
        older = (at < last["priced_at"]) | ((at == last["priced_at"]) & (name < last["id"]))
        rows = connection.execute(wanted.where(older)).mappings().all()
    return None
