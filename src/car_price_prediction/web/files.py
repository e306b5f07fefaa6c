"""`POST /predict/file`: a file of cars in, the same rows with their prices out, at once."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Blueprint, Response, request

from car_price_prediction.batch.opened import OpenedFile, open_file
from car_price_prediction.batch.priced import How, PricedRows, price_rows
from car_price_prediction.batch.target import writer_for
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.jobs.folder import AT_ONCE
from car_price_prediction.jobs.runner import Limits
from car_price_prediction.pricing.valuer import Valuer

from .current import Desk
from .problems import RequestProblem
from .query import Parameter, choice, read_query
from .readers import LANG
from .uploads import CONTENT_TYPES, FORMAT, IN_LANGUAGE, NAME, STRICT, FileTooLargeError, Uploads, drained, receive

QUERY: Mapping[str, Parameter] = {
    "name": NAME,
    "strict": STRICT,
    "format": choice("The format of the answer; without it, Parquet for Parquet and CSV for all else.", FORMAT),
    LANG: IN_LANGUAGE,
}
AS_JOB = "send it to POST /jobs: the answer is then fetched when it is ready"
NAME_COLUMNS = "send it to POST /jobs?start=0, and name its columns when you start the job"
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
            with _turn(turns), _told():
                answer, found = _answer(valuer, path, uploads.limits, asked)
            desk.observer.quoted_file("file", valuer.manifest.version, found.confidences)
            return answer

    return files


def _received(folder: Path, name: str | None, limits: Limits) -> Path:
    try:
        return receive(request, folder, name=name, most=limits.at_once_bytes)
    except FileTooLargeError:
        detail = f"the file is larger than the {limits.at_once_bytes:,} bytes that are answered at once"
        raise RequestProblem(413, "file_too_large", detail, hint=AS_JOB) from None


def _answer(valuer: Valuer, path: Path, limits: Limits, asked: Mapping[str, str]) -> tuple[Response, PricedRows]:
    opened = open_file(valuer, str(path), most_bytes=max(limits.at_once_bytes * 10, path.stat().st_size))
    _check(opened, limits)
    how = How(strict=bool(asked.get("strict")), threads=1)
    kind = asked.get("format") or ("parquet" if _is_parquet(path) else "csv")
    with tempfile.TemporaryFile(dir=path.parent) as out:
        found = price_rows(valuer, opened, how)
        found.write(writer_for(f"priced.{kind}"), out)
        out.seek(0)
        answer = Response(out.read(), content_type=CONTENT_TYPES[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{path.name.split('.')[0]}-priced.{kind}")
    return answer, found


def _check(opened: OpenedFile, limits: Limits) -> None:
    if opened.rows > limits.at_once_rows:
        detail = f"the file has {opened.rows:,} rows, at most {limits.at_once_rows:,} are answered at once"
        raise RequestProblem(413, "too_many_rows", detail, hint=AS_JOB)
    if opened.problem:
        raise opened.problem


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


@contextmanager
def _told() -> Iterator[None]:
    """Tell clients what is wrong with a file; a hint that speaks of the command line is put in the API's words."""
    try:
        yield
    except ListingsError as error:
        hint = NAME_COLUMNS if "--" in error.hint else error.hint
        raise RequestProblem(422, error.code, error.message, hint=hint) from None


@contextmanager
def _turn(turns: threading.BoundedSemaphore) -> Iterator[None]:
    if not turns.acquire(timeout=WAIT_S):
        raise RequestProblem(503, "busy", "other files are being priced", hint=AS_JOB)
    try:
        yield
    finally:
        turns.release()
