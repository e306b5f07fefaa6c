"""The breakdown of a price as a waterfall: from a typical car's price to this one's, a bar for each reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from car_price_prediction.domain.listing import Listing, field_named
from car_price_prediction.package.keys import key_of
from car_price_prediction.pricing.explain import Breakdown, Line

from .words import NAMES, Words

ROOM = 0.35
"""The bars of the two cars begin so many times the moved span before the lowest price on the way."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the waterfall.

    Attributes
    ----------
    label, text, amount : str
        For people; the text may be empty.
    kind : {"car", "up", "down"}
    x, width : float
        Of its bar, in percent.
    """

    label: str
    text: str
    amount: str
    kind: str
    x: float
    width: float


def waterfall(breakdown: Breakdown, this: Listing, told: Listing, words: Words, currency: str | None) -> list[Step]:
    """Return the rows, the typical car first and this one last.

    Parameters
    ----------
    breakdown : Breakdown
    this : Listing
        The car as it was priced.
    told : Listing
        What somebody told of it; the rest of `this` is assumed.
    words : Words
    currency : str or None
    """
    money, typical = words.language.money, breakdown.typical_car
    prices = [breakdown.typical_price]
    for line in breakdown.lines:
        prices.append(prices[-1] + line.amount)
    place = _Place(prices)
    steps = [
        Step(
            words.language("why.typical", car=words.car(typical, "year", "mileage_km")),
            "",
            money(prices[0], currency),
            "car",
            *place.bar(place.left, prices[0]),
        )
    ]
    for line, before, after in zip(breakdown.lines, prices, prices[1:], strict=False):
        label, text = _said(line, this, told, typical, words)
        amount = ("+" if line.amount > 0 else "\N{MINUS SIGN}") + money(abs(line.amount), currency)
        steps.append(Step(label, text, amount, "up" if line.amount > 0 else "down", *place.bar(before, after)))
    price = breakdown.price
    bar = place.bar(place.left, price)
    return [*steps, Step(words.language("why.this"), "", money(price, currency), "car", *bar)]


class _Place:
    """Places prices on the common axis of all bars."""

    def __init__(self, prices: Sequence[float]) -> None:
        low, high = min(prices), max(prices)
        self.left = max(0.0, low - max(ROOM * (high - low), 0.02 * high))
        self._span = (high - self.left) or 1.0

    def bar(self, one: float, other: float) -> tuple[float, float]:
        """Return where the bar between two prices begins, and how wide it is."""
        low, high = sorted((one, other))
        return round(100 * (low - self.left) / self._span, 2), round(max(100 * (high - low) / self._span, 0.4), 2)


def _said(line: Line, this: Listing, told: Listing, typical: Listing, words: Words) -> tuple[str, str]:
    """Return what a line is about, and both cars' values."""
    language, names = words.language, line.fields
    if not names:
        return language("why.rest"), ""
    if len(names) == 1:
        label = language.field(names[0], field_named(names[0]).label)
    else:
        label = language(f"why.group.{line.label}")
    if names[0] not in NAMES:
        names = tuple(name for name in names if key_of(this.get(name)) != key_of(typical.get(name)))
    value = words.said(names, this)
    if all(told.get(name) is None for name in names) and any(this.get(name) is not None for name in names):
        value = language("why.assumed", value=value)
    return label, language("why.rather", this=value, typical=words.said(names, typical))
