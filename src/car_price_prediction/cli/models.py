"""`car-price models`: which versions there are, which one answers, and how another one comes to answer."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from car_price_prediction.bootstrap import champion_sync, follow_champion, life_cycle, settings_from_environment
from car_price_prediction.domain.errors import CarPriceError, PromotionRefusedError
from car_price_prediction.settings import Settings

from .extras import need_training
from .options import check_why

if TYPE_CHECKING:
    from car_price_prediction.registry.overview import Row
    from car_price_prediction.registry.promotion import Move
    from car_price_prediction.training.track import Tracked

ARTIFACTS = click.option(
    "--artifacts", type=click.Path(path_type=Path), help="Folder of the packages.  [default: artifacts]"
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print for machines.")
NAME = click.argument("version", required=False, metavar="[VERSION]")


@click.group()
def models() -> None:
    """List, promote and roll back model versions; follow MLflow's champion."""


@models.command("list")
@ARTIFACTS
@AS_JSON
def list_(artifacts: Path | None, as_json: bool) -> None:
    """List the versions, the newest first: which one answers, which one waits, which one a rollback brings back."""
    from car_price_prediction.package.store import ModelStore
    from car_price_prediction.registry.overview import overview

    settings = _settings(artifacts)
    rows = overview(ModelStore(settings.artifacts), life_cycle(settings).challenger())
    if as_json:
        _print({"models": [row.as_dict() for row in rows]})
    elif rows:
        click.echo("\n".join(_line(row) for row in rows))
    else:
        click.echo(f"no version in {settings.artifacts} yet: train one with `car-price train FILE`")


@models.command()
@NAME
@ARTIFACTS
@AS_JSON
def show(version: str | None, artifacts: Path | None, as_json: bool) -> None:
    """Show one version: its card, when it was made to answer and why, and what live requests tell of a challenger.

    VERSION is a version of `car-price models list`, champion (where not given) or challenger.
    """
    from car_price_prediction.package.contents import CARD
    from car_price_prediction.package.store import ModelStore

    settings = _settings(artifacts)
    store = ModelStore(settings.artifacts)
    life = life_cycle(settings)
    package = store.load(life.resolve(version or "champion"))
    name = package.manifest.version
    live = life.live(name)
    history = [line for line in store.history() if name in (line.get("from"), line.get("to"))]
    if as_json:
        manifest = package.manifest.model_dump(mode="json", exclude={"files", "columns"})
        shadow = live.as_dict() if live else None
        _print({"manifest": manifest, "current": store.current_or_none() == name, "history": history, "shadow": shadow})
        return
    click.echo((package.folder / CARD).read_text(encoding="utf-8").rstrip())
    click.echo("\n## When it answered\n")
    for line in history:
        click.echo(f"- {line.get('when')} {line.get('who')}: {line.get('from')} -> {line.get('to')}, {line.get('why')}")
    if live and (told := list(live.lines())):
        click.echo("\n## In the shadow\n\n" + "\n".join(told))


@models.command()
@NAME
@ARTIFACTS
@click.option("--force", is_flag=True, help="Promote whatever the gate says; --why is needed and written down.")
@click.option("--why", metavar="TEXT", default="", help="The reason, for the history.")
@AS_JSON
def promote(version: str | None, artifacts: Path | None, force: bool, why: str, as_json: bool) -> int:
    """Make VERSION the champion that answers, if the gate lets it through.

    VERSION is the challenger where not given: the newest version that never answered. The gate compares it with the
    champion on the same listings, none of which the predicting model had seen.
    """
    check_why(force=force, why=why)
    move = life_cycle(_settings(artifacts)).promote(version, why=why, force=force)
    if as_json:
        _print(move.as_dict())
        return 0 if move.moved else 1
    for check in move.checks:
        click.echo(f"{'passed' if check.passed else 'FAILED'}  {check.id}: {check.message}")
    if not move.moved:
        raise PromotionRefusedError(
            f"{move.version} is not promoted: {', '.join(check.id for check in move.failed)}; {move.before} answers on",
            hint='train a better one, or override: --force --why "…"',
        )
    _say(move, "answers now" if move.version != move.before else "answers already")
    return 0


