"""Answers that are kept, and databases to keep them in."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from car_price_prediction.domain.quote import Quote, QuoteWarning
from car_price_prediction.valuations.database import FILE, Database
from car_price_prediction.valuations.entries import ANSWERS, Answered, Counts, Kind
from car_price_prediction.valuations.journal import Journal
from car_price_prediction.valuations.writer import Writer
from car_price_prediction.web.kept import Kept

FABIA = {"make": "Skoda", "model": "Fabia", "year": 2015.0, "mileage_km": 80_000.0, "fuel": "petrol"}
NUMBERS = itertools.count()


def answered(*, at: float | None = None, car: dict[str, Any] | None = None, **quote: Any) -> Answered:
    """Return an answer, with an id of its own."""
    values: dict[str, Any] = {
        "price": 10_000.0,
        "low": 8_000.0,
        "high": 12_000.0,
        "currency": "EUR",
        "coverage": 0.9,
        "confidence": "high",
        "comparables": 12,
        "warnings": (QuoteWarning("colour", "missing", "Colour is not told"),),
        "model_version": "v1",
        "valuation_id": f"{next(NUMBERS):024x}",
    }
    found = Quote(**values | quote)
    return Answered(time.time() if at is None else at, "price", "a-request", car or FABIA, found)


@contextlib.contextmanager
def locked(artifacts: Path) -> Iterator[None]:
    """Another program that writes to the database there, and does not come to an end."""
    with contextlib.closing(sqlite3.connect(artifacts / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def wait_until(true: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Pair:
    """What takes answers and what writes them, in one process."""

    def __init__(self, database: Database, folder: Path, kind: Kind = ANSWERS, **journal: Any) -> None:
        self.journal = Journal(folder, journal.pop("most_bytes", 1 << 30), kind, **journal)
        self.writer = Writer(database, folder)
        self._kind = kind

    @property
    def counts(self) -> Counts:
        """What became of them in the database."""
        return self.writer.counts[self._kind.name]

    def start(self) -> None:
        self.journal.start()
        self.writer.start()

    def stop(self) -> None:
        self.journal.stop()
        self.writer.stop()


class KeptHere(Kept):
    """Keeps answers in this process: it is at once what a worker has, and what is beside the workers."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.pair = Pair(database, folder)
        self.pair.start()
        super().__init__(database, self.pair.journal)

    @property
    def counts(self) -> Counts:
        return self.pair.counts

    def stop(self) -> None:
        self.pair.stop()
