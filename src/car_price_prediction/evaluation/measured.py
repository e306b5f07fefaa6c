"""What is measured on priced listings, as it is kept and shown.

Without Polars, which only measuring needs: a server shows evaluations, and answers prices without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from .part import Part
from .pictures import Pictures

OTHER, NOT_TOLD = "(other)", "(not told)"
"""The groups of what is left: the smaller groups together, and the listings that lack the field."""
TITLES: Mapping[str, str] = {
    "price_decile": "predicted price",
    "make": "make",
    "model": "model",
    "age": "age in years",
    "mileage": "mileage in km",
    "fuel": "fuel",
}
"""The tables, by their keys in ``evaluation.json``, and what they are by."""


class Figures(Part):
    """The figures of all listings together."""

    count: int
    mdape: float = Field(description="The median of the error, as a fraction of the asking price.")
    mape: float
    mae: float = Field(description="The mean error, in money.")
    rmse: float
    r2: float
    r2_log: float
    within_10: float
    within_20: float
    bias: float = Field(description="The median of the signed error; above 0 where cars are priced too high.")
    coverage: float = Field(description="The share of asking prices inside their range.")
    width: float = Field(description="The median of the range's width over the asking price.")


class Group(Part):
    """The figures of one group of listings."""

    group: str = Field(description="Names the group; the same in every evaluation.")
    label: str = Field(description="The same for people.")
    count: int
    mdape: float
    mae: float
    bias: float
    coverage: float
    width: float


class Level(Part):
    """One point of the calibration curve: what ranges that promise `level` held."""

    level: float
    coverage: float
    width: float


class Miss(Part):
    """One of the worst predictions, with its listing."""

    source: str
    row: int = Field(description="The data row of the file, from 1.")
    listing: dict[str, str | float]
    price: float
    predicted: float
    low: float
    high: float


class Evaluation(Part):
    """What was measured on one set of listings."""

    listed: tuple[date, date] | None = Field(default=None, description="The days of the first and the last listing.")
    overall: Figures
    groups: dict[str, tuple[Group, ...]] = Field(description="By the keys of `TITLES`.")
    calibration: tuple[Level, ...] = Field(description="By rising level; the promised one is among them.")
    worst: tuple[Miss, ...] = Field(description="The furthest from the asking price by ratio first.")
    pictures: Pictures
