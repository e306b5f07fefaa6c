"""How a worker process is: looked at every second, for what nobody counts."""

from __future__ import annotations

import os
import resource
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .guard import Guard
from .metrics import KEPT, Metrics

if TYPE_CHECKING:
    from car_price_prediction.valuations.writer import Writer

EVERY_S = 1.0
_MEMORY = Path("/proc/self/statm")


class Vitals:
    """Looks at a worker, and notes what it saw.

    Parameters
    ----------
    metrics : Metrics
    guard : Guard
    waiting : int
        Requests that it takes on at once.
    writer : Writer, optional
        Keeps answers, where any are kept.
    """

    def __init__(self, metrics: Metrics, guard: Guard, waiting: int, writer: Writer | None = None) -> None:
        self._metrics, self._guard, self._writer = metrics, guard, writer
        self._cpu_s = 0.0
        self._kept = (0, 0, 0)
        metrics.started(1)
        metrics.workers(1)
        metrics.most_in_flight(waiting)

    def start(self) -> None:
        """Look from now on, in a thread that ends with the process."""
        threading.Thread(target=self._look_on, name="vitals", daemon=True).start()

    def look(self) -> None:
        """Look once."""
        self._metrics.in_flight(self._guard.active)
        self._metrics.slow_bodies(self._guard.slow)
        self._metrics.memory(_resident_bytes())
        used_s = time.process_time()
        self._metrics.cpu(used_s - self._cpu_s)
        self._cpu_s = used_s
        if self._writer is not None:
            self._look_at(self._writer)

    def _look_at(self, writer: Writer) -> None:
        counts, before = writer.counts, self._kept
        self._kept = now = (counts.written, counts.dropped, counts.failures)
        adders = (*(self._metrics.kept[result,] for result in KEPT), self._metrics.kept_failures)
        for add, new, old in zip(adders, now, before, strict=True):
            add(new - old)
        self._metrics.kept_waiting(writer.waiting)

    def _look_on(self) -> None:
        while True:
            self.look()
            time.sleep(EVERY_S)


def _resident_bytes() -> int:
    """Return this process's memory now; where the system does not tell, the most that it ever had."""
    with suppress(OSError):
        return int(_MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024
