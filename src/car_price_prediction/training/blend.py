"""A blend of fitted members: which of them earn their cost, with which weights, and what they say together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from car_price_prediction.package.booster import Matrix

from .candidates import Packaged
from .evaluate import Vector
from .merge import merged_text

STEPS = 10
"""Weights are tenths: finer ones fit the noise."""
EARNED = 0.002
"""A further member is taken where it lowers the error by at least this share: it costs time in every request."""


@dataclass(frozen=True, slots=True)
class Blend:
    """Fitted members with their weights.

    Attributes
    ----------
    parts : tuple of (float, Packaged)
        The weights add up to 1.
    """

    parts: tuple[tuple[float, Packaged], ...]

    def predict(self, matrix: Matrix) -> Vector:
        """Return the log price of each row."""
        total: Vector = np.sum([weight * model.predict(matrix) for weight, model in self.parts], axis=0)
        return total

    def text(self) -> str:
        """Return the blend as one booster in LightGBM's text format."""
        return merged_text([(weight, model.text()) for weight, model in self.parts])

    def gains(self) -> Vector:
        """Return each feature's gain: the members' shares, by weight."""
        shares = [weight * model.gains() / max(float(model.gains().sum()), 1e-12) for weight, model in self.parts]
        return np.asarray(np.sum(shares, axis=0))

    @property
    def trees(self) -> int:
        """How many trees the members have together."""
        return sum(model.trees for _, model in self.parts)


def blend_weights(log_price: Vector, predicted: Mapping[str, Vector]) -> dict[str, float]:
    """Return the weights of the members that earn their cost, the heaviest first.

    Parameters
    ----------
    log_price : ndarray of shape (n,)
    predicted : mapping of str to ndarray of shape (n,)
        Each member's log prices of listings that it did not see.

    Returns
    -------
    dict of str to float
        Adding up to 1.

    References
    ----------
    Breiman (1996), "Stacked regressions": weights that are not negative and add up to 1.

    Examples
    --------
    >>> truth = np.array([9.0, 10.0, 11.0])
    >>> blend_weights(truth, {"over": truth + 0.1, "under": truth - 0.1, "far": truth + 0.9})
    {'over': 0.5, 'under': 0.5}
    """
    best: tuple[float, dict[str, float]] | None = None
    for size in range(1, len(predicted) + 1):
        found = min(
            (_best(log_price, predicted, names) for names in combinations(predicted, size)), key=lambda pair: pair[0]
        )
        if best is None or found[0] < best[0] * (1 - EARNED):
            best = found
    assert best is not None, "a blend has members"
    return dict(sorted(best[1].items(), key=lambda item: -item[1]))


def blend_error(log_price: Vector, predicted: Vector) -> float:
    """Return what a blend is judged by: the mean absolute error of the log price times that of the price.

    The one counts every car alike, in percent, the other in money: a blend that is better in their product has not
    bought the one with much of the other.

    Examples
    --------
    >>> round(blend_error(np.log([100.0, 200.0]), np.log([110.0, 200.0])), 4)
    0.2383
    """
    money = np.abs(np.exp(log_price) - np.exp(predicted)).mean()
    return float(np.abs(log_price - predicted).mean() * money)


def _best(log_price: Vector, predicted: Mapping[str, Vector], names: Sequence[str]) -> tuple[float, dict[str, float]]:
    matrix = np.column_stack([predicted[name] for name in names])
    tried = [(blend_error(log_price, matrix @ weights), weights) for weights in _simplex(len(names))]
    error, weights = min(tried, key=lambda pair: pair[0])
    return error, dict(zip(names, weights.tolist(), strict=True))


def _simplex(size: int) -> Iterator[Vector]:
    """Yield the weights in tenths, all positive, that add up to 1."""
    for cuts in combinations(range(1, STEPS), size - 1):
        yield np.diff([0, *cuts, STEPS]) / STEPS
