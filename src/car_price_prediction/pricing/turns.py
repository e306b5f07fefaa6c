"""How soon a thread that waits for the interpreter gets it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

SHORT_S = 0.0002

_lock = Lock()
_usual_s: list[float] = []
"""What the interval was before, once for each thread that wants short turns."""


@contextmanager
def short_turns() -> Iterator[None]:
    """Let threads that wait ask for the interpreter sooner, for as long as this lasts in any thread.

    With Python's own 5 ms, a thread with long work, such as loading a model, gets next to no turn beside one that
    answers requests all the time, which gives way often, but for too short. Always to switch so soon would cost those
    answers a twentieth of their time.

    Examples
    --------
    >>> with short_turns():
    ...     round(sys.getswitchinterval(), 6)
    0.0002
    """
    with _lock:
        _usual_s.append(_usual_s[0] if _usual_s else sys.getswitchinterval())
        sys.setswitchinterval(SHORT_S)
    try:
        yield
    finally:
        with _lock:
            usual_s = _usual_s.pop()
            if not _usual_s:
                sys.setswitchinterval(usual_s)
