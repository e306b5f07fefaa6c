"""How a delimited text file is written: its separator, its quotes, where its header is; told from its first lines."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from .header import looks_like_header

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "\x1f": "unit separator", "~": "~", "^": "^"}
MAX_CELL = 1 << 20
SAMPLE_ROWS = 500
MAX_PREAMBLE = 20


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""How the rows of a file are written.

    Attributes
    ----------
    separator, quote : str
        One character each.
    escaped : bool
        Quotes within cells are written ``\"`` rather than doubled.
    wrapped : bool
        Every row is itself one quoted cell.
    width : int
        Cells in a row.
    preamble : int
        Rows before the header, or before the first row of data, that are no data.
    header : tuple of str or None
        The header's cells; None where there is no header row.
    fill : bool
        Rows leave out their empty cells at the end.
    """

    separator: str
    quote: str = '"'
    escaped: bool = False
    wrapped: bool = False
    width: int = 1
    preamble: int = 0
    header: tuple[str, ...] | None = None
    fill: bool = False

    def notes(self) -> list[str]:
        """Return what was noticed, for people."""
        found = [f"separator {SEPARATORS[self.separator]}" if self.width > 1 else "one column"]
        if self.quote != '"':
            found.append(f"quotes {self.quote}")
        if self.wrapped:
            found.append("every row is quoted as a whole")
        if self.preamble:
            found.append(f"{self.preamble} rows before the table set aside")
        if self.header is None:
            found.append(f"no header row: columns are column_1 … column_{self.width}")
        if self.fill:
            found.append("short rows were filled up: this file leaves out empty cells at the end of a row")
        return found


def split_rows(text: str, dialect: Dialect) -> list[list[str]]:
    """Split text into rows of cells, whatever the state of its quotes.

    Examples
    --------
    >>> split_rows('a;"b;c"', Dialect(";"))
    [['a', 'b;c']]
    """
    rows = list(rows_of(io.StringIO(text, newline="\n"), dialect))
    if dialect.wrapped:
        inner = replace(dialect, wrapped=False)
        rows = [(split_rows(row[0], inner) or [[]])[0] if len(row) == 1 else row for row in rows]
    return rows


