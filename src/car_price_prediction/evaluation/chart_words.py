"""What the pictures of an evaluation say: their titles, axes and figures, in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from car_price_prediction.listings.wording import short

ENGLISH_TEXTS: Mapping[str, str] = {
    "prices": "Predicted price, upwards, against asking price: the nearer to the diagonal the better",
    "prices.across": "asking price",
    "errors": "How many listings have which error",
    "errors.across": "predicted too low, or too high, in percent of the asking price",
    "errors.bar": "{low} to {high}: {count}",
    "bands": "The error by predicted price: median, and the middle four fifths",
    "bands.across": "predicted price",
    "bands.dot": "{price}: median {median}, four fifths {low} to {high}",
    "coverage": "Held, upwards, against promised coverage: the nearer to the diagonal the better",
    "coverage.across": "promised",
    "coverage.dot": "promised {promised}: held {held}, median width {width} of the price",
}


def signed(error: float) -> str:
    """Return a signed error in percent.

    Examples
    --------
    >>> signed(0.051), signed(-0.2), signed(0)
    ('+5%', '-20%', '0%')
    """
    return f"{error:+.0%}" if abs(error) >= 0.005 else "0%"


def percent(share: float, digits: int = 0) -> str:
    """Return a share in percent.

    Examples
    --------
    >>> percent(0.9), percent(0.9012, 1)
    ('90%', '90.1%')
    """
    return f"{share:.{digits}%}"


@dataclass(frozen=True, slots=True)
class ChartWords:
    """Says what the pictures say.

    Attributes
    ----------
    texts : mapping of str to str
        With the keys of `ENGLISH_TEXTS`, and the same names in braces.
    price, signed, count : callable
        From a price on an axis, a signed share and a count to their texts.
    percent : callable
        From a share and a number of digits to its text.
    """

    texts: Mapping[str, str]
    price: Callable[[float], str]
    signed: Callable[[float], str]
    count: Callable[[float], str]
    percent: Callable[[float, int], str]


ENGLISH = ChartWords(ENGLISH_TEXTS, short, signed, "{:,.0f}".format, percent)
