"""The real listings nearest to a car, with what they were asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from car_price_prediction.domain.listing import Listing, Value
from car_price_prediction.package.comparables import ComparableCars, NumberColumn
from car_price_prediction.package.keys import joined_key, key_of

MOST = 50
"""Most listings that are given at once."""
SAMPLED = 1_000
"""About so many rows are looked at whole, to tell from which distance on a row need not be."""

Scope: TypeAlias = Literal["model", "make", "market"]
Rows: TypeAlias = npt.NDArray[np.int64]
Distances: TypeAlias = npt.NDArray[np.float32]
Cost: TypeAlias = Callable[["Rows | slice"], Distances]


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
    """One car against the table: what each of its fields costs every listing, the most telling field first."""

    def __init__(self, cars: ComparableCars, listing: Listing) -> None:
        costs: list[tuple[float, Cost]] = []
        self._of_all = 0.0  # what a word that no listing has costs every one of them
        for i, number in enumerate(cars.index.numbers):
            value = listing.get(number.name)
            if isinstance(value, (int, float)) and number.worth > 0:
                costs.append((number.worth * number.gap, _number_cost(cars.numbers[i], value, number)))
        for i, column in enumerate(cars.index.words):
            value = listing.get(column.name)
            if value is not None and column.worth > 0:
                code = cars.codes[i].get(key_of(value))
                if code is None:
                    self._of_all += column.worth
                else:
                    costs.append((column.worth, _word_cost(cars.words[i], code, column.worth)))
        self._costs = [cost for _, cost in sorted(costs, key=lambda pair: -pair[0])]

    def nearest(self, first: int, end: int, count: int) -> tuple[Rows, Distances]:
        """Return the nearest rows from `first` up to `end`, and their distances."""
        limit = self._limit(first, end, count)
        rows: Rows | None = None
        total = np.zeros(end - first, np.float32)
        for cost in self._costs:
            # All rows lie together until the first are left out.
            total += cost(slice(first, end) if rows is None else rows)
            near = np.flatnonzero(total <= limit)
            if len(near) < len(total):
                rows, total = (near + first if rows is None else rows[near]), total[near]
        order = np.argsort(total, kind="stable")[:count]
        return order + first if rows is None else rows[order], total[order] + np.float32(self._of_all)

    def _limit(self, first: int, end: int, count: int) -> float:
        """Return a distance within which so many rows are: that of as many of some rows."""
        some = slice(first, end, max((end - first) // SAMPLED, 1))
        total = np.zeros(len(range(first, end, some.step)), np.float32)
        for cost in self._costs:
            total += cost(some)
        return float(np.partition(total, count - 1)[count - 1]) if len(total) >= count else np.inf


def _number_cost(column: npt.NDArray[np.float32], value: float, about: NumberColumn) -> Cost:
    def cost(rows: Rows | slice) -> Distances:
        away: Distances = np.abs(column[rows] - np.float32(value))
        away *= np.float32(about.worth)
        np.copyto(away, about.worth * about.gap, where=np.isnan(away))
        return away

    return cost


def _word_cost(codes: npt.NDArray[Any], code: int, worth: float) -> Cost:
    return lambda rows: (codes[rows] != code) * np.float32(worth)
