"""Reads delimited text (CSV and its kin) block by block: fast where it is well formed, carefully where it is not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from car_price_prediction.domain.errors import ListingsError

from .careful import MAX_LINES, CarefulReader, allow_long_cells
from .collect import Collector
from .dialect import Dialect, detect_dialect, rows_of
from .pieces import Store
from .scan import Scan, scan_block
from .table import MAX_COLUMNS, ROW, BadRow, PartTable, position_names, tidy_cells, unique_headers

SAMPLE_CHARS = 1 << 17
PIECE = 1 << 15
MAX_LINE = 32 << 20
"""Characters that may come without any line end."""

WIDE_BLANKS = {b"\xc2\xa0", b"\xe2\x80", b"\xe3\x80\x80"}
"""The bytes that no-break, typographic and ideographic blanks begin with."""

Positions = npt.NDArray[np.intp]


@dataclass(slots=True)
class _Reader:
    dialect: Dialect
    careful: CarefulReader
    collected: Collector
    row: int = 1
    left: bytes = b""

    def feed(self, data: bytes, *, last: bool, cut: bool = True) -> None:
        """Read a block, after what the block before it left over."""
        data = self.left + data
        self.left = b""
        if last and data and not data.endswith(b"\n"):
            data += b"\n"
        if len(data) > MAX_LINE and b"\n" not in data:
            raise ListingsError(f"a line is longer than {MAX_LINE >> 20} MB", hint="is it a table?")
        if self._needs_care():
            self._carefully(data, last=last)
            return
        scan = scan_block(data, self.dialect.separator, self.dialect.quote)
        held = len(data) - scan.rest
        if self._can_go_fast(scan) and not (held and last) and held < len(data) // 2 + 4096:
            self._fast(data, scan)
            self.left = data[scan.rest :]
        elif cut and len(data) > 2 * PIECE:
            # What is ill formed is mostly rare: the pieces without it go fast.
            for piece in _pieces(data):
                self.feed(piece, last=False, cut=False)
            if last:
                self.feed(b"", last=True, cut=False)
        else:
            self._carefully(data, last=last)

    def _can_go_fast(self, scan: Scan) -> bool:
        """Whether every quote is in place and no record over several lines may be several rows in truth."""
        long = scan.lines > 1
        if not scan.well_formed or not np.any(long):
            return scan.well_formed
        width = self.dialect.width
        swallowed = (scan.inner >= width - 1) if width > 3 else (scan.lines > MAX_LINES)
        return not np.any(long & (swallowed | (scan.cells != width)))

    def _needs_care(self) -> bool:
        return self.dialect.escaped or self.dialect.wrapped

    def _carefully(self, data: bytes, *, last: bool) -> None:
        end = len(data) if last else data.rfind(b"\n") + 1
        self.row, open_record = self.careful.read(data[:end].decode(), self.row, last=last)
        self.left = open_record.encode() + data[end:]
        self.collected.settle(self.careful.rows)

    def _fast(self, data: bytes, scan: Scan) -> None:
        """Parse the records of the right width at once, and the others one by one."""
        starts = np.concatenate(([0], scan.ends[:-1]))
        good = scan.cells == self.dialect.width
        if self.dialect.width == 1:
            good &= scan.ends - starts > 1
        odd = np.flatnonzero(~good)
        if len(odd) > len(good) // 4:
            self._carefully(data[: scan.rest], last=True)
            return
        blank = odd[(scan.ends - starts)[odd] == 1]
        numbers = np.arange(len(good)) + self.row - np.searchsorted(blank, np.arange(len(good)))
        whole = data[: scan.rest]
        even = b"".join(data[a:b] for a, b in _stretches(scan, starts, good)) if len(odd) else whole
        # A wrong number of rows is not to be expected, but must never pass.
        parsed = self._parse(even, numbers[good])
        for record in odd if parsed else range(len(good)):
            piece = data[starts[record] : scan.ends[record]].decode()
            self.careful.read(piece, int(numbers[record]), last=True)
        self.row += len(good) - len(blank)
        self.collected.settle(self.careful.rows)

    def _parse(self, data: bytes, numbers: Positions) -> bool:
        separator, quote = self.dialect.separator, self.dialect.quote
        header = separator.join(position_names(self.dialect.width)).encode() + b"\n"
        source = io.BytesIO(header + data)
        frame = pl.read_csv(source, separator=separator, quote_char=quote, infer_schema=False)
        if frame.height != len(numbers):
            return False
        spans_lines = data.count(b"\n") != len(numbers)
        if spans_lines or _has_outer_blanks(data, separator, quote):
            frame = tidy_cells(frame, quotes=b'"""' in data)
        self.collected.add(frame.with_columns(pl.Series(ROW, numbers, dtype=pl.UInt32)))
        return True


