"""Conformal quantiles of scores: between which a new one falls as often as was promised."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .evaluate import Vector


def conformal_quantiles(scores: Vector, coverage: float) -> tuple[float, float]:
    """Return the lower and upper quantile between which a new score falls with at least the given probability.

    Each tail holds half of what is left out, with the finite-sample correction of split conformal prediction.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Of cars that the scored model did not see.
    coverage : float

    Returns
    -------
    tuple of float
        The lower is at most 0 and the upper at least 0, so that a range always holds its own price.

    Examples
    --------
    >>> conformal_quantiles(np.arange(-50.0, 50.0), 0.9)
    (-46.0, 45.0)
    """
    ordered = np.sort(scores)
    n, tail = len(ordered), (1 - coverage) / 2
    below = max(int(np.floor((n + 1) * tail)) - 1, 0)
    above = min(int(np.ceil((n + 1) * (1 - tail))) - 1, n - 1)
    return min(float(ordered[below]), 0.0), max(float(ordered[above]), 0.0)


def conformal_grid(scores: Vector, levels: Sequence[float]) -> tuple[float, ...]:
    """Return the scores below which a new score falls with the given probabilities.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Of cars that the scored model did not see.
    levels : sequence of float
        Increasing, between 0 and 1.

    Examples
    --------
    >>> [round(score, 6) for score in conformal_grid(np.arange(1.0, 100.0), [0.25, 0.5, 0.9])]
    [25.0, 50.0, 90.0]
    """
    # A new score falls below the k-th of n with probability k / (n + 1): Weibull's plotting position.
    return tuple(np.quantile(scores, levels, method="weibull").tolist())


def wider(known: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Return the outermost ends of two ranges."""
    return min(known[0], other[0]), max(known[1], other[1])
