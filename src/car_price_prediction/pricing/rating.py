"""Five grades for an asking price, from where it stands among the asking prices of such cars."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import get_args

from car_price_prediction.domain.errors import FieldProblem
from car_price_prediction.domain.quote import Deal, Grade
from car_price_prediction.package.calibration import Calibration

GRADES: tuple[Grade, ...] = get_args(Grade)
LEVELS = (0.03, 0.15, 0.85, 0.97)
"""A price is great below the first: fewer than so many of such cars are asked less for. And so on."""
LEAST_STEP = 0.02
"""Two edges are at least so far apart in log price, so that a change of 1% never passes two."""


def deal_of(
    asking: float, log_price: float, spread: float, calibration: Calibration, doubts: Sequence[FieldProblem]
) -> Deal:
    """Compare an asking price with the estimate, and rate it where the car is known well enough.

    Parameters
    ----------
    asking : float
        Above 0.
    log_price, spread : float
        What the model and its spread say of the car.
    calibration : Calibration
    doubts : sequence of FieldProblem
        From `abstention.too_little_known`; where there is one, no grade is given.
    """
    price = math.exp(log_price)
    difference, percent = round(asking - price, 2), round(100 * (asking / price - 1), 1)
    if doubts:
        return Deal(asking, difference, percent, not_rated="; ".join(doubt.message for doubt in doubts))
    edges = log_edges(log_price, spread, calibration)
    return Deal(
        asking,
        difference,
        percent,
        grade=GRADES[bisect_right(edges, math.log(asking))],
        level=round(calibration.level_of(asking, log_price, spread, "known"), 4),
        edges=tuple(round(math.exp(edge), 2) for edge in edges),
    )


def log_edges(log_price: float, spread: float, calibration: Calibration) -> tuple[float, float, float, float]:
    """Return the logarithms of the asking prices at which the next grade begins.

    They stand at `LEVELS` of the car's own distribution, and at least `LEAST_STEP` apart; the estimate itself is fair.

    Examples
    --------
    >>> grid = {"known": (-0.4, -0.2, 0.2, 0.4)}
    >>> found = Calibration(coverage=0.9, smallest_spread=0.001, quantiles={}, levels=LEVELS, grid=grid)
    >>> [round(edge, 3) for edge in log_edges(0.0, 1.0, found)], [round(e, 3) for e in log_edges(0.0, 0.01, found)]
    ([-0.4, -0.2, 0.2, 0.4], [-0.04, -0.02, 0.02, 0.04])
    """
    great, good, fair, high = (calibration.log_price_at(level, log_price, spread, "known") for level in LEVELS)
    good, fair = min(good, log_price - LEAST_STEP), max(fair, log_price + LEAST_STEP)
    return min(great, good - LEAST_STEP), good, fair, max(high, fair + LEAST_STEP)
