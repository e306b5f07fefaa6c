"""The newest kept valuations as cars to compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import polars as pl

from car_price_prediction.domain.listing import ASKING_PRICE
from car_price_prediction.package.reference import Reference
from car_price_prediction.valuations.cars import whole_key
from car_price_prediction.valuations.store import Valuations

from .compare import LEVEL, compare
from .derived import QUOTE
from .report import DriftReport

DAYS = 7.0
CARS = 2_000
"""So many cars are compared, the newest: more of them would be older, and hide what has just changed."""
MOST_ROWS = 10_000
"""So many answers are looked through for them: the same car may be asked for again and again."""


def drift_of_kept(
    valuations: Valuations,
    reference: Reference,
    version: str,
    *,
    level: float = LEVEL,
    days: float = DAYS,
    now: datetime | None = None,
) -> DriftReport:
    """Compare the cars that were last asked for with the training listings.

    A car that is asked for again counts once, where its mileage tells it from others. Quotes are compared where they
    are of the model that the reference is of.

    Parameters
    ----------
    valuations : Valuations
    reference : Reference
    version : str
        Of the model.
    level : float
        See `compare.compare`.
    days : float
        Older answers are passed over.
    now : datetime, optional
    """
    until = now or datetime.now(UTC)
    rows = _different(valuations.newest(MOST_ROWS, (until - timedelta(days=days)).timestamp()))
    at = [row["priced_at"] for row in rows]
    return compare(reference, table_of(rows, version), level=level).model_copy(
        update={
            "version": version,
            "source": "kept valuations",
            "since": datetime.fromtimestamp(min(at), UTC) if at else None,
            "until": datetime.fromtimestamp(max(at), UTC) if at else None,
        }
    )


def table_of(rows: Iterable[Mapping[str, Any]], version: str) -> pl.DataFrame:
    """Return kept valuations as cars, with what was asked and what was quoted by this version.

    Examples
    --------
    >>> rows = [{"car": {"make": "Kia", "asking_price": 9e3}, "price": 1e4, "model_version": "v1"}]
    >>> table_of(rows, "v1").to_dicts()
    [{'make': 'Kia', 'price': 9000.0, 'quote': 10000.0}]
    """
    cars = []
    for row in rows:
        car = {name: value for name, value in row["car"].items() if name != ASKING_PRICE}
        quote = row["price"] if row["model_version"] == version else None
        cars.append({**car, "price": row["car"].get(ASKING_PRICE), QUOTE: quote})
    # A field may hold a number in one car and a word in another: the comparison reads it as the model does.
    names = dict.fromkeys(name for car in cars for name in car)
    return pl.DataFrame({name: _column([car.get(name) for car in cars]) for name in names})


def _column(values: list[Any]) -> pl.Series:
    numeric = all(isinstance(value, (int, float)) for value in values if value is not None)
    if numeric:
        return pl.Series([None if value is None else float(value) for value in values], dtype=pl.Float64)
    return pl.Series([None if value is None else str(value) for value in values], dtype=pl.String)


def _different(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for row in rows:
        car = orjson.loads(row["car"])
        if car.get("mileage_km") is not None:
            key = whole_key(car)
            if key in seen:
                continue
            seen.add(key)
        found.append({**row, "car": car})
        if len(found) == CARS:
            break
    return found
