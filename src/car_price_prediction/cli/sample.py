"""`car-price sample`: write listings to try everything on."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

MOST_ROWS = 50_000_000


@click.command()
@click.argument("out", metavar="OUT")
@click.option("--rows", type=click.IntRange(1, MOST_ROWS), default=20_000, show_default=True, help="How many listings.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed, other listings.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def sample(out: str, rows: int, seed: int, as_json: bool) -> None:
    """Write the sample market: listings made from public facts about real cars.

    OUT ends in .csv, .csv.gz or .parquet; - is standard output, as CSV. The same rows and seed give the same file, byte
    for byte. The listings are generated: their prices are believable, but no advice.
    """
    from car_price_prediction.listings.sample import sample_chunks
    from car_price_prediction.listings.sample_write import writer_for

    from .reading import reading

    write, begun = writer_for(out), time.monotonic()
    with _output(out) as file, reading() as progress:
        write(sample_chunks(rows, seed, progress=lambda done, total: progress("writing listings", done, total)), file)
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


def _summary(out: str, rows: int, seed: int, seconds: float) -> dict[str, Any]:
    from car_price_prediction.listings.sample import SAMPLE_MARKET_NAME

    return {
        "file": out,
        "rows": rows,
        "seed": seed,
        "market": SAMPLE_MARKET_NAME,
        "currency": "EUR",
        "mileage_unit": "km",
        "bytes": None if out == "-" else Path(out).stat().st_size,
        "seconds": round(seconds, 2),
    }


def _tell(summary: dict[str, Any], *, as_json: bool, to_stderr: bool) -> None:
    """Print the summary; on standard error where the listings themselves are on standard output."""
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False), err=to_stderr)
        return
    text = f"{summary['rows']:,} listings of the {summary['market']} (seed {summary['seed']})"
    click.echo(text if to_stderr else f"{text}: {summary['file']}", err=to_stderr)
