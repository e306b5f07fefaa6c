"""A backtest on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

from car_price_prediction.evaluation.chart_words import signed
from car_price_prediction.listings.wording import whole

from .score import TITLES, Realised, Score

NUMBERS = ("sales", "median error", "mean error", "bias", "in range", "95% interval", "promise")


def print_score(score: Score, console: Console) -> None:
    """Print what was scored: all sales, and each table of groups."""
    for part in _parts(score):
        console.print(part)
        console.print()


def _parts(score: Score) -> Iterator[RenderableType]:
    if score.overall is None:
        yield f"nothing to score: {score.outcomes:,} sales were told, and for {score.without:,} no valuation is kept"
        return
    money = f", {score.currency}" if score.currency else ""
    yield _table(f"{score.scored:,} valuations with a sale{money}", (score.overall,))
    for name, title in TITLES.items():
        yield _table(f"By {title}", score.groups[name])
    for two in score.faced:
        yield escape(two.sentence)
    yield f"{score.outcomes:,} sales were told; for {score.without:,} of them no valuation is kept"


def _table(title: str, groups: tuple[Realised, ...]) -> Table:
    table = Table(
        title=escape(title), title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), pad_edge=False
    )
    table.add_column("", header_style="dim", overflow="fold")
    for name in NUMBERS:
        table.add_column(name, justify="right", header_style="dim", overflow="fold")
    for one in groups:
        interval = f"{one.coverage_low:.1%} to {one.coverage_high:.1%}"
        figures = (f"{one.count:,}", f"{one.mdape:.1%}", whole(round(one.mae, 1)), signed(one.bias))
        table.add_row(escape(one.group or "all"), *figures, f"{one.coverage:.1%}", interval, one.verdict)
    return table
