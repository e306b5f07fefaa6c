"""Answers that are kept, and databases to keep them in."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from car_price_prediction.domain.quote import Quote, QuoteWarning
from car_price_prediction.valuations.entries import Answered

FABIA = {"make": "Skoda", "model": "Fabia", "year": 2015.0, "mileage_km": 80_000.0, "fuel": "petrol"}
NUMBERS = itertools.count()


def answered(*, at: float | None = None, car: dict[str, Any] | None = None, **quote: Any) -> Answered:
    """Return an answer, with an id of its own."""
    values: dict[str, Any] = {
        "price": 10_000.0,
        "low": 8_000.0,
        "high": 12_000.0,
        "currency": "EUR",
        "coverage": 0.9,
        "confidence": "high",
        "comparables": 12,
        "warnings": (QuoteWarning("colour", "missing", "Colour is not told"),),
        "model_version": "v1",
        "valuation_id": f"{next(NUMBERS):024x}",
    }
    found = Quote(**values | quote)
    return Answered(time.time() if at is None else at, "price", "a-request", car or FABIA, found)


def wait_until(true: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