def rows_of(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """Return a reader that splits lines into rows of cells, as the dialect says."""
    return csv.reader(
        lines,
        delimiter=dialect.separator,
        quotechar=dialect.quote,
        escapechar="\\" if dialect.escaped else None,
        skipinitialspace=dialect.separator != "\t",
    )


def detect_dialect(sample: str) -> Dialect:
    r"""Tell how a file is written from its first lines.

    Parameters
    ----------
    sample : str
        Whole lines, with line feeds.

    Examples
    --------
    >>> found = detect_dialect("make;price\nAudi;12,5\nBMW;9,1\n")
    >>> found.separator, found.width, found.header
    (';', 2, ('make', 'price'))
    """
    sample, told = _told_separator(sample)
    quote = _quote_of(sample)
    escaped = re.search(r'\\"[^,;\t|\n]', sample) is not None and '""' not in sample.replace('\\""', "")
    candidates = [Dialect(c, quote, escaped) for c in ([told] if told else SEPARATORS)]
    if quote == '"' and _wholly_quoted(sample):
        candidates = [replace(c, wrapped=True) for c in candidates]
    best = max(candidates, key=lambda candidate: _fitness(_sample_rows(sample, candidate)))
    found = with_shape(best, _sample_rows(sample, best))
    return replace(found, preamble=found.preamble + 1) if told else found


def _told_separator(sample: str) -> tuple[str, str]:
    """Excel writes ``sep=;`` as a line of its own before the header."""
    first, _, rest = sample.partition("\n")
    told = re.fullmatch(r'"?sep=(.)"?', first.strip(" "))
    return (rest, told[1]) if told and told[1] in SEPARATORS else (sample, "")


def _quote_of(sample: str) -> str:
    edges = r"(?:^|[,;\t|]) ?{0}[^{0}\n]*{0} ?(?=[,;\t|]|$)"
    single = len(re.findall(edges.format("'"), sample, re.MULTILINE))
    double = len(re.findall(edges.format('"'), sample, re.MULTILINE))
    return "'" if single > 10 * double + 2 and '"' not in sample else '"'


def _wholly_quoted(sample: str) -> bool:
    """Whether every line is one cell in quotes that holds separators, as some spreadsheets save a file twice."""
    lines = [line.strip() for line in sample.split("\n") if line.strip()][:SAMPLE_ROWS]
    whole = re.compile(r'"(?:[^"]|"")*"')
    inside = re.compile(r"[,;\t|]")
    fitting = sum(1 for line in lines if whole.fullmatch(line) and inside.search(line))
    return len(lines) > 1 and fitting >= 0.9 * len(lines)


def _sample_rows(sample: str, dialect: Dialect) -> list[list[str]]:
    try:
        return [row for row in split_rows(sample, dialect) if row][:SAMPLE_ROWS]
    except csv.Error:
        return []


def _fitness(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """How well rows agree on a number of cells: the share that does, then the number."""
    if not rows:
        return (-1.0, 0)
    width, times = _usual_width(rows)
    if width == 1:
        return (0.0, 1)
    share = times / len(rows)
    # A first row of that width is worth much: decimal commas agree in the rows, never in the header.
    bonus = 0.3 if len(rows[0]) in {width, width - 1} else 0.0
    return (round(share + bonus, 1), width)


def _usual_width(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return the number of cells that rows have, and how many rows have it; the first row's weighs four times."""
    counts = Counter(len(row) for row in rows)
    if len(rows[0]) > 1 and counts[len(rows[0])] > 1:
        counts[len(rows[0])] *= 4
    width = max(counts, key=lambda cells: (counts[cells], cells))
    return width, sum(1 for row in rows if len(row) == width)


def with_shape(dialect: Dialect, rows: list[list[str]]) -> Dialect:
    """Return the dialect with the width, the header and what stands before it, as the first rows tell."""
    if not rows:
        return dialect
    width, _ = _usual_width(rows)
    start = _table_start(rows, width)
    first, below = rows[start], rows[start + 1 :]
    shaped = replace(dialect, width=width, preamble=start, fill=_leaves_out(rows[start:], width))
    if len(first) == width - 1 and below:
        return replace(shaped, header=_completed(first, below, width))
    if not looks_like_header(first[:width], below):
        return shaped
    if any(cell.strip() for cell in first[width:]):
        # More columns are named than rows have cells: those at the end are left out of every row, or of nearly all.
        return replace(shaped, header=tuple(first), width=len(first), fill=True)
    return replace(shaped, header=tuple(first[:width]))


def _completed(header: list[str], below: list[list[str]], width: int) -> tuple[str, ...]:
    """Name the column that the header does not: row numbers come first, blanks after a line's last separator last."""
    trailing = not any(row[-1].strip() for row in below if len(row) == width)
    return (*header, "") if trailing else ("", *header)


def _table_start(rows: list[list[str]], width: int) -> int:
    """Rows of another width before the table are titles and remarks; blank cells do not make a header either."""
    for number, row in enumerate(rows[:MAX_PREAMBLE]):
        named = sum(1 for cell in row if cell.strip())
        if len(row) >= width and named > width / 2:
            return number
        if len(row) == width - 1 and number + 1 < len(rows) and len(rows[number + 1]) == width and named == len(row):
            return number
    return 0


def _leaves_out(rows: list[list[str]], width: int) -> bool:
    """Whether the file drops empty cells at the end of rows: many are short, by differing numbers of cells."""
    short = [len(row) for row in rows if 1 < len(row) < width]
    return len(short) > 0.1 * len(rows) and len(rows) >= 10 and len(set(short)) > 1 and min(short) > width / 2
