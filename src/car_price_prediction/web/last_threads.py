"""Threads that end last when a worker is killed, so that its connections are closed at once."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable

COUNT = 4
"""The system ends threads on several processors at once, in about the order in which they were started."""
AFTER_S = 1.0
"""By then the threads that answer are there, and these come after them."""
HIGHEST = ctypes.c_uint(2**32 - 1)
UNSHARE = 2
"""``CLOSE_RANGE_UNSHARE`` of Linux 5.9."""


def start_last_threads() -> None:
    """Start, in a while, threads that sleep for ever and hold no file; nothing where the system cannot do that.

    Linux closes the connections of a killed process when the last thread that shares them has ended, and takes its
    memory down, which takes some milliseconds, when the last thread of all has. Usually that is the same one, and does
    the second first: what clients send meanwhile is lost. A thread that shares no file and ends later lets the
    connections be closed before; their clients ask anew, of another worker.
    """
    close_range = getattr(ctypes.CDLL(None), "close_range", None) if sys.platform == "linux" else None
    if close_range is None:
        return
    later = threading.Timer(AFTER_S, _start, args=(close_range,))
    later.daemon = True
    later.start()


def _start(close_range: Callable[[int, ctypes.c_uint, int], int]) -> None:
    for _ in range(COUNT):
        threading.Thread(target=_outlast, args=(close_range,), name="last", daemon=True).start()


def _outlast(close_range: Callable[[int, ctypes.c_uint, int], int]) -> None:
    if close_range(0, HIGHEST, UNSHARE):  # of this thread alone: it has a table of files of its own from here on
        return
    assert sys.platform == "linux"
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    threading.Event().wait()