@models.command()
@ARTIFACTS
@click.option("--why", metavar="TEXT", default="", help="The reason, for the history.")
@AS_JSON
def rollback(artifacts: Path | None, why: str, as_json: bool) -> None:
    """Make the version answer again that answered before the current one, at once and without a gate."""
    move = life_cycle(_settings(artifacts)).rollback(why)
    if as_json:
        _print(move.as_dict())
        return
    for version in move.skipped:
        click.echo(f"note: {version} is damaged or gone: passed over", err=True)
    _say(move, "answers again")


@models.command()
@ARTIFACTS
@click.option("--follow", is_flag=True, help="Go on until Ctrl-C or SIGTERM; logs go to standard error.")
@click.option("--interval", type=click.FloatRange(0.1, 20), metavar="S", help="Seconds between rounds.  [default: 5]")
@click.option("--check", is_flag=True, help="Only say whether a follower lives: for health checks.")
@AS_JSON
def sync(artifacts: Path | None, follow: bool, interval: float | None, check: bool, as_json: bool) -> None:
    """Make the version answer here that has the alias champion in MLflow, downloaded and verified.

    What was promoted or rolled back while MLflow did not answer is told to it first. Needs MLFLOW_TRACKING_URI, and no
    mlflow library.
    """
    from car_price_prediction.registry.sync import read_heartbeat

    if follow and (check or as_json):
        raise click.UsageError("--follow goes with neither --check nor --json")
    settings = _settings(artifacts)
    if follow:
        follow_champion(settings, interval or settings.sync_s, _stop_event())
        return
    state = read_heartbeat(settings.heartbeat).state if check else champion_sync(settings).once()
    _print({"state": state}) if as_json else click.echo(state)


@models.command()
@NAME
@ARTIFACTS
@AS_JSON
def register(version: str | None, artifacts: Path | None, as_json: bool) -> int:
    """Log and register VERSION in MLflow, as its training would have; one that is registered already stays as it is.

    Without VERSION, whatever could not be logged when it was trained: MLflow was away. The champion gets its alias
    where MLflow knows no other. Needs MLFLOW_TRACKING_URI, and what training needs.
    """
    need_training()
    from car_price_prediction.training.runlog import RunLog

    settings = _settings(artifacts)
    runs, life = RunLog(settings), life_cycle(settings)
    versions = [life.resolve(version)] if version else runs.waiting()
    rows = []
    for name, found in runs.log_all(versions):
        rows.append(_registered(name, found))
        if not as_json:
            click.echo(rows[-1]["problem"] or f"{name} is version {rows[-1]['number']}: {rows[-1]['url']}")
    failed = any(row["problem"] for row in rows)
    alias = life.catch_up() if rows and not failed else ""
    if as_json:
        _print({"registered": rows, "alias": alias})
    elif alias or not rows:
        click.echo(alias or "no version waits to be registered; name one of `car-price models list`")
    return 1 if failed else 0


def _registered(version: str, found: Tracked | CarPriceError) -> dict[str, Any]:
    if isinstance(found, CarPriceError):
        return {
            "version": version,
            "number": None,
            "url": None,
            "problem": f"{version} is not registered: {found.message}",
        }
    return {"version": version, "number": found.registered_version, "url": found.url, "problem": None}


def _settings(artifacts: Path | None) -> Settings:
    settings = settings_from_environment()
    return settings.model_copy(update={"artifacts": artifacts}) if artifacts else settings


def _stop_event() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _say(move: Move, what: str) -> None:
    click.echo(f"{move.version} {what}" + (f" (before: {move.before})" if move.before != move.version else ""))
    if move.alias:
        click.echo(move.alias)


def _line(row: Row) -> str:
    if row.problem:
        return f"{row.version}  {row.role:10}  {row.problem}"
    return (
        f"{row.version}  {row.role:10}  {row.trained_at}  {row.listings:,} listings, median error {row.mdape:.1%}, "
        f"{row.coverage:.1%} in range  {row.market}{f' ({row.currency})' if row.currency else ''}"
    )


def _print(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
