"""The last comparison of the service, in a file of the artifacts folder: made once, for all workers and replicas."""

from __future__ import annotations

import fcntl
import logging
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


def noted_drift(artifacts: Path) -> DriftReport | None:
    """Return the last comparison; None where there is none, or it cannot be read."""
    path = artifacts / FILE
    try:
        found = DriftReport.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read and is made anew: %s", path, type(error).__name__)
        return None
    return found if found.format == FORMAT else None


@contextmanager
def turn(artifacts: Path) -> Iterator[bool]:
    """Say whether it is this process's turn to compare: of all, one at a time."""
    with (artifacts / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
