"""The cells of all parts under one header, read from their pieces as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from car_price_prediction.package.manifest import Source

from .pieces import GROUP_ROWS, Piece
from .table import ROW, SOURCE, PartTable


class Rows(Protocol):
    """What understanding and cleaning ask of raw rows: a polars.DataFrame of text will do, so will `Cells`."""

    @property
    def columns(self) -> list[str]:
        """The headers."""

    @property
    def height(self) -> int:
        """The number of rows."""

    def __getitem__(self, name: str, /) -> pl.Series: ...

    def head(self, n: int) -> pl.DataFrame:
        """Return the first rows."""

    def gather_every(self, n: int) -> pl.DataFrame:
        """Return each n-th row."""

    def filter(self, mask: pl.Series, /) -> pl.DataFrame:
        """Return the rows where the mask is true."""


class Cells:
    """The rows of several parts: a column or a slice is read when it is asked for, and not held.

    Parameters
    ----------
    parts : sequence of PartTable
        Their headers made alike and their names different.

    Examples
    --------
    >>> part = PartTable("cars.csv", ["make"], [Piece(pl.DataFrame({"c0": ["Audi", "BMW"], "_row": [1, 2]}))])
    >>> cells = Cells([part])
    >>> cells.columns, cells["make"].to_list(), cells.filter(pl.Series([False, True])).rows()
    (['make', '_source', '_row'], ['Audi', 'BMW'], [('BMW', 'cars.csv', 2)])
    """

    def __init__(self, parts: Sequence[PartTable]) -> None:
        self._pieces = [(part, piece) for part in parts for piece in part.pieces]
        self.columns = [*dict.fromkeys(header for part in parts for header in part.headers), SOURCE, ROW]
        self.height = sum(piece.height for _, piece in self._pieces)

    def __getitem__(self, name: str, /) -> pl.Series:
        found = [_under_headers(part, piece, [name]) for part, piece in self._pieces]
        return pl.concat(found).to_series() if found else pl.Series(name, dtype=pl.String)

    def slices(self, rows: int = GROUP_ROWS) -> Iterator[pl.DataFrame]:
        """Yield all rows, at most so many at once."""
        for part, piece in self._pieces:
            for start in range(0, piece.height, rows):
                yield _under_headers(part, piece, self.columns, start, rows)

    def head(self, n: int) -> pl.DataFrame:
        """Return the first rows."""
        taken: list[pl.DataFrame] = []
        for rows in self.slices(n):
            taken.append(rows.head(n))
            n -= taken[-1].height
            if not n:
                break
        return self._joined(taken)

    def gather_every(self, n: int) -> pl.DataFrame:
        """Return each n-th row, the first one included."""
        taken, at = [], 0
        for rows in self.slices():
            taken.append(rows.gather_every(n, -at % n))
            at += rows.height
        return self._joined(taken)

    def filter(self, mask: pl.Series, /) -> pl.DataFrame:
        """Return the rows where the mask is true."""
        taken, at = [], 0
        for part, piece in self._pieces:
            for start in range(0, piece.height, GROUP_ROWS):
                wanted = mask.slice(at, min(GROUP_ROWS, piece.height - start))
                at += len(wanted)
                if wanted.any():
                    taken.append(_under_headers(part, piece, self.columns, start, len(wanted)).filter(wanted))
        return self._joined(taken)

    def _joined(self, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
        if frames:
            return pl.concat(frames)
        return pl.DataFrame(schema={name: pl.UInt32 if name == ROW else pl.String for name in self.columns})


@dataclass(frozen=True, slots=True)
class RawTable:
    """Listings as they were given: text cells, nothing interpreted.

    Attributes
    ----------
    cells : Cells
        Every column text, blank cells null; ``_source`` (file name) and ``_row`` (data row number, from 1) come last.
    sources : tuple of Source
        The files as given, with size and sha256.
    notes : tuple of str
        What was noticed while reading, for people.
    bad_rows : polars.DataFrame
        Rows that could not be read as cells: ``_source``, ``_row``, ``_reason``, ``_detail``, ``text``.
    """

    cells: Cells
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    bad_rows: pl.DataFrame

    @property
    def frame(self) -> pl.DataFrame:
        """All cells at once, where they are few enough."""
        return self.cells.filter(pl.repeat(value=True, n=self.cells.height, eager=True))


def _under_headers(
    part: PartTable, piece: Piece, wanted: Sequence[str], start: int = 0, length: int | None = None
) -> pl.DataFrame:
    """Read some columns of a piece by their headers; one that it lacks is null."""
    stored = {header: f"c{i}" for i, header in enumerate(part.headers)} | {ROW: ROW}
    there = {name: stored[name] for name in wanted if stored.get(name) in piece.columns}
    # The row numbers are always read: without a column the frame would have no height.
    found = piece.read(sorted({*there.values(), ROW}), start, length)
    known = {name: pl.col(column) for name, column in there.items()} | {SOURCE: pl.lit(part.name)}
    nothing = pl.lit(None, dtype=pl.String)
    return found.with_columns(known.get(name, nothing).alias(f"={name}") for name in wanted).select(
        pl.col(f"={name}").alias(name) for name in wanted
    )
