"""Collects the rows of delimited text, read fast or carefully, into pieces in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from .pieces import PIECE_BYTES, Piece, Store, bytes_of
from .table import ROW, tidy_cells

BATCH = 50_000
"""Rows that were read carefully, one by one, and are worth a frame."""

CarefulRows = list[tuple[int, list[str]]]


@dataclass(slots=True)
class Collector:
    """Rows on their way into a store.

    Attributes
    ----------
    store : Store
    named : mapping of str to str
        Column -> its header, which is taken out where it stands among the rows; kept where there are fewer than two.
    pieces : list of Piece
        What is in the store, in the order of the file.
    repeated : list of int
        Numbers of the rows that repeat the header.
    """

    store: Store
    named: Mapping[str, str]
    pieces: list[Piece] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    _frames: list[pl.DataFrame] = field(default_factory=list)
    _size: int = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Take rows that were read fast."""
        self._frames.append(frame)
        self._size += bytes_of(frame)

    def settle(self, careful: CarefulRows) -> None:
        """Put the rows away once they are worth a piece, and those read carefully with them.

        All rows before the next one to be read must be here, for a piece is put in order by itself.
        """
        if len(careful) >= BATCH:
            self._take(careful)
        if self._size >= PIECE_BYTES:
            self.close(careful)

    def close(self, careful: CarefulRows) -> Collector:
        """Put all rows away."""
        self._take(careful)
        if self._frames:
            self.pieces.append(self.store.put(self._without_repeated_headers(pl.concat(self._frames).sort(ROW))))
        self._frames, self._size = [], 0
        return self

    def _take(self, careful: CarefulRows) -> None:
        """Make a frame of rows that were read carefully, and leave none of them."""
        if not careful:
            return
        columns = zip(*(cells for _, cells in careful), strict=True)
        data = {f"c{i}": pl.Series(cells, dtype=pl.String) for i, cells in enumerate(columns)}
        data[ROW] = pl.Series([number for number, _ in careful], dtype=pl.UInt32)
        careful.clear()
        self.add(tidy_cells(pl.DataFrame(data)))

    def _without_repeated_headers(self, rows: pl.DataFrame) -> pl.DataFrame:
        if len(self.named) < 2:
            return rows
        same = pl.all_horizontal(pl.col(column) == header for column, header in self.named.items())
        same = same.fill_null(value=False)
        self.repeated += rows.filter(same)[ROW].to_list()
        return rows.filter(~same)
