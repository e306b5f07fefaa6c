"""`car-price evaluate`: how good a model is on listings that came after it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import listings_options
from .quote import ARTIFACTS

if TYPE_CHECKING:
    from rich.console import Console

    from car_price_prediction.evaluation.report import Report
    from car_price_prediction.listings.loaded import LoadOptions

WIDTH = 140


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@listings_options
@ARTIFACTS
@click.option("--version", metavar="VERSION", help="Of the model; the current one where not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the evaluation as JSON.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the evaluation as one HTML file.")
def evaluate(
    files: tuple[str, ...],
    options: LoadOptions,
    artifacts: Path | None,
    version: str | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """Measure the current model on FILE: listings with prices that it was not trained on, best later ones.

    FILE is as in `car-price check`; it is read as the training file was where its headers are the same, cleaned as for
    training, and priced as the service prices. Listings that the model was trained on are told, and counted apart.
    """
    from car_price_prediction.batch.target import check_target
    from car_price_prediction.bootstrap import current_valuer, settings_from_environment
    from car_price_prediction.evaluation.later import evaluate_files

    from .reading import reading

    if html:
        check_target(str(html))
    folder = artifacts or settings_from_environment().artifacts
    valuer = current_valuer(folder, version)
    with reading() as progress:
        report = evaluate_files(valuer, files, options, artifacts=folder, progress=progress)
    if html:
        from car_price_prediction.evaluation.page import report_page
        from car_price_prediction.package.files import replace_file

        replace_file(html, report_page(report))
    if as_json:
        click.echo(report.as_json())
        return
    _show(report)
    if html:
        click.echo(f"written: {html}")


def _show(report: Report) -> None:
    from car_price_prediction.evaluation.text import print_report

    for text in report.notes:
        click.echo(f"note: {text}", err=True)
    print_report(report, wide_console())
    for text in report.warnings:
        click.echo(f"warning: {text}", err=True)


def wide_console() -> Console:
    """Return a console for tables."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        # A file or a pipe has no width of its own, and Rich's 80 columns fold the tables.
        console.width = WIDTH
    return console
