"""Deletes valuations and outcomes that are too old, a few at a time."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Table, delete, select

from .database import Database
from .tables import OUTCOMES, REPLACED, SHADOWS, VALUATIONS

EVERY_S = 600.0
PIECE = 1_000
"""Rows that are deleted in one transaction: others write meanwhile."""
DAY_S = 86_400.0


class Retention:
    """Deletes what is older than so many days.

    Parameters
    ----------
    database : Database
    days : float
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, database: Database, days: float, clock: Callable[[], float] = time.time) -> None:
        self._database, self._days, self._clock = database, days, clock
        self._next = 0.0

    def apply(self) -> int:
        """Delete a piece where it is time; return how many rows went."""
        now = self._clock()
        if now < self._next:
            return 0
        before = now - self._days * DAY_S
        gone = sum(
            self._delete(table, column, before)
            for table, column in (
                (VALUATIONS, "priced_at"),
                (SHADOWS, "priced_at"),
                (OUTCOMES, "told_at"),
                (REPLACED, "told_at"),
            )
        )
        if gone < PIECE:
            self._next = now + EVERY_S
        return gone

    def _delete(self, table: Table, column: str, before: float) -> int:
        (key,) = table.primary_key.columns
        old = select(key).where(table.c[column] < before).order_by(table.c[column]).limit(PIECE)
        with self._database.begin(always=True) as connection:
            keys = list(connection.scalars(old))
            if keys:
                connection.execute(delete(table).where(key.in_(keys)))
        return len(keys)
