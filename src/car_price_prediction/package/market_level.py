"""How the level of a market's asking prices moved while its listings were made: what a version's prices are as of.

A file of its own beside what prices, where listings tell their days; a package without one prices all the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from car_price_prediction.domain.errors import PackageError

MARKET_LEVEL = "market_level.json"
DAYS_A_MONTH = 365.25 / 12


class Period(BaseModel):
    """Listings of one time, a month or several.

    Attributes
    ----------
    day : date
        The middle of its listings.
    listings : int
    level : float
        What a car of the same age was asked for then, as a share of what the newest listings ask.
    same_car : float
        What the very same car was asked for then, younger as it was, likewise.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    day: date
    listings: int
    level: float = Field(gt=0)
    same_car: float = Field(gt=0)


class MarketLevel(BaseModel):
    """The level of asking prices by day.

    Attributes
    ----------
    as_of : date
        The day of the newest listings: prices are as of then.
    periods : tuple of Period
        The oldest first; none where nothing moved.

    Examples
    --------
    >>> january, march = date(2026, 1, 15), date(2026, 3, 15)
    >>> periods = (
    ...     Period(day=january, listings=500, level=0.9, same_car=0.92),
    ...     Period(day=march, listings=500, level=1, same_car=1),
    ... )
    >>> rise = MarketLevel(as_of=date(2026, 3, 31), periods=periods)
    >>> rise.at(date(2025, 6, 1)), round(rise.at(date(2026, 2, 13)), 3), rise.at(date(2026, 4, 1))
    (0.9, 0.948, 1.0)
    >>> round(rise.same_car(january), 2), round(rise.steepest, 3)
    (0.92, 0.044)
    >>> rise.sentence
    'the same car cost 8.7% more on 2026-03-31 than on 2026-01-15'
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    as_of: date
    periods: tuple[Period, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether prices of cars of the same age moved, and not only the cars grew older."""
        return any(period.level != 1 for period in self.periods)

    def at(self, day: date) -> float:
        """Return what a car of the same age was asked for on a day, as a share of what the newest listings ask."""
        return _between([(period.day, period.level) for period in self.periods], day)

    def same_car(self, day: date) -> float:
        """Return what the very same car was asked for on a day, likewise."""
        return _between([(period.day, period.same_car) for period in self.periods], day)

    @property
    def steepest(self) -> float:
        """By what share the price of the same car moved in the month in which it moved most, up or down."""
        found = 0.0
        for before, after in pairwise(self.periods):
            # Middles nearer to each other than a month are of months, too: what moved took no less.
            months = max((after.day - before.day).days / DAYS_A_MONTH, 1.0)
            found = max(found, math.expm1(abs(math.log(after.same_car / before.same_car)) / months))
        return found

    @property
    def sentence(self) -> str:
        """What moved, in words; ``""`` where nothing did."""
        if not self.periods:
            return ""
        first = self.periods[0]
        by = 1 / first.same_car - 1
        way = "more" if by > 0 else "less"
        return f"the same car cost {abs(by):.1%} {way} on {self.as_of} than on {first.day}"


def _between(points: Sequence[tuple[date, float]], day: date) -> float:
    """Return a level between the middles of two periods; before the first and after the last it stands."""
    if not points:
        return 1.0
    if day <= points[0][0]:
        return points[0][1]
    for (start, before), (end, after) in pairwise(points):
        if day <= end:
            part = (day - start).days / max((end - start).days, 1)
            return math.exp((1 - part) * math.log(before) + part * math.log(after))
    return points[-1][1]


def read_market_level(folder: Path) -> MarketLevel | None:
    """Read a package's ``market_level.json``; None where its listings did not tell their days.

    Raises
    ------
    PackageError
        Where it cannot be read.
    """
    try:
        return MarketLevel.model_validate_json((folder / MARKET_LEVEL).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise PackageError(f"{MARKET_LEVEL} of version {folder.name} cannot be read: {error}") from None
