"""What requests leave behind them: in memory for a moment, then in a file, until it is in the database.

A request appends what it has, and nothing else. A thread puts it into words and writes it down, many at once; another
process takes the files, see `writer`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from .entries import ANSWERS, Counts, Kind
from .segments import Own, bytes_of

log = logging.getLogger(__name__)

FOLDER = "valuations.waiting"
"""In the artifacts folder, which replicas share: what one leaves behind, another takes."""
FLUSH_S = 0.1
"""How long an answer waits in memory at most; nobody wakes the thread, which costs a request less."""
LINE, BLOCK = 32, 256
"""Entries that are put into words at once, and written at once: Python's lock is free between two blocks."""
MOST_WAITING = 20_000
LOOK_S, LOOK_AGAIN_S = 5.0, 1.0
"""How often it is looked what all files take; where there was no room, sooner."""
TELL_EVERY_S = 60.0
STOP_S = 2.0


class Journal:
    """Takes one kind of what is kept, of one process.

    Parameters
    ----------
    folder : Path
    most_bytes : int
        Of all files in it; what is beyond is dropped.
    kind : Kind
    most_waiting : int
        What may wait in memory, where no file takes it; one more is dropped.

    Attributes
    ----------
    counts : Counts
        ``written`` stays 0: that is for `writer.Writer` to say.
    """

    def __init__(
        self, folder: Path, most_bytes: int, kind: Kind = ANSWERS, *, most_waiting: int = MOST_WAITING
    ) -> None:
        self.counts = Counts()
        self._folder, self._most_bytes, self._kind, self._most_waiting = folder, most_bytes, kind, most_waiting
        self._own = Own(folder, kind.name)
        self._queue: deque[Any] = deque()
        self._held: list[Any] = []
        self._room = self._look_at = self._tell_at = self._fail_at = 0.0
        self._stopping, self._lock = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"journal of {kind.name}", daemon=True)

    @property
    def waiting(self) -> int:
        """What waits in this process, and in its file; what was handed over is not counted here."""
        return len(self._queue) + len(self._held) + self._own.count

    def keep(self, kept: object) -> None:
        """Take one; it is in a file a moment later, or it is counted as dropped."""
        if len(self._queue) < self._most_waiting:
            self._queue.append(kept)
            return
        self._drop(1)

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        self._thread.start()

    def stop(self) -> None:
        """Write down what waits, hand it over, and end; what no file takes is dropped."""
        self._stopping.set()
        self._thread.join(STOP_S)
        if left := len(self._queue) + len(self._held):
            log.warning("%d %s could not be kept: the server stops", left, self._kind.said)
            self._drop(left)

    def _run(self) -> None:
        while not self._stopping.wait(FLUSH_S):
            self._guarded()
        self._guarded(last=True)

    def _guarded(self, *, last: bool = False) -> None:
        """Flush; whatever goes wrong must not end the thread, nor fill the log."""
        try:
            self._flush(last=last)
        except Exception as error:  # noqa: BLE001 - it is told below
            self.counts.failures += 1
            if time.monotonic() >= self._fail_at:
                self._fail_at = time.monotonic() + TELL_EVERY_S
                reason = error.strerror if isinstance(error, OSError) else repr(error)
                log.warning("%s wait to be written to %s: %s", self._kind.said, self._folder, reason)

    def _flush(self, *, last: bool) -> None:
        while self._held or self._queue:
            if not self._held:
                self._held = [self._queue.popleft() for _ in range(min(len(self._queue), BLOCK))]
            self._write(self._held)
            self._held = []
            if self._own.ripe:
                self._own.hand_over()
        if last or self._own.ripe:
            self._own.hand_over()

    def _write(self, held: Sequence[Any]) -> None:
        lines = [self._line(held[start : start + LINE]) for start in range(0, len(held), LINE)]
        block, count = b"".join(line for line, _ in lines), sum(count for _, count in lines)
        if not self._has_room(len(block)):
            self._drop(count)
        elif count:
            self._own.append(block, count)

    def _line(self, kept: Sequence[Any]) -> tuple[bytes, int]:
        """Return a line of entries, and how many there are; one that JSON cannot hold is dropped."""
        entry_of = self._kind.entry_of
        try:
            return orjson.dumps([entry_of(one) for one in kept], option=orjson.OPT_APPEND_NEWLINE), len(kept)
        except TypeError:
            if len(kept) == 1:
                self._drop(1)
                return b"", 0
        lines = [self._line([one]) for one in kept]
        return b"".join(line for line, _ in lines), sum(count for _, count in lines)

    def _has_room(self, size: int) -> bool:
        now = time.monotonic()
        if now >= self._look_at:
            self._room = self._most_bytes - bytes_of(self._folder)
            self._look_at = now + (LOOK_S if self._room > size else LOOK_AGAIN_S)
        if self._room < size:
            self._look_at = min(self._look_at, now + LOOK_AGAIN_S)
            return False
        self._room -= size
        return True

    def _drop(self, count: int) -> None:
        # Requests of several threads may find no room at once.
        with self._lock:
            self.counts.dropped += count
            if time.monotonic() >= self._tell_at:
                self._tell_at = time.monotonic() + TELL_EVERY_S
                dropped = self.counts.dropped
                log.warning("%s are dropped, %d by now: the database does not take them", self._kind.said, dropped)