def _has_outer_blanks(data: bytes, separator: str, quote: str) -> bool:
    """Whether a cell may begin or end with a blank, or with a quote of its own."""
    edges = {separator.encode(), quote.encode(), b"\n"}
    marks = {b" " + edge for edge in edges} | {edge + b" " for edge in edges} | WIDE_BLANKS | {quote.encode() * 2}
    return data[:1] == b" " or (separator != "\t" and b"\t" in data) or any(mark in data for mark in marks)


def _pieces(data: bytes) -> Iterator[bytes]:
    """Cut a block at line ends into pieces of about `PIECE` bytes."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + PIECE) + 1 or len(data)
        yield data[start:end]
        start = end


def _stretches(scan: Scan, starts: Positions, good: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield where unbroken stretches of good records begin and end."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        yield int(starts[first]), int(scan.ends[after - 1])


def read_delimited(blocks: Iterator[bytes], name: str, store: Store | None = None) -> PartTable:
    r"""Read delimited text.

    Parameters
    ----------
    blocks : iterator of bytes
        The text as UTF-8, with line feeds; a block may end anywhere but within a character.
    name : str
        Of the file, for messages.
    store : Store, optional
        Where the rows are kept; without one, in memory while they are few.

    Raises
    ------
    ListingsError
        Where it holds no rows.

    Examples
    --------
    >>> found = read_delimited(iter([b"make;price\nAudi;9000\nBMW\n"]), "cars.csv")
    >>> found.frame.rows(), found.bad[0].reason
    ([('Audi', '9000', 1)], 'too_few_cells')
    """
    allow_long_cells()
    first = next(blocks, b"").decode()
    dialect = detect_dialect(_sample_of(first))
    if dialect.width > MAX_COLUMNS:
        raise ListingsError(
            f"{name} has {dialect.width} columns, more than {MAX_COLUMNS}", hint="is it a table of cars?"
        )
    preamble, rest = _split_head(first, dialect)
    headers = unique_headers(dialect.header or [f"column_{i}" for i in range(1, dialect.width + 1)])
    named = {f"c{i}": header for i, header in enumerate(headers) if header} if dialect.header else {}
    reader = _Reader(dialect, CarefulReader(dialect), Collector(store or Store(), named))
    waiting = rest.encode()
    for block in blocks:
        reader.feed(waiting, last=False)
        waiting = block
    reader.feed(waiting, last=True)
    collected = reader.collected.close(reader.careful.rows)
    found = PartTable(name, headers, collected.pieces, has_header=dialect.header is not None)
    repeated = [BadRow(row, "repeated_header", "repeats the header", ", ".join(headers)) for row in collected.repeated]
    found.bad += sorted([*preamble, *reader.careful.bad, *repeated], key=lambda bad: bad.row)
    found.notes += dialect.notes() + _notes(reader.careful)
    return found


def _sample_of(text: str) -> str:
    end = text.rfind("\n", 0, SAMPLE_CHARS) + 1
    return text[:end] if end and len(text) > SAMPLE_CHARS else text[: 8 * SAMPLE_CHARS]


def _split_head(text: str, dialect: Dialect) -> tuple[list[BadRow], str]:
    """Split what comes before the first row of data off the text: rows before the table, and the header."""
    lines = io.StringIO(text, newline="\n")
    records = rows_of(iter(lines.readline, ""), dialect)
    left = dialect.preamble + (dialect.header is not None)
    before: list[BadRow] = []
    while left:
        start = lines.tell()
        cells = next(records)
        if cells:
            left -= 1
            if len(before) < dialect.preamble:
                before.append(BadRow(0, "before_table", "stands before the header", text[start : lines.tell()].strip()))
    return before, text[lines.tell() :]


def _notes(careful: CarefulReader) -> list[str]:
    found = []
    if careful.unwrapped:
        found.append(f"{careful.unwrapped} rows were quoted as a whole")
    if careful.stray_quotes:
        found.append(f"{careful.stray_quotes} rows hold a quote that never closes")
    return found
