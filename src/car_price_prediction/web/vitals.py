"""How a worker process is: looked at every second, for what nobody counts."""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .guard import Guard
from .metrics import RELOADED, SHADOWED, Metrics
from .numbers import Add

if TYPE_CHECKING:
    from car_price_prediction.shadow.shadow import Shadow
    from car_price_prediction.valuations.journal import Journal

EVERY_S = 1.0
_MEMORY = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Behind:
    """What works behind the requests, where it does.

    Attributes
    ----------
    journal : Journal or None
        Takes the answers that are kept.
    shadow : Shadow or None
        Prices with the challenger.
    challengers : Journal or None
        Takes the challenger's prices that are.
    """

    journal: Journal | None = None
    shadow: Shadow | None = None
    challengers: Journal | None = None


class Vitals:
    """Looks at a worker, and notes what it saw.

    Parameters
    ----------
    metrics : Metrics
    guard : Guard
    waiting : int
        Requests that it takes on at once.
    behind : Behind, optional
        What works behind the requests.
    """

    def __init__(self, metrics: Metrics, guard: Guard, waiting: int, behind: Behind | None = None) -> None:
        self._metrics, self._guard, self._behind = metrics, guard, behind or Behind()
        self._cpu_s = 0.0
        self._seen: dict[str, tuple[int, ...]] = {}
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
        self._look_behind(self._behind)

    def _look_behind(self, behind: Behind) -> None:
        metrics = self._metrics
        if behind.journal is not None:
            metrics.kept.add("answers", behind.journal.counts)
            metrics.kept.waiting(behind.journal.waiting)
        if behind.shadow is not None:
            met = behind.shadow.counts
            self._add("cars", [metrics.shadow_cars[r,] for r in SHADOWED], (met.priced, met.dropped, met.failed))
            self._add("loads", [metrics.shadow_loads[r,] for r in RELOADED], (met.loaded, met.refused))
            metrics.shadow_waiting(behind.shadow.waiting)
        if behind.challengers is not None:
            metrics.kept.add("challengers", behind.challengers.counts)

    def _add(self, name: str, adders: Sequence[Add], now: tuple[int, ...]) -> None:
        """Add what was counted since the last look."""
        before = self._seen.get(name, (0,) * len(now))
        self._seen[name] = now
        for add, new, old in zip(adders, now, before, strict=True):
            add(new - old)

    def _look_on(self) -> None:
        while True:
            self.look()
            time.sleep(EVERY_S)


def _resident_bytes() -> int:
    """Return this process's memory now; where the system does not tell, the most that it ever had."""
    with suppress(OSError):
        return int(_MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024
