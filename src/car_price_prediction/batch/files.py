"""A file of cars in, the same file with a price for each row out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.interpret import interpret_frame
from car_price_prediction.listings.pieces import GROUP_ROWS
from car_price_prediction.pricing.valuer import Valuer

from .opened import Progress, open_file
from .priced import How, PricedRows, price_rows
from .target import check_target, write_whole, writer_for


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
    valuer: Valuer,
    source: str,
    target: str,
    progress: Progress | None = None,
    *,
    deal: bool = False,
    rows_at_once: int = GROUP_ROWS,
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
    deal : bool
        Rate the file's own prices too.
    rows_at_once : int
        More are not held, however long the file.

    Raises
    ------
    ListingsError
        Where the file cannot be read, or is not about cars, or has no prices to rate, or the target's kind is not
        known.
    """
    writer = writer_for(target)
    check_target(target)
    file = open_file(valuer, source, progress)
    if file.problem:
        raise file.problem
    if deal:
        need_prices(source, file.raw.cells.slices(rows_at_once), file.columns)
    found = price_rows(valuer, file, How(deal=deal, rows_at_once=rows_at_once), progress)
    write_whole(target, lambda out: found.write(writer, out))
    return outcome_of(found, (*file.raw.notes, *file.notes))


def outcome_of(found: PricedRows, notes: Sequence[str]) -> PricedFile:
    """Return what is told of priced rows."""
    told = (f'the file\'s own column "{old}" is called "{new}" in the output' for old, new in found.renamed.items())
    return PricedFile(found.rows, found.priced, (*notes, *told))


def need_prices(source: str, slices: Iterable[pl.DataFrame], columns: Sequence[Column]) -> None:
    """Look for a row that asks a price, no further than the first that does.

    Raises
    ------
    ListingsError
        Where none does.
    """
    price = [column for column in columns if column.used and column.field == "price"]
    if not price or not any(interpret_frame(rows, price)["price"].is_not_null().any() for rows in slices):
        raise ListingsError(f"{source} holds no prices to rate", hint="leave --deal out")
