"""Gives jobs to processes: a thread in each server process that claims one at a time and starts a worker for it."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .folder import JobFolder
from .job import Claim
from .store import JobStore
from .task import LOST, Task

log = logging.getLogger(__name__)

POLL_S = 0.2
SWEEP_S = 30.0
LEASE_S = 15.0
ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""A file takes one core, whatever reads or prices it; the others answer requests."""


Told = Callable[[str, Mapping[str, int]], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What jobs may take.

    Attributes
    ----------
    at_once : int
        Jobs that are worked on at once, by all server processes together.
    keep_s : float
        How long a job is kept.
    most_bytes, most_rows, most_unpacked_bytes : int
        Of a file.
    per_client, in_all : int
        Jobs that may be unfinished.
    folder_bytes : int
        That all files of all jobs may take together.
    at_once_bytes, at_once_rows : int
        Of a file that is answered at once, without a job.
    """

    at_once: int = 1
    keep_s: float = 86_400.0
    most_bytes: int = 1 << 28
    most_rows: int = 5_000_000
    most_unpacked_bytes: int = 1 << 32
    per_client: int = 5
    in_all: int = 100
    folder_bytes: int = 10 << 30
    at_once_bytes: int = 10_000_000
    at_once_rows: int = 20_000


class Runner:
    """Works on the jobs of a folder.

    Parameters
    ----------
    folder : JobFolder
    artifacts : Path
        Whose current model prices.
    limits : Limits
    told : callable, optional
        Gets the model version of each job that is done, and how many of its cars were priced with which confidence.
    """

    def __init__(self, folder: JobFolder, artifacts: Path, limits: Limits, told: Told = lambda *_: None) -> None:
        self._folder, self._artifacts, self._limits, self._told = folder, artifacts, limits, told
        self._store = JobStore(folder.database, lease_s=LEASE_S)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._swept = 0.0

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        self._thread.start()

    def stop(self) -> None:
        """End after the job that is under way is given back."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(POLL_S):
            try:
                self._sweep()
                claim = self._store.claim(at_once=self._limits.at_once)
                if claim:
                    self._work(claim)
            except Exception:
                log.exception("a job could not be worked on")
                self._stopping.wait(LEASE_S)

    def _work(self, claim: Claim) -> None:
        log.info("a job begins", extra={"data": {"job": claim.job.id[:8]}})
        task = Task(
            folder=str(self._folder.folder),
            artifacts=str(self._artifacts.absolute()),
            job_id=claim.job.id,
            token=claim.token,
            lease_s=LEASE_S,
            most_rows=self._limits.most_rows,
            most_bytes=self._limits.most_unpacked_bytes,
        )
        with subprocess.Popen(task.command(), env=os.environ | ONE_THREAD, stdin=subprocess.DEVNULL) as process:
            while process.poll() is None:
                if self._stopping.wait(POLL_S / 4):
                    process.kill()
        if process.returncode not in (0, LOST):
            log.warning("a job's worker ended", extra={"data": {"job": claim.job.id[:8], "code": process.returncode}})
        # It does nothing where the worker came to an end with the job.
        self._store.give_back(claim, innocent=self._stopping.is_set())
        job = self._store.get(claim.job.id)
        if job and job.state == "done" and job.findings:
            self._told(job.findings.model_version, self._folder.confidences(job))
        if job is None or job.state == "cancelled":
            self._folder.remove(claim.job.id)

    def _sweep(self) -> None:
        if time.monotonic() - self._swept < SWEEP_S:
            return
        self._swept = time.monotonic()
        for job_id in self._store.forget_expired():
            self._folder.remove(job_id)
        self._folder.remove_unknown(self._store.known())
