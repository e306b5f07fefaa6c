"""`POST /predict/file`: a file of cars in, the same rows with their prices out, at once."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Blueprint, Response, request

from car_price_prediction.jobs.folder import AT_ONCE
from car_price_prediction.jobs.runner import Limits

from .current import Desk
from .problems import RequestProblem
from .query import Parameter, choice, read_query
from .readers import LANG
from .uploads import AS_JOB, FORMAT, IN_LANGUAGE, NAME, STRICT, FileTooLargeError, Uploads, drained, receive

QUERY: Mapping[str, Parameter] = {
    "name": NAME,
    "strict": STRICT,
    "format": choice("The format of the answer; without it, Parquet for Parquet and CSV for all else.", FORMAT),
    LANG: IN_LANGUAGE,
}
TURNS, WAIT_S = 1, 10.0
"""Files that a worker process prices at once, and how long another waits: single cars need threads, too."""


def make_files(desk: Desk, uploads: Uploads) -> Blueprint:
    """Return ``/predict/file``."""
    files = Blueprint("files", __name__)
    turns = threading.BoundedSemaphore(TURNS)

    @files.post("/predict/file")
    def price_file() -> Response:
        with drained(request), tempfile.TemporaryDirectory(prefix=AT_ONCE, dir=uploads.folder.folder) as folder:
            valuer = desk.current().valuer
            asked = read_query(request.environ["QUERY_STRING"], QUERY)
            path = _received(Path(folder), asked.get("name"), uploads.limits)
            with _turn(turns):
                # Polars comes with it, which prices alone do without: the first file waits for that, no price does.
                from .priced_file import answer_file  # noqa: PLC0415

                answer, confidences = answer_file(valuer, path, uploads.limits, asked)
            desk.observer.quoted_file("file", valuer.manifest.version, confidences)
            return answer

    return files


def _received(folder: Path, name: str | None, limits: Limits) -> Path:
    try:
        return receive(request, folder, name=name, most=limits.at_once_bytes)
    except FileTooLargeError:
        detail = f"the file is larger than the {limits.at_once_bytes:,} bytes that are answered at once"
        raise RequestProblem(413, "file_too_large", detail, hint=AS_JOB) from None


@contextmanager
def _turn(turns: threading.BoundedSemaphore) -> Iterator[None]:
    if not turns.acquire(timeout=WAIT_S):
        raise RequestProblem(503, "busy", "other files are being priced", hint=AS_JOB)
    try:
        yield
    finally:
        turns.release()
