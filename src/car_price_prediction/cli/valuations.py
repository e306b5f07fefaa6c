"""`car-price valuations`: the answers that were kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from car_price_prediction.bootstrap import settings_from_environment, valuations_database
from car_price_prediction.domain.errors import SettingsError, ValuationsError

from .quote import ARTIFACTS

if TYPE_CHECKING:
    from car_price_prediction.valuations.database import Database

DAY = click.DateTime(["%Y-%m-%d"])
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print for machines.")


@click.group()
def valuations() -> None:
    """Show, export and delete the valuations that were kept (CAR_PRICE_VALUATIONS_URL)."""


@valuations.command()
@click.argument("valuation_id")
@ARTIFACTS
def show(valuation_id: str, artifacts: Path | None) -> None:
    """Print one valuation as JSON."""
    from car_price_prediction.valuations.store import Valuations

    found = Valuations(kept_database(artifacts)).get(valuation_id)
    if found is None:
        raise _no_such(valuation_id)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


@valuations.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--since", type=DAY, metavar="DAY", help="From the beginning of this day, as 2026-01-31, in UTC.")
@click.option("--until", type=DAY, metavar="DAY", help="To the beginning of this day.")
@ARTIFACTS
@AS_JSON
def export(out: Path, since: datetime | None, until: datetime | None, artifacts: Path | None, as_json: bool) -> None:
    """Write the valuations to the Parquet file OUT: a column for each field of a car, and the quote's own."""
    from car_price_prediction.valuations.export import export as write
    from car_price_prediction.valuations.store import Valuations

    count = write(Valuations(kept_database(artifacts)), out, since=_seconds(since), until=_seconds(until))
    click.echo(json.dumps({"valuations": count, "out": str(out)}) if as_json else f"{count:,} valuations: {out}")


@valuations.command()
@click.argument("valuation_id")
@ARTIFACTS
def delete(valuation_id: str, artifacts: Path | None) -> None:
    """Delete one valuation, and what was told of its sale by its id."""
    from car_price_prediction.valuations.store import Valuations

    if not Valuations(kept_database(artifacts)).delete(valuation_id):
        raise _no_such(valuation_id)
    click.echo(f"deleted {valuation_id}")


@valuations.command()
@click.option(
    "--follow", is_flag=True, help="Until standard input ends, as `car-price serve` has it beside its workers."
)
@ARTIFACTS
def write(follow: bool, artifacts: Path | None) -> None:
    """Write answers that wait in files, where a server left some behind, into the database."""
    from car_price_prediction.bootstrap_behind import follow_answers, valuations_writer

    settings = settings_from_environment()
    if artifacts:
        settings = settings.model_copy(update={"artifacts": artifacts})
    if follow:
        follow_answers(settings)
        return
    writer = valuations_writer(settings)
    if writer is None:
        raise _none_kept()
    if not writer.write_once():
        raise writer.problem or ValuationsError("they could not be written; the log says why")
    counts = writer.counts.values()
    written, dropped = (sum(getattr(one, name) for one in counts) for name in ("written", "dropped"))
    click.echo(f"{written:,} written, {dropped:,} could not be kept")


def kept_database(artifacts: Path | None) -> Database:
    """Return the database of the kept valuations.

    Raises
    ------
    SettingsError
        Where none is set.
    """
    settings = settings_from_environment()
    found = valuations_database(settings.model_copy(update={"artifacts": artifacts}) if artifacts else settings)
    if found is None:
        raise _none_kept()
    return found


def _none_kept() -> SettingsError:
    return SettingsError(
        "no valuations are kept: CAR_PRICE_VALUATIONS_URL is not set",
        hint="CAR_PRICE_VALUATIONS_URL=sqlite keeps them in the artifacts folder",
    )


def _no_such(valuation_id: str) -> ValuationsError:
    return ValuationsError(f"there is no valuation {valuation_id}, or it is not kept any more")


def _seconds(day: datetime | None) -> float | None:
    return day.replace(tzinfo=UTC).timestamp() if day else None
