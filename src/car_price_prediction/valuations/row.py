"""What was kept as rows of the tables, and as plain values again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson

from .cars import car_key
from .entries import Answered, entry_of

Row: TypeAlias = dict[str, Any]
"""The values of a table's columns by their names."""


def row_of(answered: Answered) -> Row:
    """Return the row of an answer."""
    return row_from(entry_of(answered))


def row_from(entry: Sequence[Any]) -> Row:
    """Return the row of an answer, as `entries.entry_of` tells it.

    Raises
    ------
    ValueError, TypeError, AttributeError
        Where it is nothing of the kind.
    """
    name, at, source, request_id, version, listing, *figures, warnings = entry
    car = listing if None not in listing.values() else {k: v for k, v in listing.items() if v is not None}
    price, low, high, currency, coverage, confidence, comparables = figures
    told = [{"field": field, "code": code, "message": message} for field, code, message in warnings]
    return {
        "id": name,
        "priced_at": at,
        "source": source,
        "request_id": request_id,
        "model_version": version,
        "car_key": car_key(car),
        "car": orjson.dumps(car, option=orjson.OPT_SORT_KEYS).decode(),
        "price": price,
        "low": low,
        "high": high,
        "currency": currency,
        "coverage": coverage,
        "confidence": confidence,
        "comparables": comparables,
        "warnings": orjson.dumps(told).decode(),
    }


def shadow_row_from(entry: Sequence[Any]) -> Row:
    """Return the row of a challenger's price, as `entries.shadow_entry_of` tells it.

    Raises
    ------
    ValueError
        Where it is nothing of the kind.
    """
    valuation_id, at, version, price, low, high = entry
    return {
        "valuation_id": valuation_id,
        "priced_at": at,
        "model_version": version,
        "price": price,
        "low": low,
        "high": high,
    }


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as plain values: under ``car`` what was asked, and all else as the answer told it."""
    # SQLAlchemy's names are strings of its own, which JSON does not know.
    found = {str(name): value for name, value in row.items() if name not in ("id", "car_key")}
    return {
        "valuation_id": row["id"],
        **found,
        "priced_at": datetime.fromtimestamp(row["priced_at"], UTC).isoformat(timespec="milliseconds"),
        "car": orjson.loads(row["car"]),
        "warnings": orjson.loads(row["warnings"]),
    }
