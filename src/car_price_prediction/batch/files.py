"""A file of cars in, the same file with a price for each row out."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.columns import NO_OVERRIDES, understand
from car_price_prediction.listings.interpret import interpret_frame
from car_price_prediction.listings.read import RawTable, read_listings
from car_price_prediction.pricing.table import quote_table
from car_price_prediction.pricing.valuer import Valuer

GIVEN = "_given"
"""Ends the name of a column of the file that is called like one of ours."""
UNREAD = "the row could not be read: "

Progress = Callable[[str, int, int], None]
WRITERS: dict[str, Callable[[pl.DataFrame, BinaryIO], None]] = {
    ".csv": lambda frame, file: frame.write_csv(file),
    ".tsv": lambda frame, file: frame.write_csv(file, separator="\t"),
    ".jsonl": lambda frame, file: frame.write_ndjson(file),
    ".parquet": lambda frame, file: frame.write_parquet(file),
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
    valuer: Valuer, source: str, target: str, progress: Progress | None = None, *, deal: bool = False
) -> PricedFile:
    """Price every row of a file.

    Parameters
    ----------
    valuer : Valuer
    source : str
        As `read_listings` takes it.
    target : str
        Ends in .csv, .tsv, .jsonl or .parquet; ``-`` is CSV on standard output. Written whole or not at all.
    progress : callable, optional
        Told how far the reading is.
    deal : bool
        Rate the file's own prices too.

    Raises
    ------
    ListingsError
        Where the file cannot be read, or is not about cars, or has no prices to rate, or the target's kind is not
        known.
    """
    writer = _writer(target)
    check_target(target)
    raw = read_listings([source], progress=progress)
    columns, notes = columns_of(valuer, raw.frame)
    listings = interpret_frame(raw.frame, columns)
    if deal and ("price" not in listings or listings["price"].null_count() == listings.height):
        raise ListingsError(f"{source} holds no prices to rate", hint="leave --deal out")
    priced = quote_table(valuer, listings, deal=deal)
    out, renamed = _beside(raw, priced)
    _write(target, lambda file: writer(out, file))
    return PricedFile(out.height, priced.height, (*raw.notes, *notes, *renamed))


def columns_of(
    valuer: Valuer,
    raw: pl.DataFrame,
    *,
    need_price: bool = False,
    overrides: Mapping[str, str] = NO_OVERRIDES,
    mileage_unit: str | None = None,
) -> tuple[Sequence[Column], tuple[str, ...]]:
    """Return how a file's columns are read: as the training file's where the headers are the same, else afresh.

    Parameters
    ----------
    valuer : Valuer
    raw : DataFrame
        As it was read.
    need_price : bool
        Whether the asking price is needed too.
    overrides : mapping of str to str
        Canonical field -> header, where a person told; they, and a unit, outweigh the training file.
    mileage_unit : str, optional
        As a person told it.

    Raises
    ------
    ListingsError
        Where the headers are others and it cannot be told which is which.
    """
    trained = valuer.manifest.columns
    wanted = {column.header for column in trained if column.used and column.field != "price"}
    price = {column.header for column in trained if need_price and column.field == "price"}
    absent = sorted(wanted - set(raw.columns))
    told = bool(overrides or mileage_unit)
    if not told and len(absent) < len(wanted) / 2 and price <= set(raw.columns):
        return trained, tuple(f'column "{header}" of the training file is absent' for header in absent)
    market = valuer.manifest.market
    unit = mileage_unit or market.mileage_unit
    found = understand(raw, overrides=overrides, currency=market.currency, mileage_unit=unit, need_price=False)
    if need_price and "price" not in {column.field for column in found.columns}:
        raise ListingsError("no column was found for the asking price", hint='name it: --column "price=HEADER"')
    afresh = () if told else ("the headers are not the training file's: its columns were understood afresh",)
    return found.columns, (*afresh, *found.notes)


def _beside(raw: RawTable, priced: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Put the quotes beside the file's own cells, and unreadable rows back in their places."""
    clashing = _new_names(raw.frame.columns, priced.columns)
    out = raw.frame.rename(clashing).with_columns(priced)
    if raw.bad_rows.height:
        # The rows of a file stand together, and the files in the order in which they were read.
        order = {name: i for i, name in enumerate(out["_source"].unique(maintain_order=True))}
        first = next(name for name in out.columns if not name.startswith("_"))
        bad = raw.bad_rows.select(
            "_source", "_row", pl.col("text").alias(first), (UNREAD + pl.col("_detail")).alias("warnings")
        )
        out = pl.concat([out, bad], how="diagonal_relaxed").sort(
            pl.col("_source").replace_strict(order, default=len(order)), "_row", maintain_order=True
        )
    renamed = tuple(f'the file\'s own column "{old}" is called "{new}" in the output' for old, new in clashing.items())
    return out.drop("_source", "_row"), renamed


def _new_names(headers: Sequence[str], ours: Sequence[str]) -> dict[str, str]:
    taken, found = set(headers) | set(ours), {}
    for name in ours:
        if name in headers:
            new = name + GIVEN
            while new in taken:
                new += GIVEN
            taken.add(new)
            found[name] = new
    return found


def check_target(target: str) -> None:
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


def _writer(target: str) -> Callable[[pl.DataFrame, BinaryIO], None]:
    suffix = ".csv" if target == "-" else Path(target).suffix.lower()
    if suffix not in WRITERS:
        raise ListingsError(
            f'"{target}" does not tell in which format to write', hint=f"end its name in one of {', '.join(WRITERS)}"
        )
    return WRITERS[suffix]


def _write(target: str, write: Callable[[BinaryIO], None]) -> None:
    if target == "-":
        buffer = io.BytesIO()
        write(buffer)
        sys.stdout.buffer.write(buffer.getvalue())
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
