"""Rows of text that need not be held at once: in memory while they are few, in a temporary folder beyond that."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

FREE_BYTES = 128 << 20
"""Text that is held in memory; what comes after it goes to disk."""
PIECE_BYTES = 64 << 20
"""Text that makes a piece."""
GROUP_ROWS = 50_000
"""Rows that can be taken out of a piece on disk without reading those beside them."""


class Store:
    """Where pieces are kept; its folder goes with the last of them.

    Parameters
    ----------
    free_bytes : int
        Text that is held in memory before anything goes to disk.
    """

    def __init__(self, free_bytes: int = FREE_BYTES) -> None:
        self._free = free_bytes
        self._folder: Path | None = None
        self._files = 0

    def put(self, frame: pl.DataFrame) -> Piece:
        """Keep rows."""
        size = bytes_of(frame)
        if size <= self._free:
            self._free -= size
            return Piece(frame)
        return self.put_lazily(frame.lazy())

    def put_lazily(self, rows: pl.LazyFrame) -> Piece:
        """Keep rows on disk as they are worked out, without holding them all."""
        path = self.new_file()
        rows.sink_parquet(path, compression="lz4", statistics=False, row_group_size=GROUP_ROWS)
        return Piece(path, self)

    def new_file(self) -> Path:
        """Return a path in the store's folder that nothing has yet."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="car-price-rows-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._files += 1
        return self._folder / str(self._files)


def bytes_of(frame: pl.DataFrame) -> int:
    """Return the memory that a frame of text takes: what its cells say, and 16 bytes for each of them."""
    return int(frame.estimated_size()) + 16 * frame.height * frame.width


@dataclass(slots=True)
class Piece:
    """Some rows, one after another.

    Attributes
    ----------
    held : polars.DataFrame or Path
        The rows, or the file that they are in.
    store : Store or None
        Of that file.
    height : int
    columns : frozenset of str

    Examples
    --------
    >>> piece = Store(free_bytes=0).put(pl.DataFrame({"c0": ["Audi", "BMW"], "c1": ["9000", None]}))
    >>> piece.height, piece.read(["c0"], start=1).rows()
    (2, [('BMW',)])
    """

    held: pl.DataFrame | Path
    store: Store | None = None
    height: int = field(init=False)
    columns: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        lazy = self.lazy()
        self.columns = frozenset(lazy.collect_schema().names())
        self.height = lazy.select(pl.len()).collect().item()

    def read(self, columns: Sequence[str] | None = None, start: int = 0, length: int | None = None) -> pl.DataFrame:
        """Return rows, or some columns of them."""
        lazy = self.lazy().slice(start, length)
        return (lazy if columns is None else lazy.select(columns)).collect()

    def lazy(self) -> pl.LazyFrame:
        """Return the rows, to be worked with piece by piece."""
        return self.held.lazy() if isinstance(self.held, pl.DataFrame) else pl.scan_parquet(self.held)
