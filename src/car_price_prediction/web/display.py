"""How figures are shown to people."""

from __future__ import annotations

from datetime import datetime

from car_price_prediction.domain.quote import Confidence, Grade

SIGNS = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "INR": "₹", "KRW": "₩", "UAH": "₴", "GEL": "₾", "TRY": "₺"}
CONFIDENCE: dict[Confidence, tuple[str, str]] = {
    "high": ("High confidence", "Many comparable cars, and a narrow range."),
    "medium": ("Medium confidence", "Some comparable cars, or a wider range."),
    "low": ("Low confidence", "Few comparable cars, or a wide range: take the price as a first guess."),
}

GRADES: dict[Grade, str] = {
    "great": "Great deal",
    "good": "Good deal",
    "fair": "Fair price",
    "high": "High price",
    "overpriced": "Overpriced",
}


def money(amount: float, currency: str | None) -> str:
    """Return an amount in whole units of its currency.

    Examples
    --------
    >>> money(12345.6, "GBP"), money(12345.6, "PLN"), money(12345.6, None)
    ('£12,346', '12,346 PLN', '12,346')
    """
    figure = f"{amount:,.0f}"
    if currency in SIGNS:
        return SIGNS[currency] + figure
    return f"{figure} {currency}" if currency else figure


def number(value: float, *, plain: bool = False) -> str:
    """Return a number in as few digits as people need; `plain` has no thousands mark, as for years.

    Examples
    --------
    >>> number(186005.21), number(1.60), number(2015.0, plain=True)
    ('186,005', '1.6', '2015')
    """
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.replace(",", "") if plain else text


def day(moment: datetime) -> str:
    """Return a date for people.

    Examples
    --------
    >>> day(datetime(2026, 3, 1))
    '1 March 2026'
    """
    return f"{moment.day} {moment:%B %Y}"


def share(value: float) -> str:
    """Return a share as a count out of ten or a hundred, as people think of it.

    Examples
    --------
    >>> share(0.9), share(0.95)
    ('9 of 10', '95 of 100')
    """
    tenths = value * 10
    return f"{tenths:.0f} of 10" if abs(tenths - round(tenths)) < 1e-9 else f"{value * 100:.0f} of 100"


def position(value: float, low: float, high: float) -> float:
    """Return where a value stands from `low` to `high`, as a percentage with one digit.

    Examples
    --------
    >>> position(15, 10, 20)
    50.0
    """
    return round(100 * (value - low) / (high - low), 1) if high > low else 50.0
