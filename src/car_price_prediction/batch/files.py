"""A file of cars in, the same file with a price for each row out."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import BinaryIO

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.cells import RawTable, Rows
from car_price_prediction.listings.columns import understand
from car_price_prediction.listings.interpret import interpret_frame, unreadable_cells
from car_price_prediction.listings.pieces import GROUP_ROWS, Store
from car_price_prediction.listings.read import read_listings
from car_price_prediction.pricing.table import BETWEEN, COLUMNS, quote_table
from car_price_prediction.pricing.valuer import Valuer

GIVEN = "_given"
"""Ends the name of a column of the file that is called like one of ours."""
UNREAD = "the row could not be read: "

Progress = Callable[[str, int, int], None]
WRITERS: dict[str, Callable[[pl.LazyFrame, BinaryIO], object]] = {
    ".csv": lambda rows, file: rows.sink_csv(file),
    ".tsv": lambda rows, file: rows.sink_csv(file, separator="\t"),
    ".jsonl": lambda rows, file: rows.sink_ndjson(file),
    ".parquet": lambda rows, file: rows.sink_parquet(file),
}


@dataclass(frozen=True, slots=True)
class PricedFile:
    """What came of pricing a file.

    Attributes
    ----------
    rows, priced : int
    notes : tuple of str
        What was noticed on the way, for people.
    """

    rows: int
    priced: int
    notes: tuple[str, ...]


def price_file(
    valuer: Valuer, source: str, target: str, progress: Progress | None = None, *, rows_at_once: int = GROUP_ROWS
) -> PricedFile:
    """Price every row of a file, some rows at once; the rows come out in the order of the file.

    Parameters
    ----------
    valuer : Valuer
    source : str
        As `read_listings` takes it.
    target : str
        Ends in .csv, .tsv, .jsonl or .parquet; ``-`` is CSV on standard output. Written whole or not at all.
    progress : callable, optional
        Told how far the reading and the pricing are.
    rows_at_once : int
        More are not held, however long the file.

    Raises
    ------
    ListingsError
        Where the file cannot be read, or is not about cars, or the target's kind is not known.
    """
    writer = _writer(target)
    _check_folder(target)
    raw = read_listings([source], progress=progress)
    columns, notes = columns_of(valuer, raw.cells)
    renamed = _new_names(raw.cells.columns)
    store, pieces = Store(), []
    for rows, unread in _in_order(raw, rows_at_once):
        priced = _priced(valuer, rows, columns)
        pieces.append(store.put(_beside(rows.rename(renamed), priced, unread)))
        if progress:
            progress("pricing", sum(piece.height for piece in pieces), raw.cells.height + raw.bad_rows.height)
    _write(target, lambda file: writer(pl.concat([piece.lazy() for piece in pieces]), file))
    told = (f'the file\'s own column "{old}" is called "{new}" in the output' for old, new in renamed.items())
    return PricedFile(sum(piece.height for piece in pieces), raw.cells.height, (*raw.notes, *notes, *told))


def columns_of(valuer: Valuer, raw: Rows) -> tuple[Sequence[Column], tuple[str, ...]]:
    """Return how a file's columns are read: as the training file's where the headers are the same, else afresh.

    Parameters
    ----------
    valuer : Valuer
    raw : Cells or DataFrame
        As it was read.

    Raises
    ------
    ListingsError
        Where the headers are others and it cannot be told which is which.
    """
    trained = valuer.manifest.columns
    wanted = {column.header for column in trained if column.used and column.field != "price"}
    absent = sorted(wanted - set(raw.columns))
    if len(absent) < len(wanted) / 2:
        return trained, tuple(f'column "{header}" of the training file is absent' for header in absent)
    market = valuer.manifest.market
    found = understand(raw, currency=market.currency, mileage_unit=market.mileage_unit, need_price=False)
    return found.columns, ("the headers are not the training file's: its columns were understood afresh", *found.notes)


def _in_order(raw: RawTable, rows_at_once: int) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield the rows, some at once, and with them the unreadable ones that stand before, among or right after them."""
    unread = raw.bad_rows
    for rows, following in pairwise(chain(raw.cells.slices(rows_at_once), [None])):
        assert rows is not None
        source = rows["_source"][0]
        here = unread["_source"] == source
        if following is not None and following["_source"][0] == source:
            here &= unread["_row"] < following["_row"][0]
        yield rows, unread.filter(here)
        unread = unread.filter(~here)


def _priced(valuer: Valuer, rows: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Price the rows; the warnings tell of cells that could not be read, too."""
    found = interpret_frame(rows, columns)
    priced = quote_table(valuer, found)
    asked = {facts.name for facts in valuer.contents.facts.fields}
    unreadable = unreadable_cells(rows, found, [column for column in columns if column.field in asked])
    both = pl.concat_str(pl.lit(unreadable), "warnings", separator=BETWEEN, ignore_nulls=True)
    return priced.with_columns(both.replace("", None).alias("warnings"))


def _beside(rows: pl.DataFrame, priced: pl.DataFrame, unread: pl.DataFrame) -> pl.DataFrame:
    """Put the quotes beside the file's own cells, and unreadable rows back in their places."""
    out = rows.with_columns(priced)
    if unread.height:
        first = next(name for name in out.columns if not name.startswith("_"))
        bad = unread.select("_row", pl.col("text").alias(first), (UNREAD + pl.col("_detail")).alias("warnings"))
        out = pl.concat([out, bad], how="diagonal_relaxed").sort("_row", maintain_order=True)
    return out.drop("_source", "_row")


def _new_names(headers: Sequence[str]) -> dict[str, str]:
    taken, found = set(headers) | set(COLUMNS), {}
    for name in COLUMNS:
        if name in headers:
            new = name + GIVEN
            while new in taken:
                new += GIVEN
            taken.add(new)
            found[name] = new
    return found


def _check_folder(target: str) -> None:
    """Refuse before any work what could not be written after it."""
    path = Path(target)
    if target == "-":
        return
    if path.is_dir():
        raise ListingsError(f"{target} is a folder, not a file to write", hint="name a file in it")
    if not path.parent.is_dir():
        raise ListingsError(f"{target} cannot be written: there is no folder {path.parent}", hint="make it first")
    if not os.access(path.parent, os.W_OK):
        raise ListingsError(f"{target} cannot be written: no permission to write into {path.parent}")


def _writer(target: str) -> Callable[[pl.LazyFrame, BinaryIO], object]:
    suffix = ".csv" if target == "-" else Path(target).suffix.lower()
    if suffix not in WRITERS:
        raise ListingsError(
            f'"{target}" does not tell in which format to write', hint=f"end its name in one of {', '.join(WRITERS)}"
        )
    return WRITERS[suffix]


def _write(target: str, write: Callable[[BinaryIO], object]) -> None:
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
