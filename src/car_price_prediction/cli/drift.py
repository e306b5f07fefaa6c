"""`car-price drift`: whether cars are still what the model learnt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from car_price_prediction.domain.errors import PackageError

from .evaluate import wide_console
from .options import listings_options
from .quote import ARTIFACTS
from .valuations import AS_JSON, kept_database

if TYPE_CHECKING:
    from car_price_prediction.drift.report import DriftReport
    from car_price_prediction.listings.loaded import LoadOptions
    from car_price_prediction.pricing.valuer import Valuer


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE…]")
@listings_options
@ARTIFACTS
@click.option("--version", metavar="VERSION", help="Of the model; the current one where not given.")
@click.option(
    "--days",
    type=click.FloatRange(0.01, 3_650),
    default=7,
    show_default=True,
    help="Kept valuations of so many days, of which the newest 2,000 cars are compared.",
)
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write it as one HTML file, with plots.")
@click.option("--note", is_flag=True, help="Keep it where GET /info/drift and the metrics tell it; not with FILE.")
@AS_JSON
def drift(
    files: tuple[str, ...],
    options: LoadOptions,
    artifacts: Path | None,
    version: str | None,
    days: float,
    html: Path | None,
    note: bool,
    as_json: bool,
) -> None:
    """Compare the cars that were last asked for, or those of FILE, with the model's training listings.

    Field by field: a stability index, a test that is corrected for the number of fields, a plain verdict, and the
    values that moved; also the words that training never saw, and prices. Without FILE, the valuations that were kept
    are compared (CAR_PRICE_VALUATIONS_URL); FILE is as in `car-price check`, with asking prices or without.
    """
    from car_price_prediction.batch.target import check_target
    from car_price_prediction.bootstrap import current_valuer, settings_from_environment

    if note and (files or version):
        raise click.UsageError("--note goes with kept valuations and the current model: without FILE and --version")
    if html:
        check_target(str(html))
    folder = artifacts or settings_from_environment().artifacts
    valuer = current_valuer(folder, version)
    if note:
        report = _noted(valuer, folder, days)
    else:
        report = _of_files(valuer, files, options, folder) if files else _of_kept(valuer, folder, days)
    _tell(report, html, as_json=as_json)


def _of_files(valuer: Valuer, files: tuple[str, ...], options: LoadOptions, artifacts: Path) -> DriftReport:
    from car_price_prediction.drift.compare import compare
    from car_price_prediction.drift.files import cars_of_files
    from car_price_prediction.drift.reference import reference_for

    from .reading import reading

    found = reference_for(valuer, artifacts)
    with reading() as progress:
        cars = cars_of_files(valuer, files, options, artifacts, progress)
    names = ", ".join(Path(name).name for name in files)
    known = {"version": valuer.manifest.version, "source": names, "notes": (*found.notes, *cars.notes)}
    return compare(found.reference, cars.table).model_copy(update=known)


def _noted(valuer: Valuer, artifacts: Path, days: float) -> DriftReport:
    from car_price_prediction.drift.noted import note_drift
    from car_price_prediction.drift.report import nothing_compared

    try:
        report = _of_kept(valuer, artifacts, days)
    except PackageError as error:
        # Who asks the service for it is to read why there is nothing.
        note_drift(artifacts, nothing_compared(valuer.manifest.version, error.message))
        raise
    note_drift(artifacts, report)
    return report


def _of_kept(valuer: Valuer, artifacts: Path, days: float) -> DriftReport:
    from car_price_prediction.bootstrap import settings_from_environment
    from car_price_prediction.drift.compare import level_of
    from car_price_prediction.drift.kept import drift_of_kept
    from car_price_prediction.drift.reference import reference_for
    from car_price_prediction.valuations.store import Valuations

    found = reference_for(valuer, artifacts)
    level = level_of(settings_from_environment().drift_every_s)
    kept = Valuations(kept_database(artifacts))
    report = drift_of_kept(kept, found.reference, valuer.manifest.version, level=level, days=days)
    return report.model_copy(update={"notes": found.notes})


def _tell(report: DriftReport, html: Path | None, *, as_json: bool) -> None:
    if html:
        from car_price_prediction.drift.page import drift_page
        from car_price_prediction.package.files import replace_file

        replace_file(html, drift_page(report))
    if as_json:
        click.echo(report.as_json())
        return
    from car_price_prediction.drift.text import print_drift

    print_drift(report, wide_console())
    for text in report.notes:
        click.echo(f"note: {text}", err=True)
    if html:
        click.echo(f"written: {html}")
