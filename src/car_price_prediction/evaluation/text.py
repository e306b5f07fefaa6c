"""The evaluation on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

from car_price_prediction.listings.wording import rows, whole

from .chart_words import signed
from .measured import TITLES, Figures, Group, Miss
from .page import car_name
from .report import SPLITS, Report

TABLES = ("price_decile", "make")
MISSES = 10
NUMBERS = ("listings", "median error", "mean error", "R2", "bias", "in range", "width")


def print_report(report: Report, console: Console) -> None:
    """Print what was measured: all listings, by predicted price, by make, and the largest misses."""
    for part in _parts(report):
        console.print(part)
        console.print()


def _parts(report: Report) -> Iterator[RenderableType]:
    yield _all(report)
    for name in TABLES:
        if name in report.main.groups:
            yield _groups(f"By {TITLES[name]}", report.main.groups[name])
    yield _misses(report.main.worst[:MISSES])
    if report.set_aside:
        told = ", ".join(f"{count:,} {escape(reason)}" for reason, count in report.set_aside.items())
        yield f"{rows(sum(report.set_aside.values()))} of {report.rows_read:,} set aside: {told}"


def _all(report: Report) -> Table:
    money = f", {report.currency}" if report.currency else ""
    title = f"Model {report.version} on {', '.join(report.files)}{money}; ranges promise {report.promised:.0%}"
    table = _table(title, "", *NUMBERS)
    for name, split in report.splits.items():
        table.add_row(SPLITS[name].lower(), *_cells(split.overall, split.overall.r2))
    if report.trained:
        table.add_row("at its training, on cars not seen", *_cells(report.trained, report.trained.r2))
    return table


def _groups(title: str, groups: Sequence[Group]) -> Table:
    table = _table(title, "", *(name for name in NUMBERS if name != "R2"))
    for group in groups:
        table.add_row(escape(group.label), *_cells(group))
    return table


def _cells(figures: Figures | Group, r2: float | None = None) -> list[str]:
    return [
        f"{figures.count:,}",
        f"{figures.mdape:.1%}",
        whole(round(figures.mae, 1)),
        *([] if r2 is None else [f"{r2:.3f}"]),
        signed(figures.bias),
        f"{figures.coverage:.1%}",
        f"{figures.width:.0%}",
    ]


def _misses(misses: Sequence[Miss]) -> Table:
    table = _table("The largest misses", "listing", "car", "asked", "predicted", "range")
    for miss in misses:
        place = f"{miss.source} row {miss.row}"
        span = f"{whole(round(miss.low))} to {whole(round(miss.high))}"
        figures = (whole(miss.price), whole(round(miss.predicted)), span)
        table.add_row(escape(place), escape(car_name(miss)), *figures)
    return table


def _table(title: str, *headers: str) -> Table:
    table = Table(
        title=escape(title), title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), pad_edge=False
    )
    for header in headers:
        left = header in ("", "listing", "car")
        table.add_column(header, justify="left" if left else "right", header_style="dim", overflow="fold")
    return table
