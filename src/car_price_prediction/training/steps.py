"""By how much the spread must be stretched for the cheap and the dear, so that each tenth of them keeps the promise."""

from __future__ import annotations

import numpy as np

from car_price_prediction.package.calibration import Steps

from .evaluate import Vector

GROUPS = 10
FEWEST = 100
"""A group of fewer listings tells little of its tails: small markets have fewer groups."""
TRUSTED = 150
"""So many listings of a group count as much as what all listings say."""


def fit_steps(scores: Vector, log_predicted: Vector, coverage: float) -> Steps:
    """Return the factors for groups of equal size by predicted price.

    Each is the group's own quantile of the scaled residual over that of all listings, drawn towards 1 where the group
    is small.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Residuals over the spread model's answer, of listings that neither model saw.
    log_predicted : ndarray of shape (n,)
        The same listings' predicted log prices.
    coverage : float
        The share of asking prices that the ranges are to hold.

    References
    ----------
    Vovk, Lindsay, Nouretdinov, Gammerman (2003), "Mondrian confidence machine": one calibration a category.

    Examples
    --------
    >>> score, price = np.random.default_rng(0).normal(size=4_000), np.linspace(8, 10, 4_000)
    >>> steps = fit_steps(score * np.where(price > 9, 2, 1), price, 0.9)
    >>> round(steps.above[-1] / steps.above[0], 1)
    1.8
    """
    count = min(GROUPS, len(scores) // FEWEST)
    tails = ((1 - coverage) / 2, 1 - (1 - coverage) / 2)
    whole = np.quantile(scores, tails)
    if count < 2 or not whole[0] < 0 < whole[1]:
        return Steps()
    groups = [part for part in np.array_split(np.argsort(log_predicted, kind="stable"), count) if len(part)]
    at = [float(np.median(log_predicted[part])) for part in groups]
    own = np.array([np.quantile(scores[part], tails) for part in groups]) / whole
    sizes = np.array([len(part) for part in groups])[:, None]
    factors = np.clip((own * sizes + TRUSTED) / (sizes + TRUSTED), 0.5, 2.0)
    # Where many listings have one price two groups may stand at the same: the first speaks for both.
    kept = [i for i, price in enumerate(at) if i == 0 or price > at[i - 1]]
    return Steps(
        log_prices=tuple(at[i] for i in kept),
        below=tuple(factors[kept, 0].tolist()),
        above=tuple(factors[kept, 1].tolist()),
    )
