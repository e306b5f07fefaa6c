"""`car-price check`: what a listings file holds, what is understood of it, and what is not believed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import listings_options

if TYPE_CHECKING:
    from car_price_prediction.listings.load import LoadOptions

WIDTH = 140


def _table_name(_context: click.Context, _parameter: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in (".csv", ".parquet"):
        raise click.BadParameter(f'"{path}" must end in .csv or .parquet')
    return path


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@listings_options
@click.option(
    "--save-profile", type=click.Path(path_type=Path, dir_okay=False), help="Save what was understood, to use again."
)
@click.option(
    "--rejected", type=click.Path(path_type=Path, dir_okay=False), callback=_table_name,
    help="Write the rows that are set aside, as they were and why, to a .csv or .parquet file.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as one HTML file.")
def check(
    files: tuple[str, ...],
    options: LoadOptions,
    save_profile: Path | None,
    rejected: Path | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """Say what FILE holds: which column became what and why, which rows are set aside, how prices spread.

    FILE is a CSV, TSV, JSON lines, Parquet or Excel file, compressed or not, a pattern or an address; `-` is standard
    input. Nothing is trained and nothing is kept.
    """
    from car_price_prediction.listings.load import load_listings
    from car_price_prediction.listings.profile import profile_text
    from car_price_prediction.listings.report import build_report

    from .reading import reading

    with reading() as progress:
        loaded = load_listings(files, options, progress)
    report = build_report(loaded)
    if save_profile:
        save_profile.write_text(profile_text(loaded.understanding), encoding="utf-8")
    if html:
        from car_price_prediction.listings.report_html import report_page

        html.write_text(report_page(report), encoding="utf-8")
    if rejected:
        from car_price_prediction.listings.save import write_rejected

        write_rejected(loaded.rejected, rejected)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
        return
    from rich.console import Console

    from car_price_prediction.listings.report_text import print_report

    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        # A file or a pipe has no width of its own, and Rich's 80 columns fold the tables.
        console.width = WIDTH
    print_report(report, console)
    for path in (save_profile, rejected, html):
        if path:
            click.echo(f"written: {path}")
