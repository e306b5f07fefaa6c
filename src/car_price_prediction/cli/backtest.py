"""`car-price backtest`: what cars sold for against what they were valued at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .evaluate import wide_console
from .quote import ARTIFACTS
from .valuations import AS_JSON, DAY, kept_database

if TYPE_CHECKING:
    from car_price_prediction.backtest.score import Score


@click.command()
@click.option("--since", type=DAY, metavar="DAY", help="Sales from this day on, as 2026-01-31.")
@click.option("--until", type=DAY, metavar="DAY", help="Sales before this day.")
@click.option(
    "--within",
    type=click.FloatRange(1, 3_650),
    default=180,
    show_default=True,
    metavar="DAYS",
    help="A described car's valuation is at most so old when it is sold.",
)
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write it as one HTML file, with plots.")
@ARTIFACTS
@AS_JSON
def backtest(
    since: datetime | None,
    until: datetime | None,
    within: float,
    html: Path | None,
    artifacts: Path | None,
    as_json: bool,
) -> None:
    """Score the valuations that were kept against what the cars sold for.

    By month of the sale, model version, make and confidence: how far prices were off, and whether ranges held as often
    as they promised, with the interval that chance allows. Sales come by `car-price outcomes` and POST /outcomes.
    """
    from car_price_prediction.backtest.pairs import pairs_of
    from car_price_prediction.backtest.score import score
    from car_price_prediction.valuations.outcomes import Outcomes

    outcomes = Outcomes(kept_database(artifacts))
    found = score(pairs_of(outcomes, within, since and since.date(), until and until.date()))
    if html:
        from car_price_prediction.backtest.page import score_page
        from car_price_prediction.batch.target import check_target
        from car_price_prediction.package.files import replace_file

        check_target(str(html))
        replace_file(html, score_page(found))
    if as_json:
        click.echo(found.model_dump_json(indent=1))
        return
    _show(found)
    if html:
        click.echo(f"written: {html}")


def _show(found: Score) -> None:
    from car_price_prediction.backtest.text import print_score

    print_score(found, wide_console())
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
