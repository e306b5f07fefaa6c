"""Listings of several months at the prices of the newest: an index of the market, by hedonic regression.

A car that was listed in January at January's prices tells what such a car is worth beside others; what the level of all
prices did since is told by all listings together. Taken apart, every listing teaches what cars cost now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy.stats import chi2

from car_price_prediction.listings.listed import LISTED
from car_price_prediction.package.frames import hedonic_column
from car_price_prediction.package.market_level import MarketLevel, Period

from .asof import AGO, OUTERMOST
from .evaluate import Vector
from .hedonic import regression

LEVEL = "_level"
"""The logarithm of the market's level on the day of a listing, beside that of the newest ones."""
ASKED = "_asked"
"""What was asked, to the cent: the gate finds listings again by it."""
EPOCH = date(1970, 1, 1).toordinal()
PERIOD, DAY = "_period", "_day"
FEWEST_LISTINGS = 300
"""Months of fewer listings are put together with the month before: their median is chance."""
FEWEST_PERIODS = 3
LEAST_MOVED = 0.03
"""A level that moved by less than that has not moved …"""
LEAST_SURE = 1e-6
"""… nor has one that chance moves as far more often than that."""
MOST_READ = 100_000
"""So many listings tell the index of any number: it is of medians."""
CLOSE = 1.349
"""The middle half of a normal distribution is so many standard deviations wide …"""
OF_MEDIAN = 1.2533
"""… and so many times that of the mean is the standard error of its median."""


def market_level(listings: pl.DataFrame, fields: Sequence[str], seed: int) -> MarketLevel | None:
    """Return how the level of asking prices moved while the listings were made; None where they tell no days.

    Parameters
    ----------
    listings : DataFrame
        With ``price``.
    fields : sequence of str
        What tells cars apart.
    seed : int

    References
    ----------
    The time dummy hedonic index of Eurostat (2013), "Handbook on Residential Property Prices Indices", chapter 5; by
    medians of its residuals, for asking prices are dirty.
    """
    if LISTED not in listings:
        return None
    days = listings[LISTED].drop_nulls()
    first, last = (days.cast(pl.Int32).quantile(share, "nearest") for share in (OUTERMOST, 1 - OUTERMOST))
    if first is None or last is None:
        return None
    still = MarketLevel(as_of=_date(last))
    told = listings.filter(pl.col(LISTED).is_not_null()).with_columns(
        pl.col(LISTED).cast(pl.Int32).clip(int(first), int(last)).alias(DAY)
    )
    told = told.with_columns(_periods(told[DAY].cast(pl.Date)))
    if told[PERIOD].n_unique() < FEWEST_PERIODS:
        return still
    if told.height > MOST_READ:
        told = told.sample(MOST_READ, seed=seed)
    return still.model_copy(update={"periods": _moved(told, fields)})


def at_newest(listings: pl.DataFrame, level: MarketLevel | None) -> pl.DataFrame:
    """Return the listings with each price at the level of the newest, and what was asked in ``_asked``.

    Unchanged where no level moved.

    A listing that tells no day counts as of the day that half of them are older than.

    Examples
    --------
    >>> january, march = date(2026, 1, 1), date(2026, 3, 1)
    >>> periods = (
    ...     Period(day=january, listings=9, level=0.8, same_car=0.8),
    ...     Period(day=march, listings=9, level=1.0, same_car=1.0),
    ... )
    >>> level = MarketLevel(as_of=march, periods=periods)
    >>> cars = pl.DataFrame({"_listed": [date(2025, 12, 24), date(2026, 3, 1)], "price": [8_000.0, 8_000.0]})
    >>> at_newest(cars, level)["price"].round(6).to_list()
    [10000.0, 8000.0]
    >>> as_asked(at_newest(cars, level))["price"].to_list()
    [8000.0, 8000.0]
    """
    if level is None or not level.moved:
        return listings
    middle: float = listings[LISTED].cast(pl.Int32).cast(pl.Float64).median()  # type: ignore[assignment]
    days = listings[LISTED].fill_null(_date(middle))
    distinct = days.unique()
    logs = pl.Series([float(np.log(level.at(day))) for day in distinct], dtype=pl.Float64)
    log = days.replace_strict(distinct, logs, return_dtype=pl.Float64).alias(LEVEL)
    return listings.with_columns(log, pl.col("price").alias(ASKED), pl.col("price") * (-log).exp())


