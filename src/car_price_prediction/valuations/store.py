"""Reads kept valuations, and deletes single ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, delete, func, select

from car_price_prediction.domain.rules import LONGEST_ID

from .database import Database
from .row import plain
from .tables import OUTCOMES, REPLACED, SHADOWS, VALUATIONS

PIECE = 20_000
OF_ONE = OUTCOMES.c.key


class Valuations:
    """The kept valuations of a database.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, valuation_id: str) -> dict[str, Any] | None:
        """Return one as plain values, None where there is none of that id."""
        if not _may_be(valuation_id):
            return None
        with self._database.begin() as connection:
            row = connection.execute(select(VALUATIONS).where(VALUATIONS.c.id == valuation_id)).mappings().first()
        return plain(dict(row)) if row else None

    def delete(self, valuation_id: str) -> bool:
        """Delete one, the challenger's price, and what was told of its sale by its id; return whether there was one."""
        if not _may_be(valuation_id):
            return False
        with self._database.begin() as connection:
            told = list(connection.scalars(select(OF_ONE).where(OUTCOMES.c.valuation_id == valuation_id)))
            if told:
                connection.execute(delete(REPLACED).where(REPLACED.c.key.in_(told)))
                connection.execute(delete(OUTCOMES).where(OF_ONE.in_(told)))
            connection.execute(delete(SHADOWS).where(SHADOWS.c.valuation_id == valuation_id))
            return connection.execute(delete(VALUATIONS).where(VALUATIONS.c.id == valuation_id)).rowcount > 0

    def count(self) -> int:
        """Return how many there are."""
        with self._database.begin() as connection:
            return int(connection.scalar(select(func.count()).select_from(VALUATIONS)) or 0)

    def newest(self, most: int, since: float) -> list[Mapping[str, Any]]:
        """Return when the newest were made, their cars as JSON, prices and model versions, the newest first.

        Parameters
        ----------
        most : int
            So many at most.
        since : float
            Seconds since 1970; older ones are passed over.
        """
        at, name = VALUATIONS.c.priced_at, VALUATIONS.c.id
        columns = (at, VALUATIONS.c.car, VALUATIONS.c.price, VALUATIONS.c.model_version)
        wanted = select(*columns).where(at >= since).order_by(at.desc(), name.desc()).limit(most)
        with self._database.begin() as connection:
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def pieces(self, since: float | None = None, until: float | None = None) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the rows of a span of time, the oldest first, some at once."""
        last: tuple[float, str] | None = None
        while True:
            with self._database.begin() as connection:
                rows = list(connection.execute(_next_piece(since, until, last)).mappings())
            if not rows:
                return
            yield [dict(row) for row in rows]
            last = (rows[-1]["priced_at"], rows[-1]["id"])


def _may_be(valuation_id: str) -> bool:
    """Whether it could be an id: PostgreSQL refuses to look for a text that it cannot hold."""
    return len(valuation_id) <= LONGEST_ID and "\x00" not in valuation_id


def _next_piece(since: float | None, until: float | None, last: tuple[float, str] | None) -> Select[Any]:
    at, name = VALUATIONS.c.priced_at, VALUATIONS.c.id
    wanted = select(VALUATIONS).order_by(at, name).limit(PIECE)
    if last is not None:
        wanted = wanted.where((at > last[0]) | ((at == last[0]) & (name > last[1])))
    elif since is not None:
        wanted = wanted.where(at >= since)
    return wanted if until is None else wanted.where(at < until)
