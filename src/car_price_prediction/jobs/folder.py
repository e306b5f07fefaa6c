"""The folder of the jobs: the file that each was sent, and what came of it. Nothing is written outside it."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from car_price_prediction.domain.errors import SettingsError

from .job import Job

DATABASE = "jobs.sqlite"
SENT, RESULTS = "sent", ("result.csv", "result.parquet")
PROBLEMS, CONFIDENCES = "problems.json", "confidences.json"
AT_ONCE = "file-"
"""Begins the names of folders for files that are answered at once."""
FRESH_S = 3_600.0
"""A folder without a job may belong to one that is being sent; after so long it does not."""
SET_IT = "set CAR_PRICE_JOBS_FOLDER"
_ID = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^\w.() -]")
LONGEST_NAME = 60  # of up to four bytes each


def default_folder() -> Path:
    """Return the folder that is used where none is set: this user's own among the system's temporary files."""
    return Path(tempfile.gettempdir(), f"car-price-jobs-{os.getuid()}")


class JobFolder:
    """Where the files of the jobs are.

    Parameters
    ----------
    folder : Path
        Made where it is not there; only this user may look into it.

    Raises
    ------
    SettingsError
        Where it cannot be made or is somebody else's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"{folder} cannot be made: {error.strerror}", hint=SET_IT) from None
        anybody = folder == default_folder() and folder.stat().st_uid != os.getuid()
        if anybody or folder.is_symlink() or not os.access(folder, os.W_OK | os.X_OK):
            raise SettingsError(f"{folder} is not a folder that may be written", hint=SET_IT)

    @property
    def database(self) -> Path:
        """The file of the states."""
        return self.folder / DATABASE

    def new(self) -> str:
        """Make a job's folder, and return the id of the job."""
        job_id = secrets.token_hex(16)
        self.of(job_id).mkdir(mode=0o700)
        (self.of(job_id) / SENT).mkdir()
        return job_id

    def of(self, job_id: str) -> Path:
        """Return a job's folder.

        Raises
        ------
        ValueError
            Where that is no id.
        """
        if not _ID.fullmatch(job_id):
            raise ValueError(job_id)
        return self.folder / job_id

    def sent(self, job_id: str, name: str) -> Path:
        """Return where the file that a job was sent is."""
        return self.of(job_id) / SENT / safe_name(name)

    def confidences(self, job: Job) -> dict[str, int]:
        """Return how many cars of a job that is done were priced with which confidence."""
        if job.result is None:
            return {}
        try:
            found: dict[str, int] = json.loads((self.of(job.id) / job.result / CONFIDENCES).read_bytes())
        except FileNotFoundError:  # removed in the meantime
            return {}
        return found

    def room_bytes(self, most: int) -> int:
        """Return how much more may be put here: up to so many bytes in all, and not more than the disk has left."""
        used = sum(_size(path) for path in self.folder.rglob("*"))
        return min(most - used, shutil.disk_usage(self.folder).free)

    def remove(self, job_id: str) -> None:
        """Remove a job's files."""
        shutil.rmtree(self.of(job_id), ignore_errors=True)

    def remove_unknown(self, known: Collection[str]) -> None:
        """Remove old folders that belong to no job, and those of requests that a process left when it was killed."""
        for path in self.folder.iterdir():
            ours = _ID.fullmatch(path.name) or path.name.startswith(AT_ONCE)
            if ours and path.name not in known and _age_s(path) > FRESH_S:
                shutil.rmtree(path, ignore_errors=True)


def safe_name(name: str) -> str:
    """Return a file's name without folders and without what a file system could take amiss.

    Examples
    --------
    >>> safe_name("../../etc/cars: May*.csv"), safe_name("..")
    ('cars_ May_.csv', 'file')
    """
    last = re.split(r"[/\\]", name)[-1]
    return _UNSAFE.sub("_", last)[-LONGEST_NAME:].strip(". ") or "file"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone in the meantime
        return 0


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
