"""The report on a terminal: tables and small histograms."""

from __future__ import annotations

from collections.abc import Iterator

from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from .figures import Band, FieldFigures
from .report import LEFT_OUT, ColumnLine, Report
from .wording import rows, share, short, size_of, whole

EIGHTHS = " ▏▎▍▌▋▊▉█"
HEIGHTS = "▁▂▃▄▅▆▇█"
BAR = 18


def print_report(report: Report, console: Console | None = None) -> None:
    """Print the report; to a terminal in colour, elsewhere as plain text."""
    console = console or Console()
    for part in _parts(report):
        console.print(part)
        console.print()


def bar(value: float, most: float, width: int = BAR) -> str:
    """Return a bar of eighths of a cell.

    Examples
    --------
    >>> bar(1, 2, width=3)
    '█▌'
    """
    eighths = round(8 * width * value / most) if most > 0 else 0
    return (EIGHTHS[8] * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip()


def spark(counts: list[int]) -> str:
    """Return a histogram one line high; what holds anything is seen.

    Examples
    --------
    >>> spark([0, 1, 4, 8])
    ' ▁▄█'
    """
    most = max(counts, default=0)
    return "".join(HEIGHTS[-(-8 * count // most) - 1] if count else " " for count in counts)


def _parts(report: Report) -> Iterator[RenderableType]:
    yield _summary(report)
    yield _used(report)
    left_out = [column for column in report.columns if column.role not in ("field", "extra")]
    if left_out:
        yield _left_out(left_out)
    yield _fields(report.fields)
    if report.rejected:
        yield _rejected(report)
    if report.price:
        yield _price(report)
    yield Columns([table for table in _price_tables(report) if table.row_count], padding=(0, 4))


def _summary(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    for source in report.sources:
        table.add_row("read", f"{escape(source.name)}, {size_of(source.bytes)}, sha256 {source.sha256[:12]}…")
    table.add_row("rows", f"{report.rows_read:,}")
    table.add_row("used", f"{rows(report.rows_used, 'listing')} of {rows(report.different, 'different car')}")
    table.add_row("set aside", f"{rows(report.rows_rejected)} ({share(report.rows_rejected, report.rows_read)})")
    table.add_row("currency", report.currency or "not known: tell it with --currency")
    table.add_row("mileage", "miles, brought to km" if report.mileage_unit == "mi" else "km")
    for note in report.notes:
        table.add_row("noticed", escape(note))
    return table


def _used(report: Report) -> Table:
    table = _table("Columns", "column", "became", "sure", "for example", "because")
    for column in report.columns:
        if column.role in ("field", "extra"):
            name = column.label.lower() if column.role == "field" else f"{column.field} (extra)"
            unit = f" in {column.unit}" if column.unit else ""
            examples = ", ".join(column.examples)
            table.add_row(*map(escape, (column.header, name + unit, f"{column.confidence:.0%}", examples, column.why)))
    return table


def _left_out(columns: list[ColumnLine]) -> Table:
    table = _table("Columns left out", "column", "is", "for example", "because")
    for column in columns:
        cells = (column.header, LEFT_OUT.get(column.role, column.role), ", ".join(column.examples), column.why)
        table.add_row(*map(escape, cells))
    return table


def _fields(fields: tuple[FieldFigures, ...]) -> Table:
    table = _table("Values", "field", "missing", "different", "usual")
    for field in fields:
        table.add_row(escape(field.label), share(field.missing, 1), f"{field.distinct:,}", escape(field.usual()))
    return table


def _rejected(report: Report) -> Table:
    table = _table("Rows set aside", "reason", "rows", "share", "for example")
    for line in report.rejected:
        name = Text.assemble((line.code, "bold"), f"\n{line.sentence}")
        example = "\n".join(f"row {row.row}: {row.detail}" for row in line.examples[:2])
        table.add_row(name, f"{line.rows:,}", share(line.rows, report.rows_read), escape(example))
    for field, count in report.taken_out.items():
        table.add_row(f"{field} emptied", f"{count:,}", share(count, report.rows_used), "implausible; the row stays")
    return table


def _price(report: Report) -> Text:
    bins = report.price
    title = f"Prices{f' in {report.currency}' if report.currency else ''}"
    line = f"{short(bins[0].low)} {spark([b.rows for b in bins])} {short(bins[-1].high)}"
    return Text.assemble((title, "bold"), f" (each step is the same ratio)\n{line}")


def _price_tables(report: Report) -> Iterator[Table]:
    yield _bands("Price by age", "years", report.by_age)
    yield _bands("Price by mileage", "from km", report.by_mileage)
    table = _table("Largest makes", "make", "listings", "median price", "")
    most = max((make.rows for make in report.makes), default=0)
    for make in report.makes:
        table.add_row(escape(make.make), f"{make.rows:,}", whole(make.median), bar(make.rows, most))
    yield table


def _bands(title: str, label: str, bands: tuple[Band, ...]) -> Table:
    table = _table(title, label, "listings", "median price", "")
    most = max((band.median for band in bands), default=0.0)
    for band in bands:
        table.add_row(band.label, f"{band.rows:,}", whole(band.median), bar(band.median, most))
    return table


def _table(title: str, *headers: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for header in headers:
        right = header in ("rows", "share", "missing", "different", "sure", "listings", "median price")
        table.add_column(header, justify="right" if right else "left", header_style="dim", overflow="fold")
    return table
