"""The real listings nearest to a car, with what they were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from car_price_prediction.domain.listing import Listing, Value
from car_price_prediction.package.comparables import ComparableCars
from car_price_prediction.package.encoder import joined_key, key_of

MOST = 50
"""Most listings that are given at once."""
REACHES = (1.0, 3.0)
"""Listings built within so many years of the car are looked at first; usually the nearest are among them."""

Scope: TypeAlias = Literal["model", "make", "market"]
Rows: TypeAlias = npt.NDArray[np.int64]
Distances: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparable:
    """One listing.

    Attributes
    ----------
    price : float
        What was asked for it.
    distance : float
        About by what share of the price its differences from the car move the price, either way.
    car : mapping
        Its known fields, in canonical units.
    """

    price: float
    distance: float
    car: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest listings.

    Attributes
    ----------
    among : {"model", "make", "market"}
        The listings of the same make and model, of the same make, or all: the first of these that are enough.
    listings : tuple of Comparable
        The nearest first.
    """

    among: Scope
    listings: tuple[Comparable, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the listings as plain values."""
        found = [{"price": one.price, "distance": one.distance, "car": one.car} for one in self.listings]
        return {"among": self.among, "listings": found}


def nearest(cars: ComparableCars, listing: Listing, count: int) -> Nearest:
    """Return the listings nearest to a car.

    The distance is the sum over the fields that the car tells of what the difference is worth, in log price: for a
    number, its worth times the difference; for a word, its worth where it is another. A listing that lacks a field is
    as far in it as two listings are on average that differ.

    Parameters
    ----------
    cars : ComparableCars
    listing : Listing
    count : int
        How many, from 1 to `MOST`.
    """
    among, first, end = _pool(cars, listing, count)
    search = _Search(cars, listing)
    rows, distances = search.nearest(first, end, count)
    found = [
        Comparable(round(float(cars.prices[row]), 2), round(distance, 4), cars.listing(row))
        for row, distance in zip(rows.tolist(), distances.tolist(), strict=True)
    ]
    return Nearest(among, tuple(found))


def _pool(cars: ComparableCars, listing: Listing, count: int) -> tuple[Scope, int, int]:
    make, model = listing.get("make"), listing.get("model")
    if model is not None:
        first, end = cars.index.models.get(joined_key([make, model]), (0, 0))
        if end - first >= count:
            return "model", first, end
    if make is not None:
        first, end = cars.index.makes.get(key_of(make), (0, 0))
        if end - first >= count:
            return "make", first, end
    return "market", 0, len(cars)


class _Search:
    """One car, as the table has its fields."""

    def __init__(self, cars: ComparableCars, listing: Listing) -> None:
        self._numbers = [
            (cars.numbers[i], float(value), column.worth, column.gap)
            for i, column in enumerate(cars.index.numbers)
            if isinstance(value := listing.get(column.name), (int, float)) and column.worth > 0
        ]
        self._words = [
            (cars.words[i], cars.codes[i].get(key_of(value), -1), column.worth)
            for i, column in enumerate(cars.index.words)
            if (value := listing.get(column.name)) is not None and column.worth > 0
        ]
        names = [column.name for column in cars.index.numbers]
        self._years = cars.numbers[names.index("year")] if "year" in names else None
        year = listing.get("year")
        self._year = float(year) if isinstance(year, (int, float)) else None
        self._worth_of_year, self._gap = next(
            ((c.worth, c.gap) for c in cars.index.numbers if c.name == "year"), (0.0, 0.0)
        )

    def nearest(self, first: int, end: int, count: int) -> tuple[Rows, Distances]:
        """Return the nearest rows from `first` up to `end`, and their distances."""
        for rows, beyond in self._rings(first, end):
            distances = self.distances(rows)
            order = np.argsort(distances, kind="stable")[:count]
            if len(order) == count and distances[order[-1]] <= beyond:
                break
        return rows[order], distances[order]

    def _rings(self, first: int, end: int) -> Iterator[tuple[Rows, float]]:
        """Give more and more rows, and the distance that every other row has at least."""
        if self._years is not None and self._year is not None and self._worth_of_year > 0:
            away = np.abs(self._years[first:end] - np.float32(self._year))
            for reach in REACHES:
                # A listing without a year is none of these, and as far away as its missing year makes it.
                yield first + np.flatnonzero(away <= reach), self._worth_of_year * min(reach, self._gap)
        yield np.arange(first, end), np.inf

    def distances(self, rows: Rows) -> Distances:
        """Return how far rows are from the car."""
        total = np.zeros(len(rows))
        for column, value, worth, gap in self._numbers:
            away = np.abs(column[rows] - value)
            total += worth * np.where(np.isnan(away), gap, away)
        for codes, code, worth in self._words:
            total += worth * (codes[rows] != code)
        return total
