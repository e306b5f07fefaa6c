"""`car-price train`: listings in, a published model package out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .extras import need_ray, need_training
from .interrupt import terminated_like_interrupted
from .options import Engines, Promotion, engine_options, listings_options, model_options, promotion_options

if TYPE_CHECKING:
    from car_price_prediction.listings.loaded import LoadOptions
    from car_price_prediction.training.choices import Choices
    from car_price_prediction.training.engine import Engine


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@listings_options
@click.option("--artifacts", type=click.Path(path_type=Path), help="Folder of the packages.  [default: artifacts]")
@model_options
@promotion_options
@engine_options
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, and no progress.")  # fmt: skip
def train(
    files: tuple[str, ...],
    options: LoadOptions,
    artifacts: Path | None,
    choices: Choices,
    promotion: Promotion | None,
    engines: Engines,
    as_json: bool,
) -> int:
    """Train on FILE: compare candidates, calibrate the best and publish it as a new version.

    FILE is as in `car-price check`. The first version answers at once; a later one is the challenger until it is
    promoted: with --promote, or by `car-price models promote`. Where an MLflow server is set (MLFLOW_TRACKING_URI), the
    run is logged there.

    With --engine ray the fits run on the nodes of a cluster; the model is the same.
    """
    from car_price_prediction.bootstrap import life_cycle, settings_from_environment

    need_training()
    from car_price_prediction.retraining.standing import standing_of
    from car_price_prediction.training.job import TrainingJob
    from car_price_prediction.training.progress import Progress

    settings = settings_from_environment()
    if artifacts:
        settings = settings.model_copy(update={"artifacts": artifacts})
    with terminated_like_interrupted(), _engine(engines) as engine, Progress(quiet=as_json) as progress:
        outcome = TrainingJob(settings, progress, engine).run(files, options, choices)
    why, force = (promotion.why, promotion.force) if promotion else ("", False)
    standing = standing_of(life_cycle(settings), outcome, promote=promotion is not None, why=why, force=force)
    summary = outcome.as_dict() | standing.as_dict()
    click.echo(json.dumps(summary, ensure_ascii=False, indent=1) if as_json else _text(summary))
    return 1 if promotion and not summary["answers"] else 0


@contextmanager
def _engine(engines: Engines) -> Iterator[Engine | None]:
    """Give what the fits run on until the block ends; None is this machine."""
    if engines.name == "local":
        yield None
        return
    need_ray()
    from car_price_prediction.scale.cluster import cluster
    from car_price_prediction.scale.tasks import RayEngine

    with cluster():
        yield RayEngine(engines.spread_from)


def _text(summary: dict[str, Any]) -> str:
    metrics, currency = summary["metrics"], summary["currency"] or ""
    state = "answers now" if summary["answers"] else "is the challenger"
    lines = [
        f"{summary['version']} {state} ({summary['candidate']}, {summary['rows_used']:,} listings)",
        f"  median error {metrics['mdape']:.1%}, mean {metrics['mae']:,.0f} {currency}".rstrip(),
        f"  {metrics['coverage']:.1%} of asking prices inside their range (promised: {summary['coverage']:.0%})",
        f"  {summary['rows_rejected']:,} of {summary['rows_read']:,} rows set aside: {summary['data']}",
        f"  package: {summary['package']}",
        f"  MLflow:  {summary['tracking']['url'] or summary['tracking']['problem']}",
    ]
    lines += [f"  {summary['alias']}"] if summary["alias"] else []
    lines += [f"  note: {note}" for note in summary["notes"]]
    lines += [f"  gate: {c['id']}: {c['message']}" for c in summary.get("checks", []) if not c["passed"]]
    if not summary["answers"]:
        lines.append("  the champion answers on; `car-price models promote` makes this version answer")
    return "\n".join(lines)
