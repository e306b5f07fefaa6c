"""The process that does one job: reads the file, prices it, writes what came of it, and says how far it is."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
import tempfile
import threading
import traceback
from pathlib import Path

from car_price_prediction.batch.opened import OpenedFile, open_file
from car_price_prediction.batch.priced import How, PricedRows, price_rows
from car_price_prediction.batch.target import writer_for
from car_price_prediction.domain.errors import CarPriceError, ListingsError
from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.valuer import Valuer

from .findings import findings_of, problem_text
from .folder import CONFIDENCES, PROBLEMS, RESULTS, JobFolder
from .job import Claim, Job
from .store import JobStore
from .task import LOST, Task

BEAT_S = 0.5
NICENESS = 10
"""Single cars go before files."""


class Worker:
    """Does one job.

    Parameters
    ----------
    task : Task
    """

    def __init__(self, task: Task) -> None:
        self._task, self._rows_done = task, 0
        self._folder = JobFolder(Path(task.folder))
        self._store = JobStore(self._folder.database, lease_s=task.lease_s)

    def run(self) -> int:
        """Do it, and return the exit code."""
        job = self._store.get(self._task.job_id)
        claim = Claim(job, self._task.token) if job else None
        if job is None or claim is None or not self._store.beat(claim, 0):
            return LOST
        threading.Thread(target=self._beat, args=(claim, os.getppid()), daemon=True).start()
        try:
            self._do(job, claim)
        except CarPriceError as error:
            text = problem_text(error) if isinstance(error, ListingsError) else error.message
            self._store.fail(claim, text)
        except Exception:  # noqa: BLE001 - whatever it is, the sender must not wait for ever
            traceback.print_exc()
            self._store.fail(claim, "the file could not be priced, and not for its sake; the service's log says why")
        return 0

    def _do(self, job: Job, claim: Claim) -> None:
        scratch = self._folder.of(job.id) / claim.token
        scratch.mkdir(exist_ok=True)
        tempfile.tempdir = str(scratch)
        store = ModelStore(Path(self._task.artifacts))
        valuer = Valuer(read_contents(store.load(store.current_version())))
        file = self._read(job, claim, valuer)
        if not job.wish.price:
            self._store.wait(claim)
            return
        if file.problem:
            raise file.problem
        found = price_rows(valuer, file, How(strict=job.wish.strict, threads=1), self._tell)
        _write(found, scratch)
        self._store.finish(claim, rows=found.rows, with_problems=found.with_problems, result=claim.token)

    def _read(self, job: Job, claim: Claim, valuer: Valuer) -> OpenedFile:
        source = str(self._folder.sent(job.id, job.file))
        file = open_file(valuer, source, corrections=job.wish.columns, most_bytes=self._task.most_bytes)
        if file.rows > self._task.most_rows:
            raise ListingsError(
                f"the file has {file.rows:,} rows, at most {self._task.most_rows:,} are priced", hint="send it in parts"
            )
        self._store.note(claim, findings_of(valuer, file))
        return file

    def _tell(self, what: str, done: int, total: int) -> None:
        self._rows_done = done

    def _beat(self, claim: Claim, parent: int) -> None:
        """Say every now and then that this lives; end where the job is lost, or the server is gone."""
        pause = threading.Event()
        while not pause.wait(BEAT_S):
            if os.getppid() != parent:
                self._store.give_back(claim, innocent=True)
                os._exit(LOST)
            # A disk that is busy for long is no reason to give up.
            with contextlib.suppress(sqlite3.OperationalError):
                job = self._store.get(claim.job.id)
                lost = job is None or job.state in ("cancelled", "running")
                if not self._store.beat(claim, self._rows_done) and lost:
                    os._exit(LOST)


def _write(found: PricedRows, folder: Path) -> None:
    for name in RESULTS:
        with (folder / name).open("wb") as file:
            found.write(writer_for(name), file)
    (folder / PROBLEMS).write_text(json.dumps(found.problems), encoding="utf-8")
    (folder / CONFIDENCES).write_text(json.dumps(found.confidences), encoding="utf-8")


if __name__ == "__main__":
    os.nice(NICENESS)
    sys.exit(Worker(Task(**json.loads(sys.argv[1]))).run())
