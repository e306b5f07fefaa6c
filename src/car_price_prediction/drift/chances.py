"""How likely chance alone makes a difference, with what the serving image has: no scipy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .derived import Vector

FEWEST_EXPECTED = 5.0
"""Cells of which the smaller sample would hold fewer are put together (Cochran, 1954, Biometrics 10, 417-451)."""


def chi_square_tail(value: float, freedom: int) -> float:
    """Return how often a chi-square number of so many degrees of freedom is larger.

    By the finite sums of Abramowitz and Stegun, Handbook of Mathematical Functions, 26.4.4 (odd) and 26.4.5 (even).

    Parameters
    ----------
    value : float
        At least 0.
    freedom : int
        At least 1.

    Examples
    --------
    >>> round(chi_square_tail(3.841, 1), 3), round(chi_square_tail(18.307, 10), 3), round(chi_square_tail(0.0, 3), 3)
    (0.05, 0.05, 1.0)
    """
    half = value / 2
    odd = freedom % 2
    total = math.erfc(math.sqrt(half)) if odd else 0.0
    if half == 0:
        return 1.0
    # Each term is half**k exp(-half) / gamma(k + 1), for k = 0, 1, 2 ... or 1/2, 3/2 ...
    for i in range((freedom - odd) // 2):
        k = i + odd / 2
        total += math.exp(k * math.log(half) - half - math.lgamma(k + 1))
    return min(total, 1.0)


def both_tails(z: float) -> float:
    """Return how often a standard normal number is farther from 0.

    Examples
    --------
    >>> round(both_tails(1.96), 3), round(both_tails(-1.96), 3)
    (0.05, 0.05)
    """
    return math.erfc(abs(z) / math.sqrt(2))


def same_shares(before: Sequence[int], now: Sequence[int]) -> float:
    """Return the p-value of Pearson's chi-square test that two samples fall into cells alike.

    Parameters
    ----------
    before, now : sequence of int
        Counts of each cell; neighbours are put together where they hold too few.

    Examples
    --------
    >>> round(same_shares([50, 50], [65, 35]), 3), same_shares([50, 0], [60, 0])
    (0.032, 1.0)
    """
    if not sum(before) or not sum(now):
        return 1.0
    one, other = _put_together(before, now)
    if len(one) < 2:
        return 1.0
    in_one, in_other = one.sum(), other.sum()
    weighed = math.sqrt(in_other / in_one) * one - math.sqrt(in_one / in_other) * other
    return chi_square_tail(float((weighed**2 / (one + other)).sum()), len(one) - 1)


def larger_share(before: Sequence[int], now: Sequence[int]) -> tuple[float, float]:
    """Return how often a number of now is above one of before, ties counting half, and the p-value that it is half.

    The Mann-Whitney test on cells in ascending order, with the correction for ties (Lehmann, Nonparametrics, 1975,
    1.2). With ten cells as large as each other it is worth 99% of the one on the numbers themselves.

    Examples
    --------
    >>> share, p = larger_share([100, 100, 100], [80, 100, 120])
    >>> round(share, 3), round(p, 4)
    (0.544, 0.0454)
    """
    one, other = np.asarray(before, dtype=np.float64), np.asarray(now, dtype=np.float64)
    m, n = one.sum(), other.sum()
    both = one + other
    below = np.cumsum(one) - one / 2
    share = float((other * below).sum() / (m * n))
    ties = float((both**3 - both).sum() / ((m + n) * (m + n - 1)))
    spread = math.sqrt(max(m + n + 1 - ties, 0.0) / (12 * m * n))
    return share, both_tails((share - 0.5) / spread) if spread else 1.0


def more_unseen(once: int, words: int, unseen: int, told: int) -> tuple[float, float]:
    """Return the share of words that was to be unseen, and the p-value that no more are.

    Of the next words, as many are new as words were seen once (Good, 1953, Biometrika 40, 237-264). Both are counts of
    rare words, so that the new ones are a binomial part of them all (Przyborowski and Wilenski, 1940, Biometrika 31,
    313-323). A new word comes the more often the more cars are looked at: it, and they, count for so much less.

    Parameters
    ----------
    once, words : int
        Words that training saw once, and all it was told.
    unseen, told : int
        Now.

    Examples
    --------
    >>> share, p = more_unseen(10, 10_000, 100, 2_000)
    >>> share, p < 1e-9
    (0.001, True)
    >>> more_unseen(10, 10_000, 2, 2_000)[1] > 0.3
    True
    """
    if not words or not told:
        return 0.0, 1.0
    often = 1 + told / words
    new, cars = int(unseen / often), told / often
    # One word more than were seen once: no count of zero is sure of being zero.
    return once / words, _binomial_tail(new, new + once + 1, cars / (cars + words))


def _binomial_tail(least: int, count: int, chance: float) -> float:
    """Return how often at least so many of a count happen."""
    if least <= 0:
        return 1.0
    logs = (math.log(chance), math.log1p(-chance), math.lgamma(count + 1))
    terms = (
        math.exp(logs[2] - math.lgamma(k + 1) - math.lgamma(count - k + 1) + k * logs[0] + (count - k) * logs[1])
        for k in range(least, count + 1)
    )
    return min(math.fsum(terms), 1.0)


def stability_index(before: Sequence[float], now: Sequence[int]) -> float:
    """Return the population stability index: the sum of (now - before) ln(now / before) over the shares of all cells.

    Half a car is added to each cell, so that an empty one does not make it infinite. Below 0.1 it is usually taken for
    little, and from 0.25 on for much.

    Examples
    --------
    >>> round(stability_index([500, 500], [250, 250]), 3), round(stability_index([500, 500], [400, 100]), 2)
    (0.0, 0.41)
    """
    shares = []
    for counts in (before, now):
        padded = np.asarray(counts, dtype=np.float64) + 0.5
        shares.append(padded / padded.sum())
    then, later = shares
    return float(((later - then) * np.log(later / then)).sum())


def index_by_chance(cells: int, before: float, now: float) -> float:
    """Return the stability index of two samples of one population, on average.

    It is spread as a chi-square number times the sum of both sizes' inverses (Yurdakul and Naranjo, 2020, Journal of
    Risk Model Validation 14(4)).

    Examples
    --------
    >>> round(index_by_chance(10, 10_000, 2_000), 4)
    0.0054
    """
    return (cells - 1) * (1 / before + 1 / now)


def _put_together(before: Sequence[int], now: Sequence[int]) -> tuple[Vector, Vector]:
    least = min(sum(before), sum(now)) / (sum(before) + sum(now))
    rows: list[list[float]] = []
    for one, other in zip(before, now, strict=True):
        if rows and sum(rows[-1]) * least < FEWEST_EXPECTED:
            rows[-1][0] += one
            rows[-1][1] += other
        else:
            rows.append([one, other])
    if len(rows) > 1 and sum(rows[-1]) * least < FEWEST_EXPECTED:
        last = rows.pop()
        rows[-1] = [a + b for a, b in zip(rows[-1], last, strict=True)]
    table = np.asarray(rows, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
