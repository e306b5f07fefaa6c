"""The pictures of a backtest: coverage and error, month by month, as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence

from car_price_prediction.evaluation.chart_words import signed
from car_price_prediction.evaluation.charts import Axis, Frame, round_ticks

from .score import Realised

MOST_TICKS = 8
BAR = 0.35


def coverage_by_month(months: Sequence[Realised]) -> str:
    """Return the share inside the ranges in each month, with its 95% interval, beside what was promised."""
    low = min(0.5, *(month.coverage_low for month in months))
    frame = Frame(_months(months), Axis(low, 1, round_ticks(low, 1), lambda share: f"{share:.0%}", ""))
    parts = [_line("ideal", [frame.point(i, month.promised) for i, month in enumerate(_widened(months), -1)])]
    for i, month in enumerate(months):
        ends = [frame.point(i, month.coverage_low), frame.point(i, month.coverage_high)]
        title = f"{month.group}: {month.coverage:.1%} of {month.count:,}, promised {month.promised:.0%}"
        parts += [_line("line", ends), _dot(frame.point(i, month.coverage), title)]
    return frame.svg(parts, "Share of sales inside their range by month, with 95% intervals; the dashed line: promised")


def errors_by_month(months: Sequence[Realised]) -> str:
    """Return the median error of each month as a bar, and the bias as a line."""
    most = max(0.05, *(max(month.mdape, month.bias) for month in months))
    least = min(0.0, *(month.bias for month in months))
    frame = Frame(_months(months), Axis(least, most, round_ticks(least, most), signed, ""))
    parts = []
    for i, month in enumerate(months):
        left, right, top = frame.left(i - BAR), frame.left(i + BAR), frame.top(month.mdape)
        parts.append(
            f'<rect class="bar" opacity="0.4" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
            f'height="{frame.top(0) - top:.1f}"><title>{month.group}: median error {month.mdape:.1%}</title></rect>'
        )
    points = [frame.point(i, month.bias) for i, month in enumerate(months)]
    parts += [_line("ideal", [frame.point(-0.5, 0), frame.point(len(months) - 0.5, 0)]), _line("line", points)]
    parts += [_dot(at, f"{one.group}: bias {signed(one.bias)}") for at, one in zip(points, months, strict=True)]
    return frame.svg(parts, "Median error by month as bars, and the bias as a line: above zero, valued too high")


def _months(months: Sequence[Realised]) -> Axis:
    step = -(-len(months) // MOST_TICKS)
    ticks = tuple(float(i) for i in range(0, len(months), step))
    return Axis(-0.5, len(months) - 0.5, ticks, lambda place: months[int(place)].group, "month of the sale")


def _widened(months: Sequence[Realised]) -> list[Realised]:
    return [months[0], *months, months[-1]]


def _line(kind: str, points: Sequence[str]) -> str:
    return f'<polyline class="{kind}" points="{" ".join(points)}"/>'


def _dot(point: str, title: str) -> str:
    x, y = point.split(",")
    return f'<circle class="dot" cx="{x}" cy="{y}" r="4"><title>{title}</title></circle>'
