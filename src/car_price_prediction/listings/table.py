"""What reading gives: the raw table, the rows that could not be read, and how cells and headers are tidied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

from .pieces import Piece

SOURCE, ROW = "_source", "_row"
BAD_SCHEMA = {SOURCE: pl.String, ROW: pl.UInt32, "_reason": pl.String, "_detail": pl.String, "text": pl.String}

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

MAX_COLUMNS = 2_000
"""More columns than any list of cars has; a file with more was not understood."""

MAX_BAD_TEXT = 2_000
"""Characters of an unreadable row that are kept."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that could not be read as cells."""

    row: int
    reason: str
    detail: str
    text: str


@dataclass(slots=True)
class PartTable:
    """What one file, archive member or sheet held."""

    name: str
    headers: list[str]
    pieces: list[
        Piece
    ]  # columns c0, c1, … in the order of the headers, then _row; an early piece may lack the last ones
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    has_header: bool = True
    named: bool = True  # by the user, rather than found in a folder or an archive

    @property
    def height(self) -> int:
        """The number of rows."""
        return sum(piece.height for piece in self.pieces)

    @property
    def frame(self) -> pl.DataFrame:
        """All rows at once."""
        names = [*position_names(len(self.headers)), ROW]
        empty = pl.DataFrame(schema={name: pl.UInt32 if name == ROW else pl.String for name in names})
        return pl.concat([empty, *(piece.read() for piece in self.pieces)], how="diagonal")


def bad_frame(name: str, bad: Iterable[BadRow]) -> pl.DataFrame:
    """Return unreadable rows as a frame."""
    rows = [(name, b.row, b.reason, b.detail, b.text[:MAX_BAD_TEXT]) for b in bad]
    return pl.DataFrame(rows, schema=BAD_SCHEMA, orient="row")


def position_names(width: int) -> list[str]:
    """Return the names that columns have while a part is read.

    Examples
    --------
    >>> position_names(3)
    ['c0', 'c1', 'c2']
    """
    return [f"c{i}" for i in range(width)]


def tidy_cells(frame: Frame, *, quotes: bool = True) -> Frame:
    """Strip blanks, and one layer of quotes where there may be any, from text cells; blank cells become null.

    Examples
    --------
    >>> tidy_cells(pl.DataFrame({"c0": [" Audi ", '"BMW"', "  ", '""']}))["c0"].to_list()
    ['Audi', 'BMW', None, None]
    """
    text = pl.col(pl.String).str.strip_chars()
    if quotes:
        quoted = (text.str.len_bytes() > 1) & text.str.starts_with('"') & text.str.ends_with('"')
        bare = text.str.slice(1, text.str.len_chars() - 2).str.strip_chars()
        text = pl.when(quoted).then(bare).otherwise(text)
    frame = frame.with_columns(text)
    return frame.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))


def unique_headers(raw: Sequence[str | None]) -> list[str]:
    """Return the headers stripped and made unique.

    The first unnamed column keeps its empty name; further ones are named by their position.

    Examples
    --------
    >>> unique_headers(["", " price ", '"make"', "price", "", "_row"])
    ['', 'price', 'make', 'price (2)', 'column_5', '_row (2)']
    """
    taken = {SOURCE, ROW}
    names: list[str] = []
    for position, header in enumerate(raw, start=1):
        name = _bare_header(header or "")
        if not name and "" in taken:
            name = f"column_{position}"
        names.append(_free_name(name, taken))
        taken.add(names[-1])
    return names


def _bare_header(header: str) -> str:
    name = " ".join(header.replace("\ufeff", "").split())
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].strip()
    return name


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
