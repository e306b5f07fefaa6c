"""A quote: what one car is worth in one market, and how sure that is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

Confidence: TypeAlias = Literal["high", "medium", "low"]
Grade: TypeAlias = Literal["great", "good", "fair", "high", "overpriced"]


@dataclass(frozen=True, slots=True)
class QuoteWarning:
    """Something about the car that makes its quote less sure.

    Attributes
    ----------
    field : str
        The canonical field.
    code : {"unseen_category", "outside_training", "missing", "implausible", "not_used"}
        Stable and machine readable.
    message : str
        One sentence for people.
    """

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Deal:
    """How an asking price compares with what such cars are asked for.

    Attributes
    ----------
    asking_price : float
    difference : float
        The asking price less the estimate.
    difference_percent : float
        The same in percent of the estimate.
    grade : {"great", "good", "fair", "high", "overpriced"} or None
        None where the car is too little known to be rated.
    level : float or None
        The share of such cars that are asked less for.
    edges : tuple of float
        The asking prices at which one grade ends and the next begins; empty where there is no grade.
    not_rated : str or None
        Why there is no grade.
    """

    asking_price: float
    difference: float
    difference_percent: float
    grade: Grade | None = None
    level: float | None = None
    edges: tuple[float, ...] = ()
    not_rated: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A price, and the range that holds the asking price with probability `coverage`.

    Attributes
    ----------
    price, low, high : float
        In `currency`; ``low <= price <= high``.
    currency : str or None
        ISO 4217, or None where the training data's currency was not told.
    coverage : float
        The share of listings whose asking price lies in its range.
    confidence : {"high", "medium", "low"}
        From the relative width of the range and the number of comparable listings.
    comparables : int
        How many training listings are of the same make and model and about the same year.
    warnings : tuple of QuoteWarning
        Empty where nothing is unusual.
    model_version : str
        The version of the model package that answered.
    valuation_id : str
        Names this one quote.
    deal : Deal or None
        None where no asking price was told.
    """

    price: float
    low: float
    high: float
    currency: str | None
    coverage: float
    confidence: Confidence
    comparables: int
    warnings: tuple[QuoteWarning, ...]
    model_version: str
    valuation_id: str
    deal: Deal | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the quote as plain values, in the order of the attributes; without a deal where there is none."""
        found: dict[str, Any] = {
            "price": self.price,
            "low": self.low,
            "high": self.high,
            "currency": self.currency,
            "coverage": self.coverage,
            "confidence": self.confidence,
            "comparables": self.comparables,
            "warnings": [{"field": w.field, "code": w.code, "message": w.message} for w in self.warnings],
            "model_version": self.model_version,
            "valuation_id": self.valuation_id,
        }
        if self.deal is not None:
            found["deal"] = asdict(self.deal)
        return found
