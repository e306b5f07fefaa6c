"""The last comparison of the service, in a file of the artifacts folder: made once, for all workers and replicas."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from car_price_prediction.package.files import replace_file

from .report import FORMAT, DriftReport

log = logging.getLogger(__name__)

FILE, LOCK = "drift.json", "drift.lock"


def note_drift(artifacts: Path, report: DriftReport) -> None:
    """Put a comparison in the place of the last one."""
    replace_file(artifacts / FILE, report.model_dump_json())


class Noted:
    """Reads the last comparison, anew where it changed.

    Parameters
    ----------
    artifacts : Path
    """

    def __init__(self, artifacts: Path) -> None:
        self._path = artifacts / FILE
        self._read: tuple[tuple[int, int], DriftReport | None] | None = None

    def get(self) -> DriftReport | None:
        """Return it; None where there is none, or none that can be read."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        mark = (found.st_mtime_ns, found.st_ino)
        if self._read is None or self._read[0] != mark:
            self._read = (mark, _read(self._path))
        return self._read[1]


def _read(path: Path) -> DriftReport | None:
    try:
        found = DriftReport.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read and is made anew: %s", path, type(error).__name__)
        return None
    return found if found.format == FORMAT else None


def last_try(artifacts: Path) -> float:
    """Return when somebody last began to compare, in seconds since 1970; 0 where nobody did."""
    try:
        return (artifacts / LOCK).stat().st_mtime
    except OSError:
        return 0.0


@contextmanager
def turn(artifacts: Path, since: float) -> Iterator[bool]:
    """Say whether it is this process's turn to compare: of all, one at a time, and none that another just began.

    Parameters
    ----------
    artifacts : Path
    since : float
        What `last_try` said before.
    """
    with (artifacts / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        # A lock that was just made has a time of its own, and nobody's.
        free = last_try(artifacts) == since or since == 0.0
        if free:
            now = time.time()
            os.utime(artifacts / LOCK, (now, now))
        yield free
