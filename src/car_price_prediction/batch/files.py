"""A file of cars in, the same file with a price for each row out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.cells import RawTable, Rows
from car_price_prediction.listings.interpret import interpret_frame, unreadable_cells
from car_price_prediction.listings.pieces import GROUP_ROWS, Store
from car_price_prediction.listings.read import read_listings
from car_price_prediction.pricing.table import BETWEEN, COLUMNS, DEAL_COLUMNS, quote_table
from car_price_prediction.pricing.valuer import Valuer

from .columns import columns_of
from .target import check_target, write_whole, writer_for

GIVEN = "_given"
"""Ends the name of a column of the file that is called like one of ours."""
UNREAD = "the row could not be read: "

Progress = Callable[[str, int, int], None]


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
    raw = read_listings([source], progress=progress)
    columns, notes = columns_of(valuer, raw.cells)
    if deal and not _any_price(raw, columns, rows_at_once):
        raise ListingsError(f"{source} holds no prices to rate", hint="leave --deal out")
    renamed = _new_names(raw.cells.columns, (*COLUMNS, *DEAL_COLUMNS) if deal else COLUMNS)
    store, pieces, done = Store(), [], 0
    for rows, unread in _in_order(raw, rows_at_once):
        priced = _priced(valuer, rows, columns, deal=deal)
        pieces.append(store.put(_beside(rows.rename(renamed), priced, unread)))
        done += pieces[-1].height
        if progress:
            progress("pricing", done, raw.cells.height + raw.bad_rows.height)
    write_whole(target, lambda file: writer(pl.concat([piece.lazy() for piece in pieces]), file))
    told = (f'the file\'s own column "{old}" is called "{new}" in the output' for old, new in renamed.items())
    return PricedFile(done, raw.cells.height, (*raw.notes, *notes, *told))


def _any_price(raw: RawTable, columns: Sequence[Column], rows_at_once: int) -> bool:
    """Tell whether any row asks a price, without looking further than the first that does."""
    price = [column for column in columns if column.used and column.field == "price"]
    return bool(price) and any(
        interpret_frame(rows, price)["price"].is_not_null().any() for rows in raw.cells.slices(rows_at_once)
    )


def _in_order(raw: RawTable, rows_at_once: int) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield the rows, some at once, and with them the unreadable ones that stand before, among or right after them."""
    unread = raw.bad_rows
    for rows, following in pairwise(chain(raw.cells.slices(rows_at_once), [None])):
        assert rows is not None
        source = rows["_source"][0]
        # A file of which no row could be read has no place of its own: its rows come last.
        here = (unread["_source"] == source) | (following is None)
        if following is not None and following["_source"][0] == source:
            here &= unread["_row"] < following["_row"][0]
        yield rows, unread.filter(here)
        unread = unread.filter(~here)


def _priced(valuer: Valuer, rows: Rows, columns: Sequence[Column], *, deal: bool) -> pl.DataFrame:
    """Price the rows; the warnings tell of cells that could not be read, too."""
    found = interpret_frame(rows, columns)
    priced = quote_table(valuer, found, deal=deal)
    asked = {facts.name for facts in valuer.contents.facts.fields} | ({"price"} if deal else set())
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
