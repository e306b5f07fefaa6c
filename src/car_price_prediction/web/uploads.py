"""Takes a file out of a request's body, piece by piece, into a folder of the service's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser

from car_price_prediction.jobs.folder import JobFolder, safe_name
from car_price_prediction.jobs.runner import Limits

from .drain import drain
from .problems import RequestProblem
from .query import flag, text

FIELD = "file"
MULTIPART = "multipart/form-data"
PART = ".part-"
"""Begins the names of files as they arrive; no file is called so, for a name begins with no dot."""
MOST_PARTS, MOST_TEXT_BYTES = 10, 100_000
PIECE_BYTES = 1 << 18

NAME = text("The file's name, where its bytes are the body.")
STRICT = flag("Give no price to a car that is too little known, but the reasons.")
IN_LANGUAGE = text("The language of texts for people, such as `de`; the API's own English where it is not known.")
AS_JOB = "send it to POST /jobs: the answer is then fetched when it is ready"
FORMAT: Mapping[str, str] = {"csv": "csv", "parquet": "parquet"}
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True, slots=True)
class Uploads:
    """Where files go that are sent, and what they may take."""

    folder: JobFolder
    limits: Limits


class FileTooLargeError(Exception):
    """More is sent than may be."""


@dataclass(slots=True)
class Bounded:
    """A request's body, of which only so much is read."""

    stream: Any
    most: int
    length: int | None
    read_so_far: int = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        if (self.length or 0) > self.most:
            raise FileTooLargeError
        piece: bytes = self.stream.read(size if size > 0 else PIECE_BYTES)
        self.read_so_far += len(piece)
        if self.read_so_far > self.most:
            raise FileTooLargeError
        return piece


@contextmanager
def drained(request: Request) -> Iterator[None]:
    """Read what is still being sent of a request that is refused: many clients listen only after they have sent all."""
    try:
        yield
    except Exception:
        drain(request.environ["wsgi.input"])
        raise


def receive(request: Request, folder: Path, *, name: str | None, most: int) -> Path:
    """Put the file that a request holds into a folder, under its own name, and return its path.

    Parameters
    ----------
    request : Request
        Multipart with a field ``file``, or any other body, which is the file then.
    folder : Path
    name : str or None
        The name that the query gives it.
    most : int
        Bytes of the body.

    Raises
    ------
    FileTooLargeError
    RequestProblem
        Where there is no file in it.
    """
    body = Bounded(request.environ["wsgi.input"], most, request.content_length)
    path = _from_form(request, body, folder, name) if request.mimetype == MULTIPART else _raw(body, folder, name)
    if not path.stat().st_size:
        raise RequestProblem(400, "no_file", "the file is empty")
    return path


def _raw(body: Bounded, folder: Path, name: str | None) -> Path:
    path = folder / safe_name(name or FIELD)
    with path.open("wb") as file:
        while piece := body.read(PIECE_BYTES):
            file.write(piece)
    if body.length is not None and body.read_so_far < body.length:
        raise RequestProblem(400, "no_file", "the body ended before its Content-Length")
    return path


def _from_form(request: Request, body: Bounded, folder: Path, name: str | None) -> Path:
    with ExitStack() as parts:
        files = _files(request, body, folder, parts)
        sent = files.get(FIELD)
    if sent is None:
        detail = f'the form holds no file "{FIELD}"'
        detail += f"; it holds {', '.join(list(files)[:MOST_PARTS])}" if files else ""
        raise RequestProblem(400, "no_file", detail, hint="curl -F file=@cars.csv")
    path = Path(str(sent.stream.name)).replace(folder / safe_name(name or sent.filename or FIELD))
    for other in folder.glob(f"{PART}*"):
        other.unlink()
    return path


def _files(request: Request, body: Bounded, folder: Path, parts: ExitStack) -> MultiDict[str, FileStorage]:
    """Write each file of a form into the folder; they are closed with `parts`."""
    number = count()

    def new_file(*_: Any, **__: Any) -> IO[bytes]:
        return parts.enter_context((folder / f"{PART}{next(number)}").open("w+b"))

    parser = FormDataParser(
        stream_factory=new_file, max_form_memory_size=MOST_TEXT_BYTES, max_form_parts=MOST_PARTS, silent=False
    )
    try:
        return parser.parse(body, request.mimetype, body.length, request.mimetype_params)[2]  # type: ignore[arg-type]
    except (ValueError, HTTPException) as error:
        raise RequestProblem(400, "no_file", f"the form cannot be read: {error}") from None
