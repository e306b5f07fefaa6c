"""What is kept of an answer, as a request leaves it, and as plain values that can be written to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from car_price_prediction.domain.listing import Listing
from car_price_prediction.domain.quote import Quote

Source: TypeAlias = Literal["price", "batch"]
"""Which call was answered."""


class Answered(NamedTuple):
    """One answer that is to be kept: nothing is worked out before it is written.

    Attributes
    ----------
    at : float
        Seconds since 1970.
    source : {"price", "batch"}
    request_id : str
    listing : Listing
        The car as it was understood.
    quote : Quote
    """

    at: float
    source: Source
    request_id: str
    listing: Listing
    quote: Quote


class Shadowed(NamedTuple):
    """What the challenger would have answered.

    Attributes
    ----------
    valuation_id : str
        Of the answer that was given.
    at : float
        When it was, in seconds since 1970.
    quote : Quote
        The challenger's.
    """

    valuation_id: str
    at: float
    quote: Quote


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what is kept.

    Attributes
    ----------
    name : str
        In the names of its files.
    entry_of : callable
        Makes plain values of it.
    said : str
        For the log.
    """

    name: str
    entry_of: Callable[[Any], tuple[Any, ...]]
    said: str


def entry_of(answered: Answered) -> tuple[Any, ...]:
    """Return an answer as plain values."""
    at, source, request_id, listing, quote = answered
    return (
        quote.valuation_id,
        at,
        source,
        request_id,
        quote.model_version,
        listing,
        quote.price,
        quote.low,
        quote.high,
        quote.currency,
        quote.coverage,
        quote.confidence,
        quote.comparables,
        [(warning.field, warning.code, warning.message) for warning in quote.warnings],
    )


def shadow_entry_of(shadowed: Shadowed) -> tuple[Any, ...]:
    """Return a challenger's price as plain values."""
    valuation_id, at, quote = shadowed
    return (valuation_id, at, quote.model_version, quote.price, quote.low, quote.high)


ANSWERS = Kind("answers", entry_of, "valuations")
"""Of `Answered`."""
CHALLENGERS = Kind("challengers", shadow_entry_of, "challenger's prices")
"""Of `Shadowed`."""


@dataclass(slots=True)
class Counts:
    """What became of what was to be kept, for whoever watches a process.

    Attributes
    ----------
    written, dropped : int
        What is in the database, and what never will be.
    failures : int
        Attempts that failed, and are made again.
    """

    written: int = 0
    dropped: int = 0
    failures: int = 0
