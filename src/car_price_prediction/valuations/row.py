"""A valuation as a row of the table, and as plain values again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import orjson

from car_price_prediction.domain.listing import Listing
from car_price_prediction.domain.quote import Quote

from .cars import car_key

Source: TypeAlias = Literal["price", "batch"]
"""Which call was answered."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer that is to be kept: nothing is worked out before it is written.

    Attributes
    ----------
    at : float
        Seconds since 1970.
    source : {"price", "batch"}
    request_id : str
    listing : Listing
        The car as it was understood.
    quote : Quote
    """

    at: float
    source: Source
    request_id: str
    listing: Listing
    quote: Quote


@dataclass(frozen=True, slots=True)
class Shadowed:
    """What the challenger would have answered.

    Attributes
    ----------
    valuation_id : str
        Of the answer that was given.
    at : float
        When it was, in seconds since 1970.
    quote : Quote
        The challenger's.
    """

    valuation_id: str
    at: float
    quote: Quote


def shadow_row_of(shadowed: Shadowed) -> dict[str, Any]:
    """Return the row of a challenger's price."""
    quote = shadowed.quote
    return {
        "valuation_id": shadowed.valuation_id,
        "priced_at": shadowed.at,
        "model_version": quote.model_version,
        "price": quote.price,
        "low": quote.low,
        "high": quote.high,
    }


def row_of(answered: Answered) -> dict[str, Any]:
    """Return the row of an answer."""
    quote = answered.quote
    car = {name: value for name, value in sorted(answered.listing.items()) if value is not None}
    warnings = [{"field": w.field, "code": w.code, "message": w.message} for w in quote.warnings]
    return {
        "id": quote.valuation_id,
        "priced_at": answered.at,
        "source": answered.source,
        "request_id": answered.request_id,
        "model_version": quote.model_version,
        "car_key": car_key(car),
        "car": orjson.dumps(car).decode(),
        "price": quote.price,
        "low": quote.low,
        "high": quote.high,
        "currency": quote.currency,
        "coverage": quote.coverage,
        "confidence": quote.confidence,
        "comparables": quote.comparables,
        "warnings": orjson.dumps(warnings).decode(),
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
