"""What was kept as rows of the tables, and as plain values again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson

from .cars import car_key
from .tables import SHADOWS

Row: TypeAlias = tuple[Any, ...]
"""Values in the order of the table's columns."""
SHADOW_WIDTH = len(SHADOWS.columns)


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
    return (
        name,
        at,
        source,
        request_id,
        version,
        car_key(car),
        orjson.dumps(car, option=orjson.OPT_SORT_KEYS).decode(),
        price,
        low,
        high,
        currency,
        coverage,
        confidence,
        comparables,
        orjson.dumps(told).decode(),
    )


def shadow_row_from(entry: Sequence[Any]) -> Row:
    """Return the row of a challenger's price, as `entries.shadow_entry_of` tells it.

    Raises
    ------
    ValueError
        Where it is nothing of the kind.
    """
    if len(entry) != SHADOW_WIDTH:
        raise ValueError("no challenger's price")
    return tuple(entry)


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