def as_asked(listings: pl.DataFrame) -> pl.DataFrame:
    """Return the listings with the prices that were asked."""
    return listings if ASKED not in listings else listings.with_columns(pl.col(ASKED).alias("price"))


def of_their_days(listings: pl.DataFrame, prices: Vector) -> Vector:
    """Return prices of listings, given at the level of the newest, as they were on the day of each listing."""
    return prices if LEVEL not in listings else prices * np.exp(listings[LEVEL].to_numpy())


def _date(days: float) -> date:
    """Return the day so many days after the first of 1970, as Polars counts them."""
    return date.fromordinal(EPOCH + int(days))


def _periods(days: pl.Series) -> pl.Series:
    """Return for each listing the first day of its period: a month, with those after it that hold too few listings."""
    month = days.dt.month_start()
    counts = month.rename("month").value_counts(name="n").sort("month", descending=True)
    of: dict[date, date] = {}
    waiting: list[date] = []
    found = 0
    for first, count in counts.iter_rows():
        waiting.append(first)
        found += count
        if found >= FEWEST_LISTINGS:
            of |= dict.fromkeys(waiting, waiting[-1])
            waiting, found = [], 0
    if waiting:
        # What is left of the oldest months is put to the oldest period.
        of |= dict.fromkeys(waiting, min(of.values(), default=waiting[-1]))
    # One word each: the regression reads texts word by word.
    return month.replace_strict(of, return_dtype=pl.Date).dt.strftime("%Y%m%d").alias(PERIOD)


def _moved(told: pl.DataFrame, fields: Sequence[str]) -> tuple[Period, ...]:
    """Return the levels of each period; none where neither moved."""
    same_car = _index(told, fields)
    level = same_car
    if AGO in told and "year" in fields:
        # As old as the cars were when they were listed: what age takes from a price is not the market's doing.
        level = _index(told.with_columns(pl.col("year") + pl.col(AGO)), fields)
    if not (same_car.moved or level.moved):
        return ()
    return tuple(
        Period(day=day, listings=count, level=like, same_car=same)
        for day, count, like, same in zip(same_car.days, same_car.counts, level.levels, same_car.levels, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Index:
    """Levels of periods beside the last one's; all 1 where they did not move."""

    days: list[date]
    counts: list[int]
    levels: list[float]

    @property
    def moved(self) -> bool:
        return any(level != 1 for level in self.levels)


def _index(told: pl.DataFrame, fields: Sequence[str]) -> _Index:
    fitted = regression(told, [*fields, PERIOD], {})
    words = {name: words for name, words in fitted.words.items() if name != PERIOD}
    without = hedonic_column(fitted.model_copy(update={"words": words}), told)
    told = told.select(PERIOD, DAY, rest=np.log(told["price"].to_numpy()) - without)
    table = told.group_by(PERIOD).agg(n=pl.len(), day=pl.col(DAY).median(), at=pl.col("rest").median()).sort(PERIOD)
    rest = told.join(table, on=PERIOD).select(pl.col("rest") - pl.col("at")).to_series()
    spread = (rest.quantile(0.75) - rest.quantile(0.25)) / CLOSE  # type: ignore[operator]
    at, n = table["at"].to_numpy(), table["n"].to_numpy()
    apart = float(np.sum(n * (at - np.average(at, weights=n)) ** 2) / (OF_MEDIAN * max(spread, 1e-9)) ** 2)
    moved = np.ptp(at) >= np.log1p(LEAST_MOVED) and chi2.sf(apart, len(at) - 1) <= LEAST_SURE
    levels = np.exp(at - at[-1]) if moved else np.ones(len(at))
    return _Index([_date(day) for day in table["day"].to_list()], n.tolist(), levels.tolist())
