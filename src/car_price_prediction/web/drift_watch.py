"""Has the cars that are kept compared with the training listings, now and then, in a process of its own.

A comparison needs Polars and some hundred milliseconds of a core: neither is to be in a worker that prices.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from car_price_prediction.drift.noted import Noted, last_try, turn
from car_price_prediction.jobs.runner import ONE_THREAD

log = logging.getLogger(__name__)

POLL_S = 60.0
RETRY_S = 3_600.0
"""So long after a comparison that failed, or found too few cars, the next one is due at the earliest."""
PATIENCE_S = 600.0
NICENESS = 10


class DriftWatch:
    """Looks in each worker whether a comparison is due, and has one of them make it.

    Parameters
    ----------
    artifacts : Path
    command : sequence of str
        Compares, and notes what it found.
    environ : mapping of str to str
        Of that process.
    every_s : float
    version : callable
        Which model answers; None where there is none.
    """

    def __init__(
        self,
        artifacts: Path,
        command: Sequence[str],
        environ: Mapping[str, str],
        every_s: float,
        version: Callable[[], str | None],
    ) -> None:
        self._artifacts, self._command, self._environ = artifacts, list(command), {**environ, **ONE_THREAD}
        self._every_s, self._version, self._noted = every_s, version, Noted(artifacts)

    def start(self) -> None:
        """Look from now on, in a thread that ends with the process."""
        threading.Thread(target=self._run, name="drift", daemon=True).start()

    def look(self) -> bool:
        """Compare where that is due and no other process does; return whether this one did."""
        tried = last_try(self._artifacts)
        if not self._due(time.time(), tried):
            return False
        with turn(self._artifacts, tried) as ours:
            if ours:
                self._compare()
        return ours

    def _due(self, now: float, tried: float) -> bool:
        version = self._version()
        if version is None or now - tried < min(self._every_s, RETRY_S):
            return False
        found = self._noted.get()
        if found is None or found.version != version or found.verdict == "too few":
            return True
        return now - found.made_at.timestamp() >= self._every_s

    def _compare(self) -> None:
        process = subprocess.Popen(
            self._command,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            nice = max(os.getpriority(os.PRIO_PROCESS, process.pid), NICENESS)
            os.setpriority(os.PRIO_PROCESS, process.pid, nice)
            _, told = process.communicate(timeout=PATIENCE_S)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            process.kill()
            _, told = process.communicate()
        if process.returncode:
            first = told.partition("\n")[0] or f"it ended with {process.returncode}"
            log.warning("the kept cars could not be compared with the training listings: %s", first)

    def _run(self) -> None:
        while True:
            time.sleep(min(self._every_s, POLL_S))
            try:
                self.look()
            except Exception:
                log.exception("the kept cars could not be compared with the training listings")
