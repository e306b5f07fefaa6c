"""Reads delimited text record by record, and recovers from quotes that open and never close."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from .dialect import MAX_CELL, Dialect, rows_of, split_rows
from .table import BadRow

MAX_LINES, LEAST_LINES = 500, 8
"""Lines that one record may span; a quote left open for longer was never meant to open a cell."""

MAX_RECORD = 1 << 18
"""Characters that one record may have when it spans lines."""


class _Records:
    """Takes records off lines, one at a time; `at` is the line that the next one begins in, and may be moved."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.lines = list(io.StringIO(text, newline="\n"))
        self.at = 0
        self.is_open = False
        self._until = 0
        self._plain = not (dialect.escaped or dialect.wrapped)
        self._dialect = dialect
        self._reader = rows_of(self, dialect)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Hand the next line of a record to the parser, which asks for one more while a quote is open."""
        if self.at >= self._until:
            self.is_open = True
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]

    def take(self, most_lines: int) -> list[str]:
        """Return the cells of a record of at most so many lines; `is_open` tells whether that did not end it."""
        self.is_open = False
        line = self.lines[self.at]
        if self._plain and self._dialect.quote not in line:
            self.at += 1
            return line.rstrip("\n").split(self._dialect.separator)
        self._until = min(len(self.lines), self.at + most_lines)
        try:
            return next(self._reader, [])
        except csv.Error:
            self._reader = rows_of(self, self._dialect)
            self.is_open = True
            return []


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
        records = _Records(text, self.dialect)
        while records.at < len(records.lines):
            start = records.at
            # The more quotes stayed open, the sooner one more is given up: else it takes too long.
            most_lines = max(LEAST_LINES, MAX_LINES // (1 + self.stray_quotes // 100))
            cells = records.take(most_lines)
            lines = records.lines[start : records.at]
            too_long = len(lines) >= most_lines or sum(map(len, lines)) >= MAX_RECORD
            if records.is_open and not last and not too_long:
                return row, "".join(records.lines[start:])
            if records.is_open or (len(lines) > 1 and (too_long or not self._plausible(cells, lines))):
                records.at = start + 1
                lines = lines[:1]
                cells = self._without_quotes(lines[0])
            if len(cells) > 1 or any(map(str.strip, cells)):
                self._keep(cells, row, "".join(lines).rstrip("\n"))
                row += 1
        return row, ""

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
