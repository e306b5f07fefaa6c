"""Shapley values of a small game by Kernel SHAP: exact where every coalition can be asked for, else from samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations
from random import Random

import numpy as np

SEED = 20_240_229
"""The same car gets the same reasons."""
MOST_DRAWS = 20
"""So many times as many coalitions are drawn as are wanted at most, where the same ones come up again and again."""

Coalition = int
"""A set of players: bit ``i`` says whether player ``i`` is in."""
Values = Callable[[Sequence[Coalition]], Sequence[float]]


def shapley_values(players: int, value: Values, *, coalitions: int) -> list[float]:
    """Return each player's share in what all of them together change.

    Parameters
    ----------
    players : int
    value : callable
        From coalitions to their values; called once.
    coalitions : int
        About how many may be asked for. Those of one player, and of all but one, always are.

    Returns
    -------
    list of float
        They add up to the value of all players less that of none.

    References
    ----------
    Lundberg, Lee (2017), "A unified approach to interpreting model predictions", theorem 2 (the values are a weighted
    regression); Covert, Lee (2021), "Improving KernelSHAP", section 4.2 (a coalition is drawn with its complement).

    Examples
    --------
    >>> worth = {0b00: 0.0, 0b01: 4.0, 0b10: 2.0, 0b11: 10.0}
    >>> [round(share, 9) for share in shapley_values(2, lambda asked: [worth[c] for c in asked], coalitions=10)]
    [6.0, 4.0]
    """
    if players == 0:
        return []
    weights = _weights(players, coalitions)
    asked = list(weights)
    none, everyone, *found = value([0, 2**players - 1, *asked])
    change = everyone - none
    if not asked:
        return [change]
    members = np.array([[coalition >> i & 1 for i in range(players)] for coalition in asked], dtype=np.float64)
    weighted = members.T * np.array(list(weights.values()))
    # Least squares under the condition that the shares add up: its normal equations, with a multiplier.
    left = np.ones((players + 1, players + 1))
    left[:players, :players], left[players, players] = weighted @ members, 0.0
    right = np.append(weighted @ (np.array(found) - none), change)
    shares: list[float] = np.linalg.solve(left, right)[:players].tolist()
    return shares


def _weights(players: int, coalitions: int) -> dict[Coalition, float]:
    """Return which coalitions are asked for, and how much each counts."""
    weights: dict[Coalition, float] = {}
    for size in range(1, players // 2 + 1):
        count = _count(players, size)
        if size > 1 and len(weights) + count > coalitions - 2:
            sizes = list(range(size, players // 2 + 1))
            return weights | _drawn(players, sizes, (coalitions - 2 - len(weights)) // 2)
        for members in combinations(range(players), size):
            coalition = sum(1 << i for i in members)
            each = _weight(players, size) / count
            weights |= {coalition: each, 2**players - 1 - coalition: each}
    return weights


def _drawn(players: int, sizes: Sequence[int], pairs: int) -> dict[Coalition, float]:
    random, everyone = Random(SEED), 2**players - 1  # noqa: S311 - no secret
    share = [_weight(players, size) for size in sizes]
    counts: dict[Coalition, int] = {}
    for _ in range(MOST_DRAWS * pairs):
        if len(counts) >= pairs:
            break
        (size,) = random.choices(sizes, share)
        coalition = sum(1 << i for i in random.sample(range(players), size))
        coalition = min(coalition, everyone - coalition)
        counts[coalition] = counts.get(coalition, 0) + 1
    each = sum(share) / max(2 * sum(counts.values()), 1)
    return {c: each * count for one, count in counts.items() for c in (one, everyone - one)}


def _count(players: int, size: int) -> int:
    """Return how many coalitions are of a size or lack so many players."""
    return math.comb(players, size) * (1 if 2 * size == players else 2)


def _weight(players: int, size: int) -> float:
    """Return how much the coalitions of a size, and those that lack so many, count together in Kernel SHAP."""
    return (players - 1) / (size * (players - size)) * (1 if 2 * size == players else 2)
