"""What a market that moved explains: a challenger's prices may follow it, and are judged where it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from car_price_prediction.package.market_level import read_market_level
from car_price_prediction.package.store import Package

from .checks import Check, Limits


@dataclass(frozen=True, slots=True)
class Moved:
    """How the market moved from the champion's newest listings to the challenger's.

    Attributes
    ----------
    factor : float
        So many times the champion's prices are to be expected; 1 where nothing moved, or too fast to be believed.
    since : date or None
        The challenger is judged on what was listed after that day; None: on all listings.
    check : Check or None
        What is told of it; None where the challenger's listings show no moving level.
    """

    factor: float = 1.0
    since: date | None = None
    check: Check | None = None

    @property
    def beside(self) -> str:
        """What the moves of prices are beside, in words; ``""`` where they are as they are."""
        return "" if self.factor == 1 else f" beside a market that moved by {self.factor - 1:+.1%}"

    def judged(self, listings: pl.DataFrame, fewest: int) -> pl.DataFrame:
        """Return the listings to judge by: those after `since`, where they are enough; else all."""
        if self.since is None or "listed" not in listings:
            return listings
        newer = listings.filter(pl.col("listed") > self.since)
        return newer if newer.height >= fewest else listings


STILL = Moved()
"""Nothing moved."""


def moved_between(challenger: Package, champion: Package, limits: Limits) -> Moved:
    """Return how the market moved, as the days and prices of the challenger's listings tell.

    A champion whose listings told no days priced as of its training, at the latest.

    Raises
    ------
    PackageError
        Where a package cannot be read.
    """
    level = read_market_level(challenger.folder)
    if level is None or not level.periods:
        return STILL
    before = read_market_level(champion.folder)
    since = before.as_of if before else champion.manifest.created_at.date()
    if since >= level.as_of:
        return STILL
    factor, steepest = 1 / level.same_car(since), level.steepest
    if steepest > limits.moved_month:
        message = (
            f"asking prices of the same cars moved by {steepest:.1%} within a month, over {limits.moved_month:.0%}: "
            "they are held against the champion's as they are, for a file whose prices went wrong looks like that"
        )
        return Moved(since=since, check=Check("market_moved", passed=True, message=message))
    message = (
        f"asking prices of the same cars moved by {factor - 1:+.1%} from {since} to {level.as_of}, in no month by more "
        f"than {steepest:.1%}: prices may follow, by at most {limits.moved_month:.0%} a month"
    )
    return Moved(factor, since, Check("market_moved", passed=True, message=message))
