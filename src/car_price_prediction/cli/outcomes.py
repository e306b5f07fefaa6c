"""`car-price outcomes`: what cars really sold for."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .quote import ARTIFACTS
from .valuations import AS_JSON, kept_database

SHOWN = 10


@click.command()
@click.argument("file")
@click.option("--price", metavar="HEADER", help="The column that tells what a car sold for.")
@click.option("--sold-on", metavar="HEADER", help="The column that tells the day.")
@click.option("--valuation-id", metavar="HEADER", help="The column that names the valuation.")
@click.option("--reference", metavar="HEADER", help="The column with your own name of the sale.")
@click.option("--again", is_flag=True, help="Take what was corrected before, too.")
@ARTIFACTS
@AS_JSON
def outcomes(file: str, again: bool, artifacts: Path | None, as_json: bool, **columns: str | None) -> int:
    """Take what cars sold for out of FILE, which is as in `car-price check`.

    A sale names its valuation, or its car is described as the training file describes cars. The same file may be told
    again, whole or in part: nothing is counted twice, and a later word corrects an earlier one.
    """
    from car_price_prediction.backtest.sales_file import SalesFile
    from car_price_prediction.backtest.take import take_file
    from car_price_prediction.bootstrap import current_valuer, settings_from_environment
    from car_price_prediction.valuations.outcomes import Outcomes

    from .reading import reading

    database = kept_database(artifacts)
    valuer = current_valuer(artifacts or settings_from_environment().artifacts)
    with reading() as progress:
        sales = SalesFile(valuer, file, {k: v for k, v in columns.items() if v is not None}, progress)
        told = take_file(Outcomes(database), sales, again=again, progress=progress)
    if as_json:
        click.echo(json.dumps({**told.as_dict(), "notes": sales.notes, "columns": sales.columns}, indent=1))
    else:
        for note in sales.notes:
            click.echo(f"note: {note}", err=True)
        for problem in told.problems[:SHOWN]:
            click.echo(f"row {problem['row']}: {problem['problem']}", err=True)
        states = ", ".join(f"{told.states[state]:,} {state}" for state in sorted(told.states)) or "none taken"
        click.echo(f"{told.rows:,} rows: {states}; {told.refused:,} refused; a valuation is kept for {told.found:,}")
    return 0 if told.refused < max(told.rows, 1) else 1
