"""The numbers of all worker processes: each writes its own to files in memory, whoever is asked adds them up.

What a process wrote outlives it, so that counts never fall while the server runs.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from .numbers_folder import LOCK

KEPT_DEAD = 8
"""So many dead processes keep files of their own; those of more are put together."""
ENDED = "ended"
"""In place of a process's number: all that ended."""


def forget_dead(folder: Path) -> None:
    """Remove what only living processes may tell; put the counts of processes together where many have ended.

    Called by each worker when it begins, whose number may have been a dead one's.
    """
    with _locked(folder, fcntl.LOCK_EX):
        dead = {pid for pid in _pids(folder) if pid == os.getpid() or not _lives(pid)}
        for pid in dead:
            mark_process_dead(pid, str(folder))
        ended = [str(folder / f"{kind}_{pid}.db") for kind in ("counter", "histogram") for pid in dead - {os.getpid()}]
        files = [file for file in ended if Path(file).exists()]
        if len(files) > 2 * KEPT_DEAD:
            _put_together(folder, files)


@contextmanager
def added_up(folder: Path) -> Iterator[MultiProcessCollector]:
    """Give a collector of all workers' numbers, which stay where they are for as long."""
    with _locked(folder, fcntl.LOCK_SH):
        yield MultiProcessCollector(None, str(folder))


def _put_together(folder: Path, files: Iterable[str]) -> None:
    for kind in ("counter", "histogram"):
        own = [file for file in files if Path(file).name.startswith(kind)]
        whole = folder / f"{kind}_{ENDED}.db"
        if whole.exists():
            own.append(str(whole))
        new = folder / f"{kind}_{ENDED}.new"
        new.unlink(missing_ok=True)
        numbers = MmapedDict(str(new))
        for metric in MultiProcessCollector.merge(own, accumulate=False):
            for sample in metric.samples:
                names, values = list(sample.labels), list(sample.labels.values())
                key = mmap_key(metric.name, sample.name, names, values, metric.documentation)
                numbers.write_value(key, sample.value, 0.0)
        numbers.close()
        new.replace(whole)
        for file in own:
            if file != str(whole):
                Path(file).unlink(missing_ok=True)


def _pids(folder: Path) -> set[int]:
    numbers = (file.stem.rpartition("_")[2] for file in folder.glob("*.db"))
    return {int(number) for number in numbers if number.isdecimal()}


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, 0)
        return True
    return False


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    with (folder / LOCK).open("a") as lock:
        fcntl.flock(lock, how)
        yield
