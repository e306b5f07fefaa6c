"""Rows in, rows with their prices out, some at once; every row keeps its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Any, BinaryIO

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.listing import field_named
from car_price_prediction.domain.rules import plausible_range
from car_price_prediction.listings.cells import RawTable, Rows
from car_price_prediction.listings.interpret import interpret_frame, unreadable_cells
from car_price_prediction.listings.pieces import GROUP_ROWS, Piece, Store
from car_price_prediction.pricing.table import BETWEEN, COLUMNS, DEAL_COLUMNS, quote_table
from car_price_prediction.pricing.valuer import Valuer

from .opened import OpenedFile, Progress
from .target import Writer

GIVEN = "_given"
"""Ends the name of a column of the file that is called like one of ours."""
UNREAD = "the row could not be read: "
KEPT_PROBLEMS = 1_000
WRONG = "_wrong"
"""Marks, while rows are priced, those whose cells could not be read or believed."""


@dataclass(frozen=True, slots=True)
class How:
    """How rows are to be priced.

    Attributes
    ----------
    deal : bool
        Rate the file's own prices too.
    strict : bool
        Give no price to a car that is too little known, but the reasons.
    threads : int
        0 takes every core.
    rows_at_once : int
        More are not held, however long the file.
    """

    deal: bool = False
    strict: bool = False
    threads: int = 0
    rows_at_once: int = GROUP_ROWS


@dataclass(slots=True)
class PricedRows:
    """The rows of a file with their quotes, in the order of the file.

    Attributes
    ----------
    rows, priced : int
    with_problems : int
        Rows without a price, and rows of which a cell could not be read or believed.
    problems : list of dict
        The first of them, those without a price first: ``row`` (its place, from 1), ``values`` and ``problem``.
    renamed : dict of str to str
        Columns of the file that are called like ours, and what they are called now.
    confidences : dict of str to int
        How many rows were priced with which confidence.
    """

    renamed: dict[str, str]
    rows: int = 0
    priced: int = 0
    with_problems: int = 0
    confidences: Counter[str] = field(default_factory=Counter)
    _unpriced: list[dict[str, Any]] = field(default_factory=list)
    _doubtful: list[dict[str, Any]] = field(default_factory=list)
    _pieces: list[Piece] = field(default_factory=list)
    _store: Store = field(default_factory=Store)

    @property
    def problems(self) -> list[dict[str, Any]]:
        """The rows with problems that are kept to be shown."""
        return [*self._unpriced, *self._doubtful][:KEPT_PROBLEMS]

    def write(self, writer: Writer, file: BinaryIO) -> None:
        """Write the rows."""
        writer(pl.concat([piece.lazy() for piece in self._pieces]), file)

    def add(self, rows: pl.DataFrame) -> None:
        """Take over the next rows, marked where something is wrong with them."""
        wrong, out = rows[WRONG], rows.drop(WRONG)
        unpriced = out["price"].is_null()
        self._note(self._unpriced, out, unpriced)
        self._note(self._doubtful, out, wrong & ~unpriced)
        self._pieces.append(self._store.put(out))
        self.rows += out.height
        self.priced += out.height - int(unpriced.sum())
        self.with_problems += int(wrong.sum())
        self.confidences.update(dict(out["confidence"].drop_nulls().value_counts().iter_rows()))

    def _note(self, kept: list[dict[str, Any]], out: pl.DataFrame, which: pl.Series) -> None:
        if len(kept) >= KEPT_PROBLEMS or not which.any():
            return
        found = out.with_row_index("_place", self.rows + 1).filter(which).head(KEPT_PROBLEMS - len(kept))
        own = [name for name in out.columns if name not in {*COLUMNS, *DEAL_COLUMNS}]
        for row in found.iter_rows(named=True):
            values = {name: row[name] for name in own if row[name] is not None}
            kept.append({"row": row["_place"], "values": values, "problem": row["warnings"]})


def price_rows(valuer: Valuer, file: OpenedFile, how: How, progress: Progress | None = None) -> PricedRows:
    """Price every row of a file.

    Parameters
    ----------
    valuer : Valuer
    file : OpenedFile
        Without a problem.
    how : How
    progress : callable, optional
        Told how many rows are priced.
    """
    found = PricedRows(new_names(file.raw.cells.columns, how))
    for rows, unread in _in_order(file.raw, how.rows_at_once):
        found.add(price_piece(valuer, rows, file.columns, how, found.renamed, unread))
        if progress:
            progress("pricing", found.rows, file.rows)
    return found


def price_piece(
    valuer: Valuer,
    rows: pl.DataFrame,
    columns: Sequence[Column],
    how: How,
    renamed: Mapping[str, str],
    unread: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return rows with their quotes beside them, as `PricedRows.add` takes them.

    Parameters
    ----------
    valuer : Valuer
    rows : DataFrame
        Text, with ``_source`` and ``_row``.
    columns : sequence of Column
    how : How
    renamed : mapping of str to str
        From `new_names`.
    unread : DataFrame, optional
        Rows among them that could not be read.
    """
    return _beside(rows.rename(renamed), _priced(valuer, rows, columns, how), unread)


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


def _priced(valuer: Valuer, rows: Rows, columns: Sequence[Column], how: How) -> pl.DataFrame:
    """Price the rows; the warnings tell of cells that could not be read, too."""
    found = interpret_frame(rows, columns)
    priced = quote_table(valuer, found, threads=how.threads, deal=how.deal, strict=how.strict)
    asked = {facts.name for facts in valuer.contents.facts.fields} | ({"price"} if how.deal else set())
    unreadable = unreadable_cells(rows, found, [column for column in columns if column.field in asked])
    both = pl.concat_str(pl.lit(unreadable), "warnings", separator=BETWEEN, ignore_nulls=True)
    wrong = unreadable.is_not_null() | priced["price"].is_null() | _not_believed(valuer, found)
    return priced.with_columns(both.replace("", None).alias("warnings"), wrong.alias(WRONG))


def _not_believed(valuer: Valuer, found: pl.DataFrame) -> pl.Series:
    """Mark the rows with a number that no car has."""
    wrong = pl.repeat(value=False, n=found.height, eager=True)
    for facts in valuer.contents.facts.fields:
        if facts.kind == "number" and facts.name in found:
            low, high = plausible_range(field_named(facts.name, "number"))
            wrong |= ~found[facts.name].cast(pl.Float64, strict=False).is_between(low, high).fill_null(value=True)
    return wrong


def _beside(rows: pl.DataFrame, priced: pl.DataFrame, unread: pl.DataFrame | None) -> pl.DataFrame:
    """Put the quotes beside the file's own cells, and unreadable rows back in their places."""
    out = rows.with_columns(priced)
    if unread is not None and unread.height:
        first = next(name for name in out.columns if not name.startswith("_"))
        reason = (UNREAD + pl.col("_detail")).alias("warnings")
        bad = unread.select("_row", pl.col("text").alias(first), reason, pl.lit(value=True).alias(WRONG))
        out = pl.concat([out, bad], how="diagonal_relaxed").sort("_row", maintain_order=True)
    return out.drop("_source", "_row")


def new_names(headers: Sequence[str], how: How) -> dict[str, str]:
    """Return the columns of a file that are called like ours, and what they are called beside them."""
    ours = (*COLUMNS, *DEAL_COLUMNS) if how.deal else COLUMNS
    taken, found = set(headers) | set(ours), {}
    for name in ours:
        if name in headers:
            new = name + GIVEN
            while new in taken:
                new += GIVEN
            taken.add(new)
            found[name] = new
    return found
