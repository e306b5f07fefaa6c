"""`car-price retrain`: new listings in watched places become a new version, once or by a schedule."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from car_price_prediction.bootstrap import environment_with, life_cycle, settings_from_environment, start_logs

from .interrupt import terminated_like_interrupted
from .options import listings_options, model_options
from .retrain_options import retraining_options

if TYPE_CHECKING:
    from car_price_prediction.retraining.wanted import Wanted
    from car_price_prediction.settings import Settings

ARGUMENTS = "car_price_prediction.cli.retrain"


class _Remembered(click.Command):
    """Keeps its arguments as they were given: a scheduled run gets the same."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)


@click.command(cls=_Remembered)
@click.option("--schedule", metavar="CRON", help='Go on until SIGTERM, and look at each moment of CRON: "0 4 * * MON".')
@click.option("--timezone", metavar="ZONE", default="UTC", show_default=True, help="Of CRON, such as Europe/Berlin.")
@click.option("--once", is_flag=True, help="Look now and end, whatever --schedule says.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done: train nothing, write nothing.")
@listings_options
@click.option("--artifacts", type=click.Path(path_type=Path), help="Folder of the packages.  [default: artifacts]")
@model_options
@retraining_options
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, and no progress.")
def retrain(
    wanted: Wanted,
    schedule: str | None,
    timezone: str,
    artifacts: Path | None,
    *,
    once: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Train on the listings files in PLACE, a folder or an address, if any are new, and promote what the gate lets.

    What is new is told by what is in a file, not by its name. New listings that drifted too far from those that the
    champion learnt from are refused. Files that are still being written wait for the next time; one that cannot be
    read is told of, and keeps nothing else from being learnt. Every run leaves a report below artifacts/retraining/.

    Exit code 0: nothing is new, or the new version answers. 1: somebody must look: the report tells at what.
    """
    settings = settings_from_environment()
    if artifacts:
        settings = settings.model_copy(update={"artifacts": artifacts})
    if once or not schedule:
        return _once(settings, wanted, dry_run=dry_run, as_json=as_json)
    if wanted.allow or dry_run:
        raise click.UsageError("--allow-drift and --dry-run are for one run: they do not go with --schedule")
    _follow(settings, schedule, timezone, click.get_current_context().meta[ARGUMENTS])
    return 0


def _once(settings: Settings, wanted: Wanted, *, dry_run: bool, as_json: bool) -> int:
    from car_price_prediction.retraining.report import report_text
    from car_price_prediction.retraining.retraining import Retraining
    from car_price_prediction.training.progress import Progress

    with terminated_like_interrupted(), Progress(quiet=as_json) as progress:
        report = Retraining(settings, life_cycle(settings), wanted, progress).run(dry_run=dry_run)
    click.echo(report.model_dump_json(indent=1) if as_json else report_text(report).rstrip())
    return 1 if report.problems else 0


def _follow(settings: Settings, schedule: str, timezone: str, arguments: tuple[str, ...]) -> None:
    """Run by a schedule; each run is this command anew, with the same arguments."""
    from car_price_prediction.local.child import Child
    from car_price_prediction.local.plan import OURS
    from car_price_prediction.local.signals import StopRequests
    from car_price_prediction.package.retrained import note_plan
    from car_price_prediction.retraining.schedule import Schedule, keep_to

    start_logs(settings)
    command, environ = (*OURS, "retrain", "--once", *arguments), environment_with(settings)
    # Asked to stop as by Ctrl-C: it tidies up then.
    with StopRequests() as stop:
        keep_to(
            Schedule(schedule, timezone),
            lambda: Child("retrain", command, environ=environ, stop_signal=signal.SIGINT),
            stop,
            note=lambda plan: note_plan(settings.artifacts, plan),
        )
