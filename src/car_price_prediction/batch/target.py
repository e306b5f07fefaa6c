"""Where priced rows go: a file of one of several kinds, or standard output, whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import polars as pl

from car_price_prediction.domain.errors import ListingsError

from .harmless import without_formulas

Writer = Callable[[pl.LazyFrame, BinaryIO], object]
WRITERS: dict[str, Writer] = {
    ".csv": lambda rows, file: without_formulas(rows).sink_csv(file),
    ".tsv": lambda rows, file: without_formulas(rows).sink_csv(file, separator="\t"),
    ".jsonl": lambda rows, file: rows.sink_ndjson(file),
    ".parquet": lambda rows, file: rows.sink_parquet(file),
}


def check_target(target: str) -> None:
    """Refuse before any work what could not be written after it.

    Raises
    ------
    ListingsError
        Where the target is a folder, or in none, or in one that may not be written.
    """
    path = Path(target)
    if target == "-":
        return
    if path.is_dir():
        raise ListingsError(f"{target} is a folder, not a file to write", hint="name a file in it")
    if not path.parent.is_dir():
        raise ListingsError(f"{target} cannot be written: there is no folder {path.parent}", hint="make it first")
    if not os.access(path.parent, os.W_OK):
        raise ListingsError(f"{target} cannot be written: no permission to write into {path.parent}")


def writer_for(target: str) -> Writer:
    """Return what writes rows in the format that the target's name ends in.

    Raises
    ------
    ListingsError
        Where the ending is not known.
    """
    suffix = ".csv" if target == "-" else Path(target).suffix.lower()
    if suffix not in WRITERS:
        raise ListingsError(
            f'"{target}" does not tell in which format to write', hint=f"end its name in one of {', '.join(WRITERS)}"
        )
    return WRITERS[suffix]


def write_whole(target: str, write: Callable[[BinaryIO], object]) -> None:
    """Write a file whole or not at all; ``-`` is standard output."""
    if target == "-":
        with tempfile.TemporaryFile() as whole:
            write(whole)
            whole.seek(0)
            shutil.copyfileobj(whole, sys.stdout.buffer)
        sys.stdout.buffer.flush()  # a full disk, or a reader who left, is noticed here and not when Python ends
        return
    path = Path(target)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
