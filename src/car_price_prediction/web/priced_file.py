"""A file that was sent, read and priced: the answer to `POST /predict/file`.

Polars comes with this module, which prices alone do without: `files` imports it with the first file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Response

from car_price_prediction.batch.opened import OpenedFile, open_file
from car_price_prediction.batch.priced import How, price_rows
from car_price_prediction.batch.target import writer_for
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.jobs.runner import Limits
from car_price_prediction.pricing.valuer import Valuer

from .problems import RequestProblem
from .uploads import AS_JOB, CONTENT_TYPES

NAME_COLUMNS = "send it to POST /jobs?start=0, and name its columns when you start the job"


def answer_file(
    valuer: Valuer, path: Path, limits: Limits, asked: Mapping[str, str]
) -> tuple[Response, Mapping[str, int]]:
    """Price the rows of a file.

    Parameters
    ----------
    valuer : Valuer
    path : Path
        What is written on the way lies beside it.
    limits : Limits
    asked : mapping of str to str
        As `files.QUERY` has it.

    Returns
    -------
    Response
        The same file with its prices.
    mapping of str to int
        How many cars were priced with which confidence.

    Raises
    ------
    RequestProblem
        Where it cannot be read, is not about cars, or is too long to be answered at once.
    """
    with _told():
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
    return answer, found.confidences


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
