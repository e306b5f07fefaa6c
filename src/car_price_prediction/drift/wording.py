"""How numbers are told to people."""

from __future__ import annotations


def told_number(name: str, value: float) -> str:
    """Return a number as people write it.

    Examples
    --------
    >>> told_number("year", 2015.0), told_number("engine_l", 1.598), told_number("mileage_km", 66_000.0)
    ('2015', '1.6', '66,000')
    """
    if name == "year":
        return f"{value:.0f}"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
