"""What the same car was asked for, by month, as inline SVG."""

from __future__ import annotations

import math

from car_price_prediction.package.market_level import MarketLevel

from .chart_words import signed
from .charts import Axis, Frame, round_ticks

MOST_TICKS = 7
LEAST_SPAN = 0.05


def level_by_period(level: MarketLevel) -> str:
    """Return how far the prices of each period were from what the newest listings ask for the same car.

    Parameters
    ----------
    level : MarketLevel
        With periods.
    """
    days, moves = [period.day for period in level.periods], [period.same_car - 1 for period in level.periods]
    low, high = min(0.0, *moves), max(0.0, *moves)
    high = max(high, low + LEAST_SPAN)
    step = math.ceil(len(days) / MOST_TICKS)
    at = [float(day.toordinal()) for day in days]
    across = Axis(at[0], at[-1], tuple(at[::step]), lambda day: f"{days[at.index(day)]:%Y-%m}", "listed")
    frame = Frame(across, Axis(low, high, round_ticks(low, high), signed, ""))
    points = [frame.point(x, y) for x, y in zip(at, moves, strict=True)]
    parts = [f'<polyline class="ideal" points="{frame.point(at[0], 0)} {frame.point(at[-1], 0)}"/>']
    parts.append(f'<polyline class="line" points="{" ".join(points)}"/>')
    for point, period in zip(points, level.periods, strict=True):
        x, y = point.split(",")
        told = f"about {period.day}: {period.same_car - 1:+.1%}, of {period.listings:,} listings"
        parts.append(f'<circle class="dot" cx="{x}" cy="{y}" r="4"><title>{told}</title></circle>')
    return frame.svg(parts, "What the same car was asked for by month, beside the newest listings")
