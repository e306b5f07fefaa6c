"""How the system shares a processor among the threads of a worker: to whoever wakes, or in whole turns."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_S = 0.1
CROWD = 0.5
"""So large a share of the requests came while others were being answered: many clients ask at once."""

THREADS = Path("/proc/self/task")

Tell = Callable[[bool], None]
"""Asks the system for whole turns, or for its usual ones, for all threads of this process."""


class Turns:
    """Lets threads take whole turns while many clients ask, and only then.

    Three threads of a worker hand each request on. By the system's usual policy each of them, as it wakes, may take the
    processor from the one that works on the request before, and gives it back at once. In whole turns (``SCHED_BATCH``)
    it waits until the other one sleeps, and finds all that arrived meanwhile. But then it waits for anybody else who
    has the processor, too, for some milliseconds: for long work of this process, or a program of low priority. So one
    client at a time, and whoever asks beside long work, is served by the usual policy.

    Parameters
    ----------
    tell : callable
        See `turns_of_threads`.

    Examples
    --------
    >>> turns = Turns(tell=lambda whole: print("whole turns" if whole else "usual turns"))
    >>> for beside in (True, True, False):
    ...     turns.arrived(beside)
    >>> turns.look()
    whole turns
    >>> with turns.long_work():
    ...     pass
    usual turns
    whole turns
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._arrived = self._beside = self._long = 0
        self._crowded = self._whole = False

    def arrived(self, beside: bool) -> None:
        """Count a request, and whether others are being answered."""
        self._arrived += 1
        self._beside += beside

    @contextmanager
    def long_work(self) -> Iterator[None]:
        """Have the usual turns while something works for long."""
        self._long += 1
        self._choose()
        try:
            yield
        finally:
            self._long -= 1
            self._choose()

    def look(self) -> None:
        """Find out whether many ask at once, from what arrived since the last time."""
        self._crowded = self._beside > CROWD * self._arrived
        self._arrived = self._beside = 0
        self._choose()

    async def follow(self) -> None:
        """Look again and again; for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def _choose(self) -> None:
        whole = self._crowded and not self._long
        if whole != self._whole:
            self._whole = whole
            self._tell(whole)


def turns_of_threads() -> Tell:
    """Return what asks for turns; it does nothing where the system knows no other turns, or somebody chose some."""
    if sys.platform != "linux" or not THREADS.is_dir() or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return lambda _: None
    return _tell


def _tell(whole: bool) -> None:
    assert sys.platform == "linux"
    policy = os.SCHED_BATCH if whole else os.SCHED_OTHER
    for thread in THREADS.iterdir():
        with contextlib.suppress(OSError):  # it has ended, or a sandbox forbids it: then it is a little slower
            os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))
