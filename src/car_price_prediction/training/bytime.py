"""A split by time: the earlier listings to learn from, the latest to be judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import polars.selectors as cs

from car_price_prediction.evaluation.evaluation import evaluate
from car_price_prediction.evaluation.measured import Evaluation
from car_price_prediction.evaluation.metrics import Vector, price_metrics
from car_price_prediction.evaluation.report import TimeSplit
from car_price_prediction.listings.listed import LISTED

from .folds import Fold
from .level import LEVEL, as_asked, of_their_days

LATEST = 0.2
"""The share of the listings that are judged …"""
FEWEST_SHARE, MOST_SHARE = 0.05, 0.4
"""… about: a day is on one side, and many listings may be of one day."""
FEWEST = 50
"""Listings that either side needs."""
NO_DAYS = "no column of the files tells the day on which a listing was made"
ONE_SIDE = "the listings are of too few different days to tell earlier from later ones"


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """What the folds say of every listing: its price, and its range."""

    predicted: Vector
    low: Vector
    high: Vector


@dataclass(frozen=True, slots=True)
class ByTime:
    """What the split by time came to, or why there is none."""

    evaluation: Evaluation | None = None
    split: TimeSplit | None = None
    why_not: str = ""


def measure_by_time(
    listings: pl.DataFrame, folds: OutOfFold, promised: float, predict: Callable[[Fold], Vector]
) -> ByTime:
    """Learn from the earlier listings, and measure on the latest.

    A range is as wide, in proportion to the price, as the folds made it.

    Parameters
    ----------
    listings : DataFrame
    folds : OutOfFold
    promised : float
        The share of asking prices that the ranges are to hold.
    predict : callable
        From a split to the log price of its test part.
    """
    cut = time_cut(listings)
    if isinstance(cut, str):
        return ByTime(why_not=cut)
    fold = time_fold(listings, cut)
    if min(len(fold.train), len(fold.test)) < FEWEST:
        return ByTime(why_not=ONE_SIDE)
    test = fold.test
    # What was asked, beside prices of the level that the earlier listings end at: nobody knew then how it went on.
    asked = as_asked(listings[test])
    price = asked["price"].to_numpy()
    predicted = np.exp(predict(fold)) * _level_before(listings, fold)
    low, high = (predicted * end[test] / folds.predicted[test] for end in (folds.low, folds.high))
    found = evaluate(price, predicted, low, high, asked, promised=promised)
    mdape = price_metrics(listings["price"].to_numpy()[test], folds.predicted[test])["mdape"]
    return ByTime(found, TimeSplit(cut=cut, trained=len(fold.train), scored=len(test), folds_mdape=mdape))


def _level_before(listings: pl.DataFrame, fold: Fold) -> float:
    """Return the level of the newest of the earlier listings, beside that of the newest of all."""
    columns = listings.select(cs.by_name(LISTED, LEVEL, require_all=False))
    newest = columns[fold.train].sort(LISTED, descending=True, nulls_last=True).head(1)
    return float(of_their_days(newest, np.ones(1))[0])


def time_cut(listings: pl.DataFrame) -> date | str:
    """Return the first day of the latest listings, or why there is none.

    Examples
    --------
    >>> days = pl.date_range(date(2024, 1, 1), date(2024, 1, 10), eager=True)
    >>> time_cut(pl.DataFrame({"_listed": days}))
    datetime.date(2024, 1, 9)
    >>> time_cut(pl.DataFrame({"make": ["Audi"]}))
    'no column of the files tells the day on which a listing was made'
    """
    if LISTED not in listings.columns:
        return NO_DAYS
    counts = listings.select(LISTED).drop_nulls().group_by(LISTED).len("count").sort(LISTED, descending=True)
    later = counts.with_columns(share=pl.col("count").cum_sum() / pl.col("count").sum())
    later = later.filter(pl.col("share").is_between(FEWEST_SHARE, MOST_SHARE))
    if later.is_empty():
        return ONE_SIDE
    nearest = later.sort((pl.col("share") - LATEST).abs(), LISTED)
    found: date = nearest[LISTED][0]
    return found


def time_fold(listings: pl.DataFrame, cut: date) -> Fold:
    """Return the split at a day; earlier copies of a later listing, and what tells no day, are on neither side."""
    later = (listings[LISTED] >= cut).fill_null(value=False)
    again = listings["_group"].is_in(listings["_group"].filter(later).unique().implode())
    earlier = (listings[LISTED] < cut).fill_null(value=False) & ~again
    return Fold(-1, earlier.arg_true().to_numpy().astype(np.int64), later.arg_true().to_numpy().astype(np.int64))
