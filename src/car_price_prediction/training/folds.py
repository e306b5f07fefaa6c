"""Folds that keep the re-posted copies of one listing on one side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

MANY_LISTINGS = 30_000
HUGE_LISTINGS = 500_000
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fold:
    """One split of the listings.

    Attributes
    ----------
    number : int
        From 0.
    train, test : ndarray of int
        Row positions; every row is in the test part of exactly one fold.
    """

    number: int
    train: Indices
    test: Indices


def smaller(fold: Fold, most: int, seed: int) -> Fold:
    """Return a fold with at most so many rows to learn from and so many to be judged by, drawn by lot.

    It is the fold itself where it is no larger, and has a number of its own otherwise.

    Examples
    --------
    >>> fold = Fold(1, np.arange(10), np.arange(10, 15))
    >>> small = smaller(fold, 6, seed=0)
    >>> small.number, len(small.train), len(small.test), smaller(fold, 10, seed=0) is fold
    (-3, 6, 5, True)
    """
    if max(len(fold.train), len(fold.test)) <= most:
        return fold
    return Fold(-2 - fold.number, some_of(fold.train, most, seed), some_of(fold.test, most, seed))


def some_of(rows: Indices, most: int, seed: int) -> Indices:
    """Return rows, or so many of them by lot, in their order.

    Examples
    --------
    >>> some_of(np.array([3, 5, 7]), 3, seed=0).tolist(), len(some_of(np.arange(100), 10, seed=0))
    ([3, 5, 7], 10)
    """
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def fold_count(rows: int) -> int:
    """Return into how many folds so many listings are split.

    Each fold is a further fit. Where two thirds of the listings teach nearly what all do, three are enough; where half
    of them do, two.

    Examples
    --------
    >>> fold_count(12_000), fold_count(90_000), fold_count(2_000_000)
    (5, 3, 2)
    """
    if rows > HUGE_LISTINGS:
        return 2
    return 5 if rows <= MANY_LISTINGS else 3


def group_folds(groups: pl.Series, count: int, seed: int) -> list[Fold]:
    """Split listings into folds of about equal size.

    Parameters
    ----------
    groups : Series
        Rows with the same value stay together.
    count : int
        How many folds, at least 2.
    seed : int

    Examples
    --------
    >>> folds = group_folds(pl.Series([1, 1, 2, 3, 4, 4]), 2, seed=0)
    >>> sorted(np.concatenate([fold.test for fold in folds]).tolist())
    [0, 1, 2, 3, 4, 5]
    """
    return list(_folds(groups, count, seed))


def _folds(groups: pl.Series, count: int, seed: int) -> Iterator[Fold]:
    # Ranked before it is shuffled, the fold of a group depends on the groups' order alone, not on their hashes' sizes.
    number = groups.rank("dense").to_numpy().astype(np.int64) - 1
    fold_of_group = np.random.default_rng(seed).permutation(int(number.max()) + 1) % count
    fold = fold_of_group[number]
    for k in range(count):
        yield Fold(k, np.flatnonzero(fold != k), np.flatnonzero(fold == k))
