"""Write the sample market in chunks: a large one needs little memory, and a failed one leaves nothing behind."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import polars as pl

from car_price_prediction.domain.errors import ListingsError

Writer = Callable[[Iterable[pl.DataFrame], BinaryIO], int]
GZIP_LEVEL = 4
GZIP_PIECE_BYTES = 1 << 20
ROW_GROUP_ROWS = 200_000


def writer_for(name: str) -> Writer:
    """Return what writes the format that a file's name ends in; ``"-"`` is CSV.

    Raises
    ------
    ListingsError
        The name ends in something else.

    Examples
    --------
    >>> writer_for("cars.csv.gz").__name__
    'write_csv_gz'
    >>> writer_for("cars.xlsx")
    Traceback (most recent call last):
    ...
    car_price_prediction.domain.errors.ListingsError: cars.xlsx: a sample is written as .csv, .csv.gz or .parquet
    """
    for ending, writer in ((".csv", write_csv), (".csv.gz", write_csv_gz), (".parquet", write_parquet)):
        if name == "-" or name.lower().endswith(ending):
            return writer
    message = f"{name}: a sample is written as .csv, .csv.gz or .parquet"
    raise ListingsError(message, hint="end the name of the file in one of these, or write - for standard output")


def write_csv(chunks: Iterable[pl.DataFrame], file: BinaryIO) -> int:
    """Write chunks as one CSV, with one header, and return the number of rows."""
    rows = 0
    for number, chunk in enumerate(chunks):
        chunk.write_csv(file, include_header=number == 0)
        rows += chunk.height
    return rows


def write_csv_gz(chunks: Iterable[pl.DataFrame], file: BinaryIO) -> int:
    """Write chunks as one gzipped CSV; without name and time in it, so that it is the same each time."""
    rows, waiting = 0, bytearray()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=file, mtime=0) as packed:
        for number, chunk in enumerate(chunks):
            waiting += chunk.write_csv(include_header=number == 0).encode()
            rows += chunk.height
            # What the compressor makes depends on the pieces it is given, not on the bytes alone.
            while len(waiting) >= GZIP_PIECE_BYTES:
                packed.write(waiting[:GZIP_PIECE_BYTES])
                del waiting[:GZIP_PIECE_BYTES]
        packed.write(waiting)
    return rows


def write_parquet(chunks: Iterable[pl.DataFrame], file: BinaryIO) -> int:
    """Write chunks as one Parquet file; all of them are held in memory."""
    frame = pl.concat(list(chunks), rechunk=True)
    frame.write_parquet(file, row_group_size=ROW_GROUP_ROWS)
    return frame.height


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when all went well, and vanishes when not.

    Raises
    ------
    ListingsError
        The folder does not exist, or the path is a folder.
    """
    if path.is_dir():
        raise ListingsError(f"{path} is a folder", hint="name a file in it, such as sample.csv")
    if not path.parent.is_dir():
        raise ListingsError(f"there is no folder {path.parent}", hint=f"make it first: mkdir -p {path.parent}")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(_usual_mode())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _usual_mode() -> int:
    """Return the permissions of a new file: a temporary one is readable by its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
