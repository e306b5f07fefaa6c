"""What a package knows of its training listings, for people and for warnings: fields, known words, counts of cars."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from car_price_prediction.domain.listing import Kind, Listing, Value

from .keys import joined_key

NEAR_YEARS = 2
"""Cars built within so many years of each other are compared."""


class FieldFacts(BaseModel):
    """One field that the model uses, as training saw it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind
    label: str
    unit: str
    low: float | None = Field(default=None, description="The smallest that training saw, but for 0.1%.")
    high: float | None = Field(default=None, description="The largest that training saw, but for 0.1%.")
    typical: str | float | None = Field(default=None, description="The median or the most frequent word.")
    missing_share: float = Field(ge=0, le=1)
    importance: float = Field(ge=0, le=1, description="Its share of the model's gain.")
    known: tuple[str, ...] = Field(default=(), description="The words that training saw, the most frequent first.")


class Facts(BaseModel):
    """The fields, the models of each make, and how many cars there were of each model and year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: tuple[FieldFacts, ...]
    models_by_make: dict[str, tuple[str, ...]]
    typical_car: dict[str, Value] = Field(description="A real listing of the most usual model.")
    years: dict[str, list[int]] = Field(description="Joined key of make and model -> its listings' years, sorted.")

    @cached_property
    def by_name(self) -> dict[str, FieldFacts]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    def comparables(self, listing: Listing) -> int:
        """Count the training listings of the same make and model, built within `NEAR_YEARS`.

        Where the listing tells no year, those of every year count.

        Examples
        --------
        >>> years = {joined_key(["audi", "a4"]): [2009, 2015, 2016]}
        >>> facts = Facts(fields=(), models_by_make={}, typical_car={}, years=years)
        >>> facts.comparables({"make": "Audi", "model": "A4", "year": 2014.0})
        2
        """
        years = self.years.get(joined_key([listing.get("make"), listing.get("model")]))
        if not years:
            return 0
        year = listing.get("year")
        if not isinstance(year, (int, float)):
            return len(years)
        return bisect_right(years, year + NEAR_YEARS) - bisect_left(years, year - NEAR_YEARS)
