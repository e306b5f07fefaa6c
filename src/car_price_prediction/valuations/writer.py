"""Writes valuations behind the requests: a bounded queue, and one thread that puts it into the database in batches."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy.exc import DataError, IntegrityError

from car_price_prediction.domain.errors import ValuationsError

from .database import Database
from .insertion import insert_rows
from .retention import Retention
from .row import row_of, shadow_row_of
from .tables import SHADOWS, VALUATIONS

log = logging.getLogger(__name__)

POLL_S = 0.25
"""How long an answer waits at most before it is written; nobody wakes the thread, which costs a request less."""
BATCH = 500
MOST_WAITING = 20_000
LONGEST_PAUSE_S = 30.0
TIDY_AGAIN_S = TELL_EVERY_S = 60.0
STOP_S = 5.0
"""What is left when the server stops may take so long: it is killed after eight seconds."""


@dataclass(frozen=True, slots=True)
class Book:
    """What is written where.

    Attributes
    ----------
    table : Table
        With one column as its key.
    row_of : callable
        Returns the row of what is kept.
    said : str
        For the log.
    """

    table: Table
    row_of: Callable[[Any], dict[str, Any]]
    said: str

    @property
    def key(self) -> Column[Any]:
        """The column that tells one row from another."""
        (found,) = self.table.primary_key.columns
        return found

    def key_of(self, kept: object) -> str:
        """Return its value for what is kept."""
        return str(self.row_of(kept)[self.key.name])


ANSWERS = Book(VALUATIONS, row_of, "valuations")
"""Of `row.Answered`."""
CHALLENGERS = Book(SHADOWS, shadow_row_of, "challenger's prices")
"""Of `row.Shadowed`."""


@dataclass(slots=True)
class Counts:
    """What became of the answers of one process, for whoever watches it.

    Attributes
    ----------
    written, dropped : int
        Answers that are in the database, and those that never will be.
    failures : int
        Attempts that the database did not take.
    """

    written: int = 0
    dropped: int = 0
    failures: int = 0


class Writer:
    """Keeps the answers of one process.

    Parameters
    ----------
    database : Database
    retention : Retention, optional
        Deletes what is too old, now and then, in the same thread.
    book : Book
    most_waiting : int
        Answers that wait to be written; one more is dropped.

    Attributes
    ----------
    counts : Counts
    """

    def __init__(
        self,
        database: Database,
        retention: Retention | None = None,
        *,
        book: Book = ANSWERS,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.counts, self._book = Counts(), book
        self._database, self._retention, self._most_waiting = database, retention, most_waiting
        self._queue: deque[Any] = deque()
        self._held: list[Any] = []
        self._stopping, self._lock = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, name=book.table.name, daemon=True)
        self._pause_s, self._tidy_at, self._tell_at = POLL_S, 0.0, 0.0

    @property
    def waiting(self) -> int:
        """How many answers wait."""
        return len(self._queue) + len(self._held)

    def keep(self, answered: object) -> None:
        """Take an answer; it is in the database a moment later, or it is counted as dropped."""
        if len(self._queue) < self._most_waiting:
            self._queue.append(answered)
            return
        self._drop(1)

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        self._thread.start()

    def stop(self, wait_s: float = STOP_S) -> None:
        """Write what waits, for so long at most, and end; what is left then is dropped."""
        self._stopping.set()
        self._thread.join(wait_s)
        if self.waiting:
            log.warning("%d %s could not be kept: the server stops", self.waiting, self._book.said)
            self._drop(self.waiting)
        self._database.close()

    def _drop(self, count: int) -> None:
        with self._lock:
            self.counts.dropped += count
            if time.monotonic() >= self._tell_at:
                self._tell_at = time.monotonic() + TELL_EVERY_S
                dropped = self.counts.dropped
                log.warning("%s are dropped, %d by now: the database does not take them", self._book.said, dropped)

    def _run(self) -> None:
        while not self._stopping.wait(self._pause_s):
            good = self._write_all()
            if good:
                self._tidy()
            self._pause_s = POLL_S if good else min(self._pause_s * 2, LONGEST_PAUSE_S)
        until = time.monotonic() + STOP_S
        while self.waiting and time.monotonic() < until and not self._write_all():
            time.sleep(POLL_S)

    def _tidy(self) -> None:
        """Delete what is too old; where that fails, writing goes on, and it is tried again later."""
        if self._retention is None or time.monotonic() < self._tidy_at:
            return
        try:
            self._retention.apply()
        except ValuationsError as error:
            log.warning("old valuations cannot be deleted, which is tried again in a minute: %s", error.message)
        except Exception:
            log.exception("old valuations could not be deleted")
        else:
            return
        self._tidy_at = time.monotonic() + TIDY_AGAIN_S

    def _write_all(self) -> bool:
        """Write what waits; return whether all of it was."""
        while self._queue or self._held:
            while self._queue and len(self._held) < BATCH:
                self._held.append(self._queue.popleft())
            if not self._guarded(self._write):
                self.counts.failures += 1
                return False
            self._held = []
        return True

    def _write(self) -> None:
        try:
            self._insert([self._book.row_of(answered) for answered in self._held])
        except ValuationsError:
            self._write_singly()

    def _write_singly(self) -> None:
        """Write a refused batch row by row, where the database answers at all: what it cannot hold is dropped.

        The batch may be there already: the connection broke when it was just committed.
        """
        with self._database.begin(always=True) as connection:
            ids = [self._book.key_of(answered) for answered in self._held]
            there = set(connection.scalars(select(self._book.key).where(self._book.key.in_(ids))))
        self.counts.written += len(there)
        self._held = [answered for answered in self._held if self._book.key_of(answered) not in there]
        while self._held:
            try:
                self._insert([self._book.row_of(self._held[0])])
            except ValuationsError as error:
                # A database that can be read may yet be locked, full or a standby: then all wait, this one too.
                if not isinstance(error.__cause__, (IntegrityError, DataError)):
                    raise
                log.warning("one of the %s could not be kept: %s", self._book.said, error.message)
                self._drop(1)
            del self._held[0]

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        with self._database.begin(always=True) as connection:
            insert_rows(connection, self._book.table, rows)
        self.counts.written += len(rows)

    def _guarded(self, work: Callable[[], object]) -> bool:
        """Do it; whatever goes wrong must not end the thread."""
        try:
            work()
        except ValuationsError as error:
            if self._pause_s == POLL_S:
                log.warning("%s wait to be kept in %s: %s", self._book.said, self._database.name, error.message)
            return False
        except Exception:
            log.exception("%s could not be kept", self._book.said)
            return False
        return True
