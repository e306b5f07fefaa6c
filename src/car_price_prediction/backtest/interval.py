"""How sure a share is."""

from __future__ import annotations

import math

Z = 1.959964
"""Of 95%."""


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the ends of Wilson's 95% interval of a share (Wilson, 1927, JASA 22, 209-212).

    Parameters
    ----------
    hits, count : int
        At least one in all.

    Examples
    --------
    >>> tuple(round(end, 3) for end in wilson(9, 10)), tuple(round(end, 3) for end in wilson(900, 1000))
    ((0.596, 0.982), (0.88, 0.917))
    >>> wilson(0, 0)
    Traceback (most recent call last):
    ...
    ZeroDivisionError: division by zero
    """
    share = hits / count
    middle = share + Z**2 / (2 * count)
    half = Z * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    whole = 1 + Z**2 / count
    return max((middle - half) / whole, 0.0), min((middle + half) / whole, 1.0)
