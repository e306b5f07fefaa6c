"""Figures as people read them."""

from __future__ import annotations


def whole(value: float) -> str:
    """Return a number with thousands separators, without decimals where it is large.

    Examples
    --------
    >>> whole(13172), whole(2.25), whole(0)
    ('13,172', '2.25', '0')
    """
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.4g}"


def short(value: float) -> str:
    """Return a number in few letters, for the axis of a chart.

    Examples
    --------
    >>> [short(v) for v in (0.5, 950, 13172, 150_000, 1_250_000, 3e9)]
    ['0.5', '950', '13k', '150k', '1.2M', '3G']
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            scaled = value / size
            return f"{scaled:.0f}{letter}" if scaled >= 10 or scaled == round(scaled) else f"{scaled:.1f}{letter}"
    return f"{value:.3g}"


def share(part: float, all_of_it: float) -> str:
    """Return a share in percent; a little is never called none.

    Examples
    --------
    >>> share(1, 3), share(1, 10_000), share(0, 5), share(0, 0)
    ('33%', '<0.1%', '0%', '0%')
    """
    percent = 100 * part / all_of_it if all_of_it else 0.0
    if percent == 0:
        return "0%"
    if percent < 0.1:
        return "<0.1%"
    return f"{percent:.1f}%" if percent < 10 else f"{percent:.0f}%"


def size_of(count: int) -> str:
    """Return a size in bytes for people.

    Examples
    --------
    >>> size_of(881_118), size_of(12)
    ('881 kB', '12 bytes')
    """
    for size, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= size:
            return f"{count / size:.3g} {name}"
    return f"{count} bytes"


def rows(count: int, thing: str = "row") -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> rows(1), rows(19237, "listing")
    ('1 row', '19,237 listings')
    """
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
