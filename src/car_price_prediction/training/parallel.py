"""Fits side by side, a core each.

One fit on several cores makes its threads wait for each other thousands of times a second: on a busy machine, or a
virtual one where waking a thread is slow, that takes many times as long as the fit itself. Fits that know nothing of
each other wait for nobody. The libraries let go of Python's lock while they compute, so threads are enough.

`Threads` is the engine of one machine; another is in `car_price_prediction.scale`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread, local
from typing import Any, TypeVar

from .engine import Boosting, Job, Kept, Value

Result = TypeVar("Result")

CGROUP = Path("/sys/fs/cgroup")
MOST_AT_ONCE = 8
"""There are hardly more fits than that at a time; further cores are given to each fit."""
SELDOM_MET = 1_000_000
"""Of so many rows each thread has work for some milliseconds before it waits for the others."""

_worker = local()


def cores(cgroup: Path = CGROUP) -> int:
    """Return how many cores this process may use: those of the machine, or fewer where a container is limited.

    Parameters
    ----------
    cgroup : Path
        Where the kernel tells the limits, of either version of control groups.
    """
    machine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = _limit(cgroup)
    return min(machine, max(1, math.ceil(limit))) if limit else machine


def _limit(cgroup: Path) -> float:
    """Return a container's limit in cores, or 0 where it has none."""
    both, apart = ("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")
    for names in (both, apart):
        match [number for name in names for number in _numbers(cgroup / name)]:
            case [quota, period] if quota > 0 and period > 0:
                return quota / period
    return 0.0


def _numbers(path: Path) -> list[int]:
    """Return the numbers in one of the kernel's files; no limit is "max" in version 2, -1 in version 1."""
    try:
        return [int(word) for word in path.read_text(encoding="ascii").replace("max", "-1").split()]
    except (OSError, ValueError):
        return []


def threads(rows: int = 0) -> int:
    """Return how many threads one fit takes: one, unless there are more cores than fits.

    No more than ``OMP_NUM_THREADS``: what starts fits side by side says with it how many cores each may use.

    Parameters
    ----------
    rows : int
        That it learns from. Where they are so many that its threads seldom meet, it also takes what cores the fits that
        were begun with it leave.
    """
    told = os.environ.get("OMP_NUM_THREADS", "")
    most = int(told) if told.isdecimal() else cores()
    left = getattr(_worker, "cores", 1) if rows >= SELDOM_MET else 1
    return max(1, min(max(cores() // MOST_AT_ONCE, left), most))


def run_all(jobs: Sequence[Callable[[], Result]], done: Callable[[], None] = lambda: None) -> list[Result]:
    """Run jobs side by side, and return their results in the order of the jobs.

    Parameters
    ----------
    jobs : sequence of callable
        Started in this order: the longest first keeps the cores busy to the end.
    done : callable, optional
        Called after each job, in the calling thread.

    Raises
    ------
    Exception
        What the first job to fail raised; jobs that were not started then are not.

    Examples
    --------
    >>> run_all([lambda: 1, lambda: 2])
    [1, 2]
    """
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(len(jobs)):
        waiting.put(number)
    finished: SimpleQueue[tuple[int, Result | None, BaseException | None]] = SimpleQueue()

    workers = min(cores(), MOST_AT_ONCE, len(jobs))

    def work() -> None:
        _worker.cores = cores() // workers
        with suppress(Empty):
            while True:
                number = waiting.get_nowait()
                try:
                    finished.put((number, jobs[number](), None))
                except BaseException as error:  # noqa: BLE001 - raised again, in the thread that waits for it
                    finished.put((number, None, error))

    # Threads of a pool would be waited for at Ctrl-C, as long as their fits take; these end with the program.
    for _ in range(workers):
        Thread(target=work, daemon=True).start()
    try:
        return _collect(finished, len(jobs), done)
    finally:
        with suppress(Empty):
            while True:
                waiting.get_nowait()


def _collect(
    finished: SimpleQueue[tuple[int, Result | None, BaseException | None]], count: int, done: Callable[[], None]
) -> list[Result]:
    results: dict[int, Any] = {}
    while len(results) < count:
        number, result, error = finished.get()
        if error is not None:
            raise error
        results[number] = result
        done()
    return [results[number] for number in range(count)]


def nothing() -> None:
    """Do nothing."""


class Threads:
    """The engine of one machine: jobs run in threads, and what is kept is the thing itself.

    Examples
    --------
    >>> engine = Threads()
    >>> engine.run_all([Job(max, (engine.keep(3), 2)), Job(min, (3, 2))])
    [3, 2]
    """

    def keep(self, value: Value) -> Kept[Value]:
        """Hold a value."""
        return Kept(value)

    def run_all(self, jobs: Sequence[Job[Result]], done: Callable[[], None] = nothing) -> list[Result]:
        """Run jobs in threads; see `run_all`."""
        return run_all([_call_of(job) for job in jobs], done)

    def run_kept(self, jobs: Sequence[Job[Result]]) -> list[Kept[Result]]:
        """Run jobs in threads, and hold their results."""
        return [Kept(result) for result in self.run_all(jobs)]

    def boosting(self, rows: int) -> Boosting | None:
        """Return None: there is one machine."""
        return None


def _call_of(job: Job[Result]) -> Callable[[], Result]:
    given = (value.handle if isinstance(value, Kept) else value for value in job.arguments)
    return partial(job.function, *given)
