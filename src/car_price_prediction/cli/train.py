"""`car-price train`: listings in, a published model package out."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import listings_options

if TYPE_CHECKING:
    from car_price_prediction.listings.loaded import LoadOptions
    from car_price_prediction.training.boosted import Budget
    from car_price_prediction.training.compare import Monotone

MOST_SEED = 2**31 - 1
"""The largest that every library takes."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@listings_options
@click.option("--artifacts", type=click.Path(path_type=Path), help="Folder of the packages.  [default: artifacts]")
@click.option("--seed", type=click.IntRange(0, MOST_SEED), default=0, show_default=True, help="Makes a run repeatable.")
@click.option(
    "--coverage",
    type=click.FloatRange(0.5, 0.99),
    default=0.9,
    show_default=True,
    help="The share of asking prices that the ranges are to hold.",
)
@click.option(
    "--budget",
    type=click.Choice(["quick", "standard", "thorough"]),
    default="standard",
    show_default=True,
    help="How much time goes into the search for the best model.",
)
@click.option(
    "--monotone",
    type=click.Choice(["auto", "on", "off"]),
    default="auto",
    show_default=True,
    help="Never price a car higher for more mileage or age, all else equal; auto: where it costs no accuracy.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, and no progress.")  # fmt: skip
def train(
    files: tuple[str, ...],
    options: LoadOptions,
    artifacts: Path | None,
    seed: int,
    coverage: float,
    budget: Budget,
    monotone: Monotone,
    as_json: bool,
) -> None:
    """Train on FILE: compare candidates, calibrate the best, publish it and make it the one that answers.

    FILE is as in `car-price check`. Where an MLflow server is set (MLFLOW_TRACKING_URI), the run is logged there.
    """
    from car_price_prediction.bootstrap import settings_from_environment

    _check_installed()
    from car_price_prediction.training.job import TrainingJob
    from car_price_prediction.training.progress import Progress

    settings = settings_from_environment()
    if artifacts:
        settings = settings.model_copy(update={"artifacts": artifacts})
    with _terminated_like_interrupted(), Progress(quiet=as_json) as progress:
        job = TrainingJob(settings, progress)
        outcome = job.run(files, options, seed=seed, coverage=coverage, budget=budget, monotone=monotone)
    summary = outcome.as_dict()
    click.echo(json.dumps(summary, ensure_ascii=False, indent=1) if as_json else _text(summary))


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that nothing half made is left behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _check_installed() -> None:
    from importlib.util import find_spec

    from car_price_prediction.domain.errors import CarPriceError

    absent = [name for name in ("sklearn", "xgboost", "matplotlib", "mlflow") if find_spec(name) is None]
    if absent:
        raise CarPriceError(
            f"training needs more than serving: {', '.join(absent)} not installed",
            hint="pip install 'car-price-prediction[train]'",
        )


def _text(summary: dict[str, Any]) -> str:
    metrics, currency = summary["metrics"], summary["currency"] or ""
    lines = [
        f"{summary['version']} answers now ({summary['candidate']}, {summary['rows_used']:,} listings)",
        f"  median error {metrics['mdape']:.1%}, mean {metrics['mae']:,.0f} {currency}".rstrip(),
        f"  {metrics['coverage']:.1%} of asking prices inside their range (promised: {summary['coverage']:.0%})",
        f"  {summary['rows_rejected']:,} of {summary['rows_read']:,} rows set aside: {summary['data']}",
        f"  package: {summary['package']}",
        f"  MLflow:  {summary['tracking']['url'] or summary['tracking']['problem']}",
    ]
    return "\n".join(lines + [f"  note: {note}" for note in summary["notes"]])
