"""The pictures of an evaluation as inline SVG: no script, no network, colours from the page's own style sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from .chart_words import ENGLISH, ChartWords
from .measured import Level
from .pictures import Cells, ErrorBand, Errors

LEFT, RIGHT, TOP, BOTTOM = 60, 24, 12, 48
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a picture: the values at its ends, how they are placed, and the lines that are drawn."""

    low: float
    high: float
    ticks: tuple[float, ...]
    shown: Callable[[float], str]
    title: str
    log: bool = False

    def share(self, value: float) -> float:
        """Return how far along the side a value lies, from 0 to 1."""
        low, high, at = (math.log(v) if self.log else v for v in (self.low, self.high, value))
        return min(max((at - low) / ((high - low) or 1), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's box, with an axis below and one at the left."""

    x: Axis
    y: Axis
    width: int = 520
    height: int = 300

    def left(self, value: float) -> float:
        """Return where a value of the axis below lies."""
        return LEFT + (self.width - LEFT - RIGHT) * self.x.share(value)

    def top(self, value: float) -> float:
        """Return where a value of the axis at the left lies."""
        return self.height - BOTTOM - (self.height - TOP - BOTTOM) * self.y.share(value)

    def point(self, x: float, y: float) -> str:
        """Return a point as SVG writes it."""
        return f"{self.left(x):.1f},{self.top(y):.1f}"

    def svg(self, parts: Sequence[str], label: str) -> str:
        """Return the whole picture; the label tells it to those who do not see it."""
        head = f'<svg viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(label)}">'
        return f"{head}<title>{escape(label)}</title>{self._axes()}{''.join(parts)}</svg>"

    def _axes(self) -> str:
        right, bottom = self.width - RIGHT, self.height - BOTTOM
        lines = []
        for tick in self.x.ticks:
            x = self.left(tick)
            lines.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>')
            lines.append(_text(x, bottom + 18, self.x.shown(tick), "middle"))
        for tick in self.y.ticks:
            y = self.top(tick)
            lines.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
            lines.append(_text(LEFT - 8, y + 4, self.y.shown(tick), "end"))
        lines.append(_text((LEFT + right) / 2, self.height - 8, self.x.title, "middle"))
        lines.append(_text(LEFT, TOP - 2, self.y.title, "start") if self.y.title else "")
        return "".join(lines)


def price_squares(cells: Cells, words: ChartWords = ENGLISH) -> str:
    """Return predicted against asking prices: the more listings, the stronger the colour."""
    ends = (cells.edges[0], cells.edges[-1])
    ticks = money_ticks(*ends)
    across = Axis(*ends, ticks, words.price, words.texts["prices.across"], log=True)
    frame = Frame(across, Axis(*ends, ticks, words.price, "", log=True), height=480)
    most = math.log1p(max((count for *_, count in cells.counts), default=1))
    parts = []
    for asked, predicted, count in cells.counts:
        x, right = frame.left(cells.edges[asked]), frame.left(cells.edges[asked + 1])
        y, bottom = frame.top(cells.edges[predicted + 1]), frame.top(cells.edges[predicted])
        parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{right - x:.1f}" height="{bottom - y:.1f}" '
            f'opacity="{0.12 + 0.88 * math.log1p(count) / most:.2f}"/>'
        )
    parts.append(f'<polyline class="ideal" points="{frame.point(*[ends[0]] * 2)} {frame.point(*[ends[1]] * 2)}"/>')
    return frame.svg(parts, words.texts["prices"])


def error_bars(errors: Errors, words: ChartWords = ENGLISH) -> str:
    """Return how many listings have which signed error."""
    low, high, most = errors.edges[0], errors.edges[-1], max(*errors.counts, 1)
    frame = Frame(
        Axis(low, high, (-1, -0.5, 0, 0.5, 1), words.signed, words.texts["errors.across"]),
        Axis(0, most, round_ticks(0, most), words.price, ""),
    )
    parts = []
    for left, right, count in zip(errors.edges, errors.edges[1:], errors.counts, strict=False):
        x, y = frame.left(left), frame.top(count)
        told = words.texts["errors.bar"].format(
            low=words.signed(left), high=words.signed(right), count=words.count(count)
        )
        parts.append(
            f'<rect class="bar" x="{x + 0.5:.1f}" y="{y:.1f}" width="{frame.left(right) - x - 1:.1f}" '
            f'height="{frame.top(0) - y:.1f}"><title>{escape(told)}</title></rect>'
        )
    return frame.svg(parts, words.texts["errors"])


def error_bands(bands: Sequence[ErrorBand], words: ChartWords = ENGLISH) -> str:
    """Return the signed error by predicted price: its median within the middle four fifths."""
    prices = [band.predicted for band in bands]
    low, high = prices[0], max(prices[-1], prices[0] * 1.01)
    # A cheap car may be priced at many times what is asked; at 100% the picture ends.
    most = min(1.0, max(0.1, *(abs(end) for band in bands for end in (band.low, band.high))))
    frame = Frame(
        Axis(low, high, money_ticks(low, high), words.price, words.texts["bands.across"], log=True),
        Axis(-most, most, round_ticks(-most, most), words.signed, ""),
    )
    edge = [frame.point(b.predicted, b.high) for b in bands] + [
        frame.point(b.predicted, b.low) for b in reversed(bands)
    ]
    middle = [frame.point(b.predicted, b.median) for b in bands]
    parts = [f'<polygon class="range" points="{" ".join(edge)}"/>', _line("line", middle)]
    parts.append(_line("ideal", [frame.point(low, 0), frame.point(high, 0)]))
    parts += [_dot(point, _band_text(band, words)) for point, band in zip(middle, bands, strict=True)]
    return frame.svg(parts, words.texts["bands"])


def _band_text(band: ErrorBand, words: ChartWords) -> str:
    median, low, high = (words.signed(error) for error in (band.median, band.low, band.high))
    return words.texts["bands.dot"].format(price=words.price(band.predicted), median=median, low=low, high=high)


def coverage_curve(levels: Sequence[Level], words: ChartWords = ENGLISH) -> str:
    """Return what ranges held against what they promised."""
    low = min([0.5, *(level.level for level in levels), *(level.coverage for level in levels)])

    def shown(share: float) -> str:
        return words.percent(share, 0)

    # What held 49.9% where 50% were promised needs no further step of the axis.
    ticks = tuple(t / 10 for t in range(math.floor(low * 10 + 0.2), 11))
    across = Axis(ticks[0], 1, ticks, shown, words.texts["coverage.across"])
    frame = Frame(across, Axis(ticks[0], 1, ticks, shown, ""), height=480)
    points = [frame.point(level.level, level.coverage) for level in levels]
    parts = [_line("ideal", [frame.point(ticks[0], ticks[0]), frame.point(1, 1)]), _line("line", points)]
    parts += [_dot(point, _level_text(level, words)) for point, level in zip(points, levels, strict=True)]
    return frame.svg(parts, words.texts["coverage"])


def _level_text(level: Level, words: ChartWords) -> str:
    promised, held, width = (words.percent(*one) for one in ((level.level, 0), (level.coverage, 1), (level.width, 0)))
    return words.texts["coverage.dot"].format(promised=promised, held=held, width=width)


def money_ticks(low: float, high: float) -> tuple[float, ...]:
    """Return the round prices between two, a few of each power of ten; the two themselves where there are none.

    Examples
    --------
    >>> money_ticks(900, 25_000)
    (1000, 2000, 5000, 10000, 20000)
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = tuple(step * 10**power for power in powers for step in STEPS if low <= step * 10**power <= high)
    if not found:
        return low, high
    return found if len(found) <= 9 else tuple(tick for tick in found if str(tick)[0] == "1")


def round_ticks(low: float, high: float) -> tuple[float, ...]:
    """Return the round numbers between two, about five of them.

    Examples
    --------
    >>> round_ticks(0, 307), round_ticks(-0.52, 0.52)
    ((0.0, 100.0, 200.0, 300.0), (-0.4, -0.2, 0.0, 0.2, 0.4))
    """
    power = 10.0 ** math.floor(math.log10((high - low) / 3))
    step = max((s for s in STEPS if s * power * 3 <= high - low), default=1) * power
    numbers = range(math.ceil(low / step), math.floor(high / step) + 1)
    return tuple(round(number * step, 10) for number in numbers)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(kind: str, points: Sequence[str]) -> str:
    return f'<polyline class="{kind}" points="{" ".join(points)}"/>'


def _dot(point: str, title: str) -> str:
    x, y = point.split(",")
    return f'<circle class="dot" cx="{x}" cy="{y}" r="4"><title>{escape(title)}</title></circle>'
