"""How far a challenger's prices are from the champion's, counted such that counts of many processes add up."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from car_price_prediction.domain.listing import Listing

STEP, MOST = 0.005, 200
"""Differences are counted in cells of half a percent, as logarithms, up to about a factor of 2.7 either way."""
MOST_MAKES = 100
OTHER, NOT_TOLD = "(other)", "(not told)"
AGES = {"under 4 years": 4, "4 to 7 years": 8, "8 to 12 years": 13, "13 years and more": 1_000}
KINDS = {"make": "make", "age": "age", "price": "champion's price"}
"""What the differences are told by."""

Cells = dict[int, int]
"""Cell of the difference -> how many cars."""


class Tally(BaseModel):
    """The differences between two versions.

    Attributes
    ----------
    champion, challenger : str
    since, until : float
        When the first and the last car was priced, in seconds since 1970; 0 where none was.
    cells : dict of int to int
        Of all cars.
    groups : dict
        Key of `KINDS` -> group -> its cells.

    Examples
    --------
    >>> tally = Tally(champion="1", challenger="2")
    >>> for i in range(10):
    ...     tally.add({"make": "Kia", "year": 2020}, 10_000, 10_500 + i, 1_767_225_600.0)
    >>> tally.count, round(tally.moved(0.5), 2), round(tally.middle(), 2)
    (10, 0.05, 0.05)
    >>> sorted(tally.groups["age"]), sorted(tally.groups["price"])
    (['4 to 7 years'], ['10,000 to 20,000'])
    """

    model_config = ConfigDict(extra="forbid")

    champion: str
    challenger: str
    since: float = 0.0
    until: float = 0.0
    cells: Cells = {}
    groups: dict[str, dict[str, Cells]] = {}

    @property
    def count(self) -> int:
        """How many cars both have priced."""
        return sum(self.cells.values())

    def add(self, car: Listing, champion: float, challenger: float, at: float) -> None:
        """Count one car.

        Parameters
        ----------
        car : Listing
        champion, challenger : float
            What they price it at.
        at : float
            Seconds since 1970.
        """
        cell = max(-MOST, min(MOST, round(math.log(challenger / champion) / STEP)))
        _count(self.cells, cell)
        for kind, group in (("make", _make(car)), ("age", _age(car, at)), ("price", _band(champion))):
            groups = self.groups.setdefault(kind, {})
            known = group in groups or len(groups) < MOST_MAKES
            _count(groups.setdefault(group if known else OTHER, {}), cell)
        self.since = min(self.since, at) if self.since else at
        self.until = max(self.until, at)

    def moved(self, share: float, cells: Mapping[int, int] | None = None, factor: float = 1.0) -> float:
        """Return by what share of the price so large a share of cars moved at most, up or down.

        Parameters
        ----------
        share : float
        cells : mapping of int to int, optional
            Of a group; of all where not given.
        factor : float
            Moves are counted from so many times the champion's price.
        """
        sizes, none = Counter[int](), round(math.log(factor) / STEP)
        for cell, count in (self.cells if cells is None else cells).items():
            sizes[abs(cell - none)] += count
        return math.expm1(_quantile(sizes, share) * STEP)

    def middle(self, cells: Mapping[int, int] | None = None) -> float:
        """Return by what share of the price the median car moved; below 0 where the challenger prices lower."""
        return math.expm1(_quantile(self.cells if cells is None else cells, 0.5) * STEP)


def added_up(tallies: Iterable[Tally]) -> Tally | None:
    """Return the tally of what several processes counted of the same versions; None of none."""
    found: Tally | None = None
    for tally in tallies:
        if found is None:
            found = Tally(champion=tally.champion, challenger=tally.challenger)
        _add(found.cells, tally.cells)
        for kind, groups in tally.groups.items():
            for group, cells in groups.items():
                _add(found.groups.setdefault(kind, {}).setdefault(group, {}), cells)
        found.since = min(found.since or tally.since, tally.since or found.since)
        found.until = max(found.until, tally.until)
    return found


def _add(cells: Cells, more: Mapping[int, int]) -> None:
    for cell, count in more.items():
        cells[cell] = cells.get(cell, 0) + count


def _count(cells: Cells, cell: int) -> None:
    cells[cell] = cells.get(cell, 0) + 1


def _quantile(cells: Mapping[int, int], share: float) -> int:
    left = share * sum(cells.values())
    for cell in sorted(cells):
        left -= cells[cell]
        if left <= 0:
            return cell
    return 0


def _make(car: Listing) -> str:
    return str(car.get("make") or NOT_TOLD)


def _age(car: Listing, at: float) -> str:
    year = car.get("year")
    if not isinstance(year, (int, float)):
        return NOT_TOLD
    age = 1970 + at / 31_556_952 - year
    return next(name for name, below in AGES.items() if age < below or below == 1_000)


def _band(price: float) -> str:
    """Return between which of 1, 2, 5, 10, 20, 50 … a price lies: of any currency there are a few."""
    tens = 10.0 ** math.floor(math.log10(price))
    low, high = next((a, b) for a, b in ((5, 10), (2, 5), (1, 2)) if price >= a * tens or a == 1)
    return f"{low * tens:,.0f} to {high * tens:,.0f}"
