"""What a job's process is told, and what its end says. Apart from `worker`: that brings what reads and prices files."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass

LOST = 3
"""The exit code of a worker that lost its job."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is told: plain values, which go through a command line.

    Attributes
    ----------
    folder, artifacts : str
    job_id, token : str
        The job, and the claim on it.
    lease_s : float
    most_rows, most_bytes : int
        A longer file is refused, and one that grows to more when it is decompressed.
    """

    folder: str
    artifacts: str
    job_id: str
    token: str
    lease_s: float
    most_rows: int
    most_bytes: int

    def command(self) -> list[str]:
        """Return the command that does it."""
        return [sys.executable, "-m", "car_price_prediction.jobs.worker", json.dumps(asdict(self))]
