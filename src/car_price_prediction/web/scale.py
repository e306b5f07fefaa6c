"""Where a price, its range and an asking price stand on the drawn scale."""

from __future__ import annotations

from dataclasses import dataclass

MARGIN = 0.16
"""So much of the scale is left free at either end of the range …"""
FURTHEST = 1.0
"""… and an asking price that lies further out than so many ranges is drawn at the scale's end."""
EDGE = 14.0
"""Within so many percent of an end, a label is set towards the middle …"""
ASKED_EDGE = 28.0
"""… and that of the asking price, which has a word before its figure."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the scale, in percent of its width, and at which side of it its label begins."""

    at: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The drawn scale."""

    low: Mark
    high: Mark
    price: Mark
    asking: Mark | None


def scale_of(price: float, low: float, high: float, asking: float | None = None) -> Scale:
    """Return the places of a quote's figures.

    Parameters
    ----------
    price, low, high : float
    asking : float, optional
        The asking price.

    Examples
    --------
    >>> scale_of(150, 100, 200).price
    Mark(at=50.0, anchor='middle')
    >>> scale_of(150, 100, 200, 900).asking
    Mark(at=100.0, anchor='end')
    """
    span = (high - low) or max(price, 1.0)
    left, right = low - MARGIN * span, high + MARGIN * span
    if asking is not None:
        left = min(left, max(asking, low - FURTHEST * span))
        right = max(right, min(asking, high + FURTHEST * span))

    def mark(value: float, edge: float = EDGE) -> Mark:
        at = round(100 * min(max((value - left) / (right - left), 0.0), 1.0), 1)
        return Mark(at, "start" if at < edge else "end" if at > 100 - edge else "middle")

    return Scale(mark(low), mark(high), mark(price), None if asking is None else mark(asking, ASKED_EDGE))
