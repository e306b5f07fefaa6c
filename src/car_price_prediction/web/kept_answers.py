"""The schemas of what the calls about kept valuations are sent and answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .answers import Answer
from .schemas import QuoteWarningAnswer


class ValuationAnswer(Answer):
    """A valuation that was kept."""

    valuation_id: str
    priced_at: str
    source: Literal["price", "batch"] = Field(description="Which call was answered.")
    request_id: str
    model_version: str
    car: dict[str, str | float] = Field(description="As it was understood, in canonical fields and units.")
    price: float
    low: float
    high: float
    currency: str | None
    coverage: float
    confidence: Literal["high", "medium", "low"]
    comparables: int
    warnings: list[QuoteWarningAnswer]
