"""Keeps what is answered, where that is wanted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from car_price_prediction.domain.listing import Listing
from car_price_prediction.domain.quote import Quote

from .headers import CURRENT_ID

if TYPE_CHECKING:
    from car_price_prediction.valuations.database import Database
    from car_price_prediction.valuations.entries import Source
    from car_price_prediction.valuations.journal import Journal

Keep: TypeAlias = "Callable[[Source, Listing, Quote], None]"
"""Takes the call that was answered, the car as it was understood, and its quote."""


def both(one: Keep | None, other: Keep | None) -> Keep | None:
    """Return what gives an answer to both; to the one that there is; None where there is neither.

    Examples
    --------
    >>> both(None, None) is None, both(print, None) is print
    (True, True)
    """
    if one is None or other is None:
        return one or other

    def keep(source: Source, listing: Listing, quote: Quote) -> None:
        one(source, listing, quote)
        other(source, listing, quote)

    return keep


class Kept:
    """The valuations of one process: those that it answers, and the database that holds all.

    Parameters
    ----------
    database : Database
    journal : Journal
        Started by whoever made it.
    """

    def __init__(self, database: Database, journal: Journal) -> None:
        from car_price_prediction.valuations.entries import Answered  # noqa: PLC0415 - where something is kept

        self.database, self.journal = database, journal
        self._answered, self._write = Answered, journal.keep

    def keep(self, source: Source, listing: Listing, quote: Quote) -> None:
        """Take one answer of the request that is being answered."""
        self._write(self._answered(time.time(), source, CURRENT_ID.get(), listing, quote))

    def stop(self) -> None:
        """Write down what waits, and end."""
        self.journal.stop()
        self.database.close()
