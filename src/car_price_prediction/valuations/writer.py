"""Takes what requests left in files, and writes it into the database in batches."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from car_price_prediction.domain.errors import ValuationsError

from .books import BOOKS
from .database import Database
from .entries import ANSWERS, Counts
from .insertion import insert_rows
from .retention import Retention
from .row import Row
from .segments import Claim, Segment, adopt, claim, full_segments

log = logging.getLogger(__name__)

POLL_S = 0.25
"""How long a file waits at most before it is taken."""
BATCH = 1_000
"""Rows that are written at once, about: others who write to SQLite wait for them, which takes long at low priority."""
ADOPT_S = 5.0
LONGEST_PAUSE_S = 30.0
TIDY_AGAIN_S = TELL_EVERY_S = 60.0
STOP_S = 5.0
"""What is left then stays in its files."""


class Writer:
    """Writes what waits in a folder.

    Parameters
    ----------
    database : Database
    folder : Path
        See `journal.Journal`.
    retention : Retention, optional
        Deletes what is too old, now and then, in the same thread.

    Attributes
    ----------
    counts : mapping of str to Counts
        By the names of `entries.Kind`; failures are those of all, under that of the answers.
    problem : ValuationsError or None
        Why the database took nothing the last time.
    """

    def __init__(self, database: Database, folder: Path, retention: Retention | None = None) -> None:
        self.counts: Mapping[str, Counts] = {name: Counts() for name in BOOKS}
        self._database, self._folder, self._retention = database, folder, retention
        self._book = BOOKS[ANSWERS.name]
        self._claims: list[Claim] = []
        self._held: list[Row] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer of valuations", daemon=True)
        self.problem: ValuationsError | None = None
        self._pause_s, self._again_at, self._adopt_at = POLL_S, 0.0, 0.0
        self._tidy_at = self._tell_at = 0.0

    @property
    def waiting(self) -> int:
        """How many answers were handed over, and wait."""
        return sum(segment.count for segment in full_segments(self._folder) if segment.book == ANSWERS.name)

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        self._thread.start()

    def stop(self, wait_s: float = STOP_S) -> None:
        """Write what waits, for so long at most, and end; what is left then stays in its files."""
        self._stopping.set()
        self._thread.join(wait_s + POLL_S)
        self._database.close()

    def write_once(self, until: float = float("inf")) -> bool:
        """Write what waits, that of dead processes too, until a moment; return whether all of it was."""
        adopt(self._folder)
        return self._write_all(until)

    def _run(self) -> None:
        while not self._stopping.wait(POLL_S):
            self._guarded(self._look)
        until = time.monotonic() + STOP_S
        while not self._guarded(lambda: self.write_once(until)) and time.monotonic() < until:
            time.sleep(POLL_S)
        self._let_go()

    def _look(self) -> None:
        now = time.monotonic()
        if now >= self._adopt_at:
            self._adopt_at = now + ADOPT_S
            adopt(self._folder)
        if now >= self._again_at:
            good = self._write_all()
            if good:
                self._tidy()
            self._pause_s = POLL_S if good else min(self._pause_s * 2, LONGEST_PAUSE_S)
            self._again_at = 0.0 if good else time.monotonic() + self._pause_s

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

    def _write_all(self, until: float = float("inf")) -> bool:
        """Write what waits now; return whether the database took it."""
        left = deque(segment for segment in full_segments(self._folder) if segment.book in BOOKS)
        while time.monotonic() < until and (self._claims or self._take(left)):
            self.problem = None
            if not self._guarded(self._write):
                self.counts[ANSWERS.name].failures += 1
                return False
            for claimed in self._claims:
                claimed.settle()
            self._claims = []
        return True

    def _take(self, left: deque[Segment]) -> bool:
        """Take the next files, as many of one kind as make a batch; return whether there are any."""
        while left and len(self._held) < BATCH:
            if self._claims and left[0].book != self._book.kind.name:
                break
            claimed = claim(left.popleft())
            if claimed is not None:
                self._book = BOOKS[claimed.segment.book]
                self._claims.append(claimed)
                self._held += self._rows_of(claimed)
        return bool(self._claims)

    def _rows_of(self, claimed: Claim) -> list[Row]:
        rows, name = [], claimed.segment.path.name
        for entry in claimed.rows():
            try:
                rows.append(self._book.row_from(entry))
            except (ValueError, TypeError, AttributeError, LookupError) as error:
                log.warning("one of the %s in %s cannot be read: %r", self._book.kind.said, name, error)
        self._drop(max(claimed.segment.count - len(rows), 0))
        return rows

    def _write(self) -> None:
        if not self._held:
            return
        try:
            self._insert(self._held)
        except ValuationsError:
            self._write_singly()
        self._held = []

    def _write_singly(self) -> None:
        """Write a refused batch row by row, where the database answers at all: what it cannot hold is dropped.

        The batch may be there already: the connection broke when it was just committed, or the writer before ended.
        """
        with self._database.begin(always=True) as connection:
            key = self._book.key.name
            ids = [row[key] for row in self._held]
            there = set(connection.scalars(select(self._book.key).where(self._book.key.in_(ids))))
        self._count.written += len(there)
        self._held = [row for row in self._held if row[key] not in there]
        while self._held:
            try:
                self._insert(self._held[:1])
            except ValuationsError as error:
                # A database that can be read may yet be locked, full or a standby: then all wait, this one too.
                if not isinstance(error.__cause__, (IntegrityError, DataError)):
                    raise
                log.warning("one of the %s could not be kept: %s", self._book.kind.said, error.message)
                self._drop(1)
            del self._held[0]

    def _insert(self, rows: Sequence[Row]) -> None:
        with self._database.begin(always=True) as connection:
            insert_rows(connection, self._book.table, rows)
        self._count.written += len(rows)

    @property
    def _count(self) -> Counts:
        return self.counts[self._book.kind.name]

    def _drop(self, count: int) -> None:
        self._count.dropped += count

    def _let_go(self) -> None:
        for claimed in self._claims:
            claimed.release()
        self._claims, self._held = [], []

    def _guarded(self, work: Callable[[], Any]) -> bool:
        """Do it; whatever goes wrong must not end the thread. Return whether it went well, and was not refused."""
        try:
            return work() is not False
        except ValuationsError as error:
            self.problem = error
            if time.monotonic() >= self._tell_at:
                self._tell_at = time.monotonic() + TELL_EVERY_S
                log.warning("%s wait to be kept in %s: %s", self._book.kind.said, self._database.name, error.message)
        except Exception:
            log.exception("%s could not be kept", self._book.kind.said)
        return False
