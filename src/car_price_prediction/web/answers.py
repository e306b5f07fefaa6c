"""The schemas of what a quote holds besides the price: the deal, the reasons, the nearest listings, what-if."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from car_price_prediction.domain.quote import Grade
from car_price_prediction.pricing.comparables import MOST
from car_price_prediction.pricing.explain import MOST_LINES
from car_price_prediction.pricing.rating import GRADES, LEVELS

GRADED = (
    f"{GRADES[0]} below level {LEVELS[0]}, then "
    + ", ".join(f"{grade} from {level}" for grade, level in zip(GRADES[1:], LEVELS, strict=True))
    + "; null where the car is too little known."
)


class Answer(BaseModel):
    """What a call answers."""

    model_config = ConfigDict(extra="forbid")


class DealAnswer(Answer):
    """How the asking price that was sent compares with what such cars are asked for."""

    asking_price: float
    difference: float = Field(description="The asking price less the estimate.")
    difference_percent: float
    grade: Grade | None = Field(description=GRADED)
    level: float | None = Field(description="The share of such cars that are asked less for.")
    edges: list[float] = Field(description="The asking prices at which the next grade begins, the lowest first.")
    not_rated: str | None = Field(description="Why there is no grade.")


class LineAnswer(Answer):
    """One line of a breakdown."""

    label: str
    text: str = Field(description='Both values: "2015 rather than 2018"; empty for the sum of the rest.')
    fields: list[str]
    amount: float


class BreakdownAnswer(Answer):
    """The way from a typical car's price to this one's: `typical_price` and the amounts add up to `price`."""

    typical_car: dict[str, str | float]
    typical_price: float
    lines: list[LineAnswer] = Field(max_length=MOST_LINES)
    price: float


class ComparableAnswer(Answer):
    """One listing that the model was trained on."""

    price: float = Field(description="What was asked for it.")
    distance: float = Field(ge=0, description="About by what share of the price its differences move the price.")
    car: dict[str, str | float] = Field(description="Its known fields, in canonical units.")


class NearestAnswer(Answer):
    """The listings nearest to the car."""

    among: Literal["model", "make", "market"] = Field(description="Whether of its make and model, its make, or all.")
    listings: list[ComparableAnswer] = Field(max_length=MOST)


class PointAnswer(Answer):
    """What the car costs with one value of a field."""

    value: float
    price: float
    low: float
    high: float
    this_car: bool


class CurveAnswer(Answer):
    """Price and range along one field, all else as it is."""

    field: Literal["mileage_km", "year"]
    label: str
    unit: str
    note: str = Field(description="What stays as it is.")
    points: list[PointAnswer]
