"""The jobs in an SQLite file that all processes of the service share."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .job import STARTABLE, STATES, UNFINISHED, Claim, Findings, Job, State, Wish

TIMEOUT_S = 10.0
LOOK_S = 0.5
MOST_ATTEMPTS = 3
"""A job whose worker died so often is given up: it may be what kills them."""
GIVEN_UP = f"its worker ended {MOST_ATTEMPTS} times without a result: perhaps the file needs more memory than there is"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, state TEXT NOT NULL, file TEXT NOT NULL, wish TEXT NOT NULL,
    created_at REAL NOT NULL, expires_at REAL NOT NULL, queued_at REAL NOT NULL,
    token TEXT, beat_at REAL NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    rows_done INTEGER NOT NULL DEFAULT 0, rows_with_problems INTEGER NOT NULL DEFAULT 0,
    findings TEXT, problem TEXT, result TEXT
) STRICT
"""
_IN_STATES = "state IN ({})".format(", ".join(f"'{state}'" for state in UNFINISHED))


class JobStore:
    """Keeps jobs.

    Parameters
    ----------
    file : Path
        Made where it is not there; its folder must be.
    lease_s : float
        A worker that is silent for so long has lost its job.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> store = JobStore(Path(folder.name, "jobs.sqlite"), lease_s=15)
    >>> job = store.add("cars.csv", Wish(), owner="ann", keep_s=60)
    >>> claim = store.claim(at_once=1)
    >>> claim.job.id == job.id, store.get(job.id).state, store.claim(at_once=1)
    (True, 'running', None)
    >>> folder.cleanup()
    """

    def __init__(self, file: Path, *, lease_s: float) -> None:
        self._file, self._lease_s = file, lease_s
        with self._transaction() as database:
            database.execute(_SCHEMA)

    def add(self, file: str, wish: Wish, *, owner: str, keep_s: float, job_id: str | None = None) -> Job:
        """Add a job to the end of the queue."""
        now = time.time()
        values = (job_id or secrets.token_hex(16), owner, file, _text(wish), now, now + keep_s, now)
        with self._transaction() as database:
            database.execute(
                "INSERT INTO jobs (id, owner, state, file, wish, created_at, expires_at, queued_at)"
                " VALUES (?, ?, 'queued', ?, ?, ?, ?, ?)",
                values,
            )
        return Job(values[0], "queued", file, wish, now, now + keep_s)

    def get(self, job_id: str) -> Job | None:
        """Return a job; None where there is none, or none any more."""
        with self._transaction() as database:
            row = database.execute(
                "SELECT * FROM jobs WHERE id = ? AND expires_at > ?", (job_id, time.time())
            ).fetchone()
        return _job(row) if row else None

    def unfinished(self, owner: str | None = None) -> int:
        """Count the jobs that are still to be done, of one owner or of all."""
        mine = ("AND owner = ?", (owner,)) if owner is not None else ("", ())
        with self._transaction() as database:
            query = f"SELECT count(*) FROM jobs WHERE {_IN_STATES} AND expires_at > ? {mine[0]}"  # noqa: S608 - ours
            return int(database.execute(query, (time.time(), *mine[1])).fetchone()[0])

    def in_states(self) -> dict[State, int]:
        """Count the jobs in each state, without waiting for who changes one."""
        with closing(sqlite3.connect(self._file, timeout=LOOK_S)) as database:
            rows = database.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall()
        return dict.fromkeys(STATES, 0) | dict(rows)

    def start(self, job_id: str, wish: Wish) -> bool:
        """Queue a job that waits or has failed; False where it is in another state."""
        with self._transaction() as database:
            done = database.execute(
                "UPDATE jobs SET state = 'queued', wish = ?, queued_at = ?, attempts = 0, problem = NULL,"
                " rows_done = 0, rows_with_problems = 0, token = NULL WHERE id = ? AND state IN (?, ?)",
                (_text(wish), time.time(), job_id, *STARTABLE),
            )
            return done.rowcount == 1

    def claim(self, *, at_once: int) -> Claim | None:
        """Take the job that has waited longest, or one whose worker is silent, unless so many are worked on."""
        now, token = time.time(), secrets.token_hex(8)
        silent = now - self._lease_s
        with self._transaction() as database:
            database.execute(
                "UPDATE jobs SET state = 'failed', problem = ?, token = NULL"
                " WHERE state = 'running' AND beat_at < ? AND attempts >= ?",
                (GIVEN_UP, silent, MOST_ATTEMPTS),
            )
            row = database.execute(
                "UPDATE jobs SET state = 'running', token = ?, beat_at = ?, attempts = attempts + 1, rows_done = 0"
                " WHERE id = (SELECT id FROM jobs WHERE expires_at > ? AND"
                " (state = 'queued' OR (state = 'running' AND beat_at < ?)) ORDER BY queued_at LIMIT 1)"
                " AND (SELECT count(*) FROM jobs WHERE state = 'running' AND beat_at >= ?) < ? RETURNING *",
                (token, now, now, silent, silent, at_once),
            ).fetchone()
        return Claim(_job(row), token) if row else None

    def beat(self, claim: Claim, rows_done: int) -> bool:
        """Say that a job is still worked on; False where it is this worker's no more."""
        return self._update(claim, beat_at=time.time(), rows_done=rows_done)

    def note(self, claim: Claim, findings: Findings) -> bool:
        """Note what reading found out."""
        return self._update(claim, findings=_text(findings))

    def wait(self, claim: Claim) -> bool:
        """Let a job wait that was only to be read."""
        return self._update(claim, state="waiting", token=None)

    def finish(self, claim: Claim, *, rows: int, with_problems: int, result: str) -> bool:
        """Note that a job is done."""
        return self._update(
            claim, state="done", token=None, rows_done=rows, rows_with_problems=with_problems, result=result
        )

    def fail(self, claim: Claim, problem: str) -> bool:
        """Note that a job cannot be done."""
        return self._update(claim, state="failed", token=None, problem=problem)

    def give_back(self, claim: Claim, *, innocent: bool = False) -> None:
        """Let another worker take a job whose worker ended; it is given up where that happened too often.

        Parameters
        ----------
        claim : Claim
        innocent : bool
            Whether the job cannot be what ended it: the server was stopped.
        """
        with self._transaction() as database:
            if innocent:
                again = "UPDATE jobs SET attempts = attempts - 1 WHERE id = ? AND token = ?"
                database.execute(again, (claim.job.id, claim.token))
            database.execute(
                "UPDATE jobs SET token = NULL, state = iif(attempts >= ?, 'failed', 'queued'),"
                " problem = iif(attempts >= ?, ?, NULL) WHERE id = ? AND token = ?",
                (MOST_ATTEMPTS, MOST_ATTEMPTS, GIVEN_UP, claim.job.id, claim.token),
            )

    def cancel(self, job_id: str) -> bool:
        """Cancel a job that is not finished; False where it is, or where there is none."""
        with self._transaction() as database:
            query = f"UPDATE jobs SET state = 'cancelled', token = NULL WHERE id = ? AND {_IN_STATES}"  # noqa: S608
            return database.execute(query, (job_id,)).rowcount == 1

    def forget(self, job_id: str) -> bool:
        """Forget a job; False where there is none."""
        with self._transaction() as database:
            return database.execute("DELETE FROM jobs WHERE id = ?", (job_id,)).rowcount == 1

    def forget_expired(self) -> list[str]:
        """Forget the jobs whose time is up, and return their ids."""
        with self._transaction() as database:
            rows = database.execute("DELETE FROM jobs WHERE expires_at <= ? RETURNING id", (time.time(),)).fetchall()
        return [row["id"] for row in rows]

    def known(self) -> set[str]:
        """Return the ids of all jobs."""
        with self._transaction() as database:
            return {row["id"] for row in database.execute("SELECT id FROM jobs")}

    def _update(self, claim: Claim, **values: Any) -> bool:
        names = ", ".join(f"{name} = ?" for name in values)
        with self._transaction() as database:
            query = f"UPDATE jobs SET {names} WHERE id = ? AND token = ?"  # noqa: S608 - our own names
            return database.execute(query, (*values.values(), claim.job.id, claim.token)).rowcount == 1

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # A connection for each: it survives neither a fork nor a change of threads.
        with closing(sqlite3.connect(self._file, timeout=TIMEOUT_S, isolation_level=None)) as database:
            database.row_factory = sqlite3.Row
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")


def _text(value: Wish | Findings) -> str:
    return json.dumps(asdict(value))


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        state=row["state"],
        file=row["file"],
        wish=Wish(**json.loads(row["wish"])),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        rows_done=row["rows_done"],
        rows_with_problems=row["rows_with_problems"],
        findings=Findings.of(json.loads(row["findings"])) if row["findings"] else None,
        problem=row["problem"],
        result=row["result"],
    )
