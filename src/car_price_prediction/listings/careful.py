"""Reads delimited text record by record, and recovers from quotes that open and never close."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from .dialect import MAX_CELL, Dialect, rows_of, split_rows
from .table import BadRow

MAX_LINES = 500
"""Lines that one record may span; a quote left open for longer was never meant to open a cell."""

MAX_RECORD = 1 << 18
"""Characters that one record may have when it spans lines."""


@dataclass(slots=True)
class _Lines:
    """Hands out lines, and knows whether it was asked for more than there are."""

    lines: list[str]
    at: int = 0
    asked_beyond: bool = False
    until: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= min(len(self.lines), self.until):
            self.asked_beyond = True
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]


@dataclass(slots=True)
class CarefulReader:
    """Splits text into rows of the right width and bad rows.

    Parameters
    ----------
    dialect : Dialect
        How the text is written.
    """

    dialect: Dialect
    unwrapped: int = 0
    stray_quotes: int = 0
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)

    def read(self, text: str, row: int, *, last: bool) -> tuple[int, str]:
        """Read the text, whose first record has the given row number, into ``rows`` and ``bad``.

        Returns
        -------
        int
            The row number after the last record read.
        str
            The text of a record that the text does not end, to be read again with what follows.
        """
        lines = list(io.StringIO(text, newline="\n"))
        at = 0
        while at < len(lines):
            cells, used, is_open = self._record(lines, at)
            size = sum(map(len, lines[at : at + used])) if used > 1 else 0
            if is_open and not last and used < MAX_LINES and size < MAX_RECORD:
                return row, "".join(lines[at:])
            if used > 1 and (is_open or size >= MAX_RECORD or not self._plausible(cells, lines[at : at + used])):
                cells, used = self._without_quotes(lines[at]), 1
            if any(map(str.strip, cells)) or len(cells) > 1:
                self._keep(cells, row, "".join(lines[at : at + used]).rstrip("\n"))
                row += 1
            at += used
        return row, ""

    def _record(self, lines: list[str], at: int) -> tuple[list[str], int, bool]:
        source = _Lines(lines, at, until=at + MAX_LINES)
        try:
            cells = next(rows_of(source, self.dialect), [])
        except csv.Error:
            return [], max(2, source.at - at), True
        return cells, max(1, source.at - at), source.asked_beyond

    def _plausible(self, cells: list[str], lines: list[str]) -> bool:
        """Tell whether a record over several lines is one: of the right width, and none of its lines is on its own."""
        if len(cells) != self.dialect.width:
            return False
        separators = self.dialect.width - 1
        return self.dialect.width < 4 or all(line.count(self.dialect.separator) < separators for line in lines[1:])

    def _without_quotes(self, line: str) -> list[str]:
        self.stray_quotes += 1
        try:
            return next(csv.reader([line], delimiter=self.dialect.separator, quoting=csv.QUOTE_NONE), [])
        except csv.Error:
            return []

    def _keep(self, cells: list[str], row: int, text: str) -> None:
        width = self.dialect.width
        if len(cells) == 1 and width > 1:
            inner = self._unwrap(cells[0])
            self.unwrapped += len(inner) == width and not self.dialect.wrapped
            cells = inner if len(inner) > 1 else cells
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if len(cells) < width and self.dialect.fill:
            cells = cells + [""] * (width - len(cells))
        if len(cells) == width:
            self.rows.append((row, cells))
            return
        reason = "too_few_cells" if len(cells) < width else "too_many_cells"
        self.bad.append(BadRow(row, reason, f"{len(cells)} cells where {width} belong", text))

    def _unwrap(self, cell: str) -> list[str]:
        try:
            return (split_rows(cell, self.dialect) or [[]])[0]
        except csv.Error:
            return []


def allow_long_cells() -> None:
    """Let cells be as long as `MAX_CELL`; the limit is the whole process's, so it is only ever raised."""
    if csv.field_size_limit() < MAX_CELL:
        csv.field_size_limit(MAX_CELL)
