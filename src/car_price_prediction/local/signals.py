"""Requests to stop: Ctrl-C, SIGTERM and a closed terminal, counted instead of acted on at once."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Self

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequests:
    """Counts requests to stop while it is entered; the loop that owns the children looks at the count.

    Nothing is raised out of a handler, so that a second Ctrl-C cannot break a stop that is under way.

    Attributes
    ----------
    count : int
        One means stop in order, more mean at once.
    """

    def __init__(self) -> None:
        self.count = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._note) for number in STOPPING}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
