"""`car-price sample`: write listings to try everything on."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from car_price_prediction.listings.sample import Progress

MOST_ROWS = 50_000_000
PROGRESS_FROM_ROWS = 200_000
"""Below this it is over before a display could be read."""


@click.command()
@click.argument("out", metavar="OUT")
@click.option("--rows", type=click.IntRange(1, MOST_ROWS), default=20_000, show_default=True, help="How many listings.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed, other listings.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def sample(out: str, rows: int, seed: int, as_json: bool) -> None:
    """Write the sample market: listings made from public facts about real cars.

    OUT ends in .csv, .csv.gz or .parquet; - is standard output, as CSV. The same rows and seed give the same file, byte
    for byte. The listings are generated: prices are believable, but no advice.
    """
    from car_price_prediction.listings.sample import sample_chunks
    from car_price_prediction.listings.sample_write import writer_for

    write, begun = writer_for(out), time.monotonic()
    with _output(out) as file, _progress(rows) as progress:
        write(sample_chunks(rows, seed, progress=progress), file)
    _tell(_summary(out, rows, seed, time.monotonic() - begun), as_json=as_json, to_stderr=out == "-")


@contextmanager
def _output(out: str) -> Iterator[BinaryIO]:
    from car_price_prediction.listings.sample_write import replacing

    if out == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with replacing(Path(out)) as file:
        yield file


@contextmanager
def _progress(rows: int) -> Iterator[Progress | None]:
    """Show on standard error how far it is, where somebody watches and there is something to watch."""
    if rows < PROGRESS_FROM_ROWS or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as rich
    from rich.console import Console

    counts = (rich.MofNCompleteColumn(), rich.TimeElapsedColumn(), rich.TimeRemainingColumn())
    columns = ("writing listings", rich.BarColumn(), *counts)
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as display:
        task = display.add_task("", total=rows)
        yield lambda done, _: display.update(task, completed=done)


def _summary(out: str, rows: int, seed: int, seconds: float) -> dict[str, Any]:
    from car_price_prediction.listings.sample import SAMPLE_MARKET_NAME

    size = None if out == "-" else Path(out).stat().st_size
    summary = {"file": out, "rows": rows, "seed": seed, "market": SAMPLE_MARKET_NAME, "currency": "EUR"}
    return summary | {"mileage_unit": "km", "bytes": size, "seconds": round(seconds, 2)}


def _tell(summary: dict[str, Any], *, as_json: bool, to_stderr: bool) -> None:
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False), err=to_stderr)
        return
    text = f"{summary['rows']:,} listings of the {summary['market']} (seed {summary['seed']})"
    click.echo(text if to_stderr else f"{text}: {summary['file']}", err=to_stderr)
