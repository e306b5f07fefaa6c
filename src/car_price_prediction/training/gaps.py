"""By how much wider a range must be for a car of which not everything is told, though most listings tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .evaluate import Vector

ALONE = ("year", "mileage_km")
"""Of which a car needs only one: each is hidden alone, all others together."""


def fit_gaps(
    scores_without: Callable[[Sequence[str]], Vector],
    told: Sequence[str],
    importance: Mapping[str, float],
    ends: tuple[float, float],
    coverage: float,
) -> dict[str, float]:
    """Return what the absence of each field adds to the squared spread, as a share of it.

    What the absence of all further fields adds is shared out among them by their importance.

    Parameters
    ----------
    scores_without : callable
        Takes fields and returns the scaled residuals of cars that do not tell them.
    told : sequence of str
        The fields for which usual values stand in.
    importance : mapping of str to float
    ends : tuple of float
        The quantiles of the scaled residuals of cars that tell everything.
    coverage : float
        The share of asking prices that the ranges are to hold.

    Examples
    --------
    >>> scores, importance = np.linspace(-4, 4, 999), {"fuel": 0.3, "doors": 0.1}
    >>> fit_gaps(lambda fields: scores, ["fuel", "doors"], importance, (-1.8, 1.8), 0.9)
    {'fuel': 2.262, 'doors': 0.754}
    """
    further = [name for name in told if name not in ALONE]
    total = sum(importance.get(name, 0.0) for name in further)
    found = {name: _added(scores_without([name]), ends, coverage) for name in ALONE if name in told}
    if total > 0:
        added = _added(scores_without(further), ends, coverage)
        found |= {name: round(added * importance.get(name, 0.0) / total, 4) for name in further}
    return found


def _added(scores: Vector, ends: tuple[float, float], coverage: float) -> float:
    """Return the square of what both ends must be stretched by, less 1."""
    low, high = ends
    reach = np.maximum(scores / max(high, 1e-9), scores / min(low, -1e-9))
    return round(max(float(np.quantile(reach, coverage, method="higher")), 1.0) ** 2 - 1.0, 4)
