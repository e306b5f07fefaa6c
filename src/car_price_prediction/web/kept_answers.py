"""The schemas of what the calls about kept valuations are sent and answer."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, model_validator

from car_price_prediction.domain.rules import LONGEST_ID, LONGEST_REFERENCE, plain_name, sold_day

from .answers import Answer
from .schemas import QuoteWarningAnswer, RowProblem


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


def _day(sent: object) -> date:
    try:
        found = date.fromisoformat(sent) if isinstance(sent, str) and len(sent) == len("2026-01-31") else None
    except ValueError:
        found = None
    if found is None:
        raise ValueError("must be a day such as 2026-01-31")
    return sold_day(found)


class Sale(BaseModel):
    """What one car sold for. It names a valuation, or describes the car as `POST /predict/price` takes it."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)

    price: float = Field(ge=1, le=1e12, allow_inf_nan=False, description="In the currency of the valuations.")
    sold_on: Annotated[date, BeforeValidator(_day)] = Field(description="Not in the future.")
    valuation_id: Annotated[str, AfterValidator(partial(plain_name, longest=LONGEST_ID))] | None = Field(
        default=None, min_length=1, max_length=LONGEST_ID, description="Of the quote."
    )
    car: dict[str, Any] | None = Field(default=None, description="As it was priced, where no id is known.")
    reference: Annotated[str, AfterValidator(partial(plain_name, longest=LONGEST_REFERENCE))] | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_REFERENCE,
        description="Your own name for the sale: the same is the same sale.",
    )

    @model_validator(mode="after")
    def _names_a_car(self) -> Sale:
        if self.valuation_id is None and not self.car:
            raise ValueError("valuation_id or car is needed")
        return self


SALE = TypeAdapter(Sale)


class TakenAnswer(Answer):
    """What came of one outcome."""

    state: Literal["new", "same", "replaced", "superseded"]
    valuation_id: str | None = Field(description="The valuation that it is of; null where none is found yet.")
    note: str


class OutcomesAnswer(Answer):
    """A result for each outcome, in the order in which they were sent."""

    results: list[TakenAnswer | RowProblem]
