"""From a predicted log price and its spread to a range that keeps its promise."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from typing import Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

Vector: TypeAlias = npt.NDArray[np.float64]
Familiarity: TypeAlias = Literal["known", "model_unseen", "make_unseen"]

_LOWER = (0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.12, 0.14, 0.16, 0.18)
_MIDDLE = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
LEVELS: tuple[float, ...] = (*_LOWER, *_MIDDLE, *(round(1 - level, 3) for level in reversed(_LOWER)))
"""The levels of the grid: finer in the tails, where deals are told apart."""


class Steps(BaseModel):
    """By what the spread is multiplied at which predicted price, for prices below the predicted one and above it.

    One factor for all would hold its promise on average, and short-change the cheap or the dear.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    log_prices: tuple[float, ...] = ()
    below: tuple[float, ...] = ()
    above: tuple[float, ...] = ()

    def at(self, log_price: float) -> tuple[float, float]:
        """Return the two factors, linear between the steps and level outside.

        Examples
        --------
        >>> Steps(log_prices=(8.0, 10.0), below=(1.0, 2.0), above=(1.0, 0.5)).at(9.0)
        (1.5, 0.75)
        """
        prices = self.log_prices
        if not prices:
            return 1.0, 1.0
        after = bisect_right(prices, log_price)
        if after in (0, len(prices)):
            at = min(after, len(prices) - 1)
            return self.below[at], self.above[at]
        part = (log_price - prices[after - 1]) / (prices[after] - prices[after - 1])
        first, second = (f[after - 1] + part * (f[after] - f[after - 1]) for f in (self.below, self.above))
        return first, second

    def at_all(self, log_prices: Vector) -> tuple[Vector, Vector]:
        """Return the factors for many prices at once."""
        if not self.log_prices:
            return np.ones_like(log_prices), np.ones_like(log_prices)
        below, above = (np.interp(log_prices, self.log_prices, factors) for factors in (self.below, self.above))
        return below, above


class Calibration(BaseModel):
    """Conformal quantiles of the scaled residual of log price, for each way in which a car can be unfamiliar.

    The scaled residual of a listing is ``(log(price) - log(predicted)) / scale``, where the scale is the spread model's
    answer times a factor of `steps`; its quantiles come from listings
    that the predicting model did not see. Two of them are the ends of the range; `grid` holds those at `levels`, which
    tell where an asking price stands among those of such cars.

    References
    ----------
    Lei, G'Sell, Rinaldo, Tibshirani, Wasserman (2018), "Distribution-free predictive inference for regression",
    section 5.2 (locally weighted conformal inference).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    coverage: float = Field(gt=0, lt=1)
    smallest_spread: float = Field(gt=0, description="The spread model's answer is never taken below this.")
    gaps: dict[str, float] = Field(
        default_factory=dict, description="Field -> what its absence adds to the squared spread, as a share of it."
    )
    steps: Steps = Steps()
    quantiles: dict[Familiarity, tuple[float, float]]
    levels: tuple[float, ...] = Field(min_length=2)
    grid: dict[Familiarity, tuple[float, ...]]

    @model_validator(mode="after")
    def _increasing(self) -> Self:
        if any(later <= level for level, later in pairwise(self.levels)):
            raise ValueError("levels must increase")
        for name, scores in self.grid.items():
            if len(scores) != len(self.levels) or any(later < score for score, later in pairwise(scores)):
                raise ValueError(f"the grid of {name} must hold a quantile for each level, none below the one before")
        return self

    def range_of(self, log_price: float, spread: float, familiarity: Familiarity) -> tuple[float, float, float]:
        """Return the price, and the low and high end of its range.

        Parameters
        ----------
        log_price : float
            The predicted natural logarithm of the price.
        spread : float
            The spread model's answer for the same car.
        familiarity : {"known", "model_unseen", "make_unseen"}

        Examples
        --------
        >>> ends, grid = {"known": (-2.0, 2.0)}, {"known": (-1.0, 1.0)}
        >>> found = Calibration(coverage=0.9, smallest_spread=0.01, quantiles=ends, levels=(0.2, 0.8), grid=grid)
        >>> [round(x) for x in found.range_of(math.log(10_000), 0.05, "known")]
        [10000, 9048, 11052]
        """
        low, high = self.quantiles[familiarity]
        below, above = self.scales(log_price, spread)
        return math.exp(log_price), math.exp(log_price + low * below), math.exp(log_price + high * above)

    def widened(self, spread: float, absent: Iterable[str]) -> float:
        """Return the spread of a car of which not all is told: usual values stand in for what is absent.

        Parameters
        ----------
        spread : float
            The spread model's answer.
        absent : iterable of str
            From `Usual.absent`.

        Examples
        --------
        >>> gaps = {"engine_l": 3.0}
        >>> found = Calibration(coverage=0.9, smallest_spread=0.1, gaps=gaps, quantiles={}, levels=(0, 1), grid={})
        >>> found.widened(0.2, []), found.widened(0.2, ["engine_l"])
        (0.2, 0.4)
        """
        added = sum(self.gaps.get(name, 0.0) for name in absent)
        return max(spread, self.smallest_spread) * math.sqrt(1.0 + added) if added else spread

    def scales(self, log_price: float, spread: float) -> tuple[float, float]:
        """Return the scales of residuals below 0 and above."""
        scale = max(spread, self.smallest_spread)
        below, above = self.steps.at(log_price)
        return scale * below, scale * above

    def level_of(self, asking: float, log_price: float, spread: float, familiarity: Familiarity) -> float:
        """Return the share of such cars that are asked less for, from the first to the last of `levels`.

        Parameters
        ----------
        asking : float
            A price, above 0.
        log_price, spread, familiarity
            As in `range_of`.

        Examples
        --------
        >>> grid = {"known": (-1.0, 0.0, 2.0)}
        >>> found = Calibration(coverage=0.9, smallest_spread=0.1, quantiles={}, levels=(0.1, 0.5, 0.9), grid=grid)
        >>> [round(found.level_of(10_000 * ratio, math.log(10_000), 0.1, "known"), 2) for ratio in (0.5, 1, 1.1, 2)]
        [0.1, 0.5, 0.69, 0.9]
        """
        scores, levels = self.grid[familiarity], self.levels
        residual = math.log(asking) - log_price
        score = residual / self.scales(log_price, spread)[residual > 0]
        above = bisect_right(scores, score)
        if above == 0 or above == len(scores):
            return levels[0] if above == 0 else levels[-1]
        low, high = scores[above - 1], scores[above]
        return levels[above - 1] + (levels[above] - levels[above - 1]) * (score - low) / (high - low)

    def log_price_at(self, level: float, log_price: float, spread: float, familiarity: Familiarity) -> float:
        """Return the logarithm of the price below which a share `level` of such cars is asked for.

        The inverse of `level_of` between the first and the last of `levels`.
        """
        scores, levels = self.grid[familiarity], self.levels
        above = min(max(bisect_right(levels, level), 1), len(levels) - 1)
        part = (min(max(level, levels[0]), levels[-1]) - levels[above - 1]) / (levels[above] - levels[above - 1])
        score = scores[above - 1] + part * (scores[above] - scores[above - 1])
        return log_price + score * self.scales(log_price, spread)[score > 0]
