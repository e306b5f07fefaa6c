"""From a predicted log price and its spread to a range that keeps its promise."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Familiarity: TypeAlias = Literal["known", "model_unseen", "make_unseen"]


class Calibration(BaseModel):
    """Conformal quantiles of the scaled residual of log price, for each way in which a car can be unfamiliar.

    The scaled residual of a listing is ``(log(price) - log(predicted)) / spread``; its quantiles come from listings
    that the predicting model did not see.

    References
    ----------
    Lei, G'Sell, Rinaldo, Tibshirani, Wasserman (2018), "Distribution-free predictive inference for regression",
    section 5.2 (locally weighted conformal inference).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    coverage: float = Field(gt=0, lt=1)
    smallest_spread: float = Field(gt=0, description="The spread model's answer is never taken below this.")
    quantiles: dict[Familiarity, tuple[float, float]]

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
        >>> half = Calibration(coverage=0.9, smallest_spread=0.01, quantiles={"known": (-2.0, 2.0)})
        >>> [round(x) for x in half.range_of(math.log(10_000), 0.05, "known")]
        [10000, 9048, 11052]
        """
        low, high = self.quantiles[familiarity]
        scale = max(spread, self.smallest_spread)
        return math.exp(log_price), math.exp(log_price + low * scale), math.exp(log_price + high * scale)
