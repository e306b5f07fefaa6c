"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.listings.reasons import REASONS

Command = TypeVar("Command", bound=Callable[..., Any])


def listings_options(command: Command) -> Command:
    """Give a command the options that tell how listings are read, as one ``options: LoadOptions``."""

    @functools.wraps(command)
    def with_options(*args: Any, **values: Any) -> Any:
        # Polars is imported only once a command runs.
        from car_price_prediction.listings.loaded import LoadOptions

        options = LoadOptions(
            currency=values.pop("currency"),
            mileage_unit=values.pop("mileage_unit"),
            columns=values.pop("column"),
            keep=frozenset(values.pop("keep")),
            profile=values.pop("profile"),
        )
        return command(*args, options=options, **values)

    for option in reversed(_OPTIONS):
        option(with_options)
    return with_options  # type: ignore[return-value]


def model_options(command: Command) -> Command:
    """Give a command the options that tell how a model is made, as one ``choices: Choices``."""

    @functools.wraps(command)
    def with_options(*args: Any, seed: int, coverage: float, budget: Any, monotone: Any, **values: Any) -> Any:
        # What training needs is imported only once a command runs.
        from car_price_prediction.training.choices import Choices

        return command(*args, choices=Choices(seed, coverage, budget, monotone), **values)

    for option in reversed(_MODEL):
        option(with_options)
    return with_options  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Promotion:
    """How a new version is to be promoted."""

    why: str
    force: bool


def promotion_options(command: Command) -> Command:
    """Give a command the options that promote what it made, as one ``promotion: Promotion | None``."""

    @functools.wraps(command)
    def with_options(*args: Any, promote: bool, force: bool, why: str, **values: Any) -> Any:
        if (force or why) and not promote:
            raise click.UsageError("--force and --why go with --promote")
        check_why(force=force, why=why)
        return command(*args, promotion=Promotion(why, force) if promote else None, **values)

    for option in reversed(_PROMOTION):
        option(with_options)
    return with_options  # type: ignore[return-value]


def check_why(*, force: bool, why: str) -> None:
    """Refuse to override the gate without a reason.

    Raises
    ------
    click.UsageError
    """
    if force and not why.strip():
        raise click.UsageError('--force needs --why "…": the reason goes into the history')


def _currency(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    if len(value) != 3 or not (value.isascii() and value.isalpha()):
        raise click.BadParameter(f'"{value}" is no currency code: three letters, such as EUR')
    return value.upper()


def _columns(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for value in values:
        name, equals, header = value.partition("=")
        if not equals or not header.strip():
            raise click.BadParameter(f'"{value}" is not FIELD=HEADER')
        if name.strip() not in BY_NAME:
            raise click.BadParameter(f'there is no field "{name.strip()}"; the fields are {", ".join(BY_NAME)}')
        if name.strip() in columns:
            raise click.BadParameter(f"{name.strip()} is given twice")
        columns[name.strip()] = header.strip()
    return columns


ENGINE: Callable[[Any], Any] = click.option(
    "--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True,
    help="ray: on the cluster that RAY_ADDRESS names, or one of this machine alone; needs the extra scale.",
)  # fmt: skip
SPREAD_ROWS = 20_000_000
"""From so many listings on, one fit goes over all machines: its matrix alone would take 4 GB or more of one."""


@dataclass(frozen=True, slots=True)
class Engines:
    """Where a training is to run."""

    name: str
    spread_from: int | None


def engine_options(command: Command) -> Command:
    """Give a command the options that tell where its fits run, as one ``engines: Engines``."""

    @functools.wraps(command)
    def with_options(*args: Any, engine: str, spread: str, **values: Any) -> Any:
        if spread != "auto" and engine != "ray":
            raise click.UsageError("--spread goes with --engine ray")
        rows = {"auto": SPREAD_ROWS, "on": 0, "off": None}[spread]
        return command(*args, engines=Engines(engine, rows), **values)

    option = click.option(
        "--spread", type=click.Choice(["auto", "on", "off"]), default="auto", show_default=True,
        help=f"With --engine ray: spread each fit over all machines; auto: from {SPREAD_ROWS:,} listings on.",
    )  # fmt: skip
    ENGINE(option(with_options))
    return with_options  # type: ignore[return-value]


MOST_SEED = 2**31 - 1
"""The largest that every library takes."""

_MODEL = (
    click.option(
        "--seed", type=click.IntRange(0, MOST_SEED), default=0, show_default=True, help="Makes a run repeatable.",
    ),
    click.option(
        "--coverage", type=click.FloatRange(0.5, 0.99), default=0.9, show_default=True,
        help="The share of asking prices that the ranges are to hold.",
    ),
    click.option(
        "--budget", type=click.Choice(["quick", "standard", "thorough"]), default="standard", show_default=True,
        help="How much time goes into the search for the best model.",
    ),
    click.option(
        "--monotone", type=click.Choice(["auto", "on", "off"]), default="auto", show_default=True,
        help="Never price a car higher for more mileage or age, all else equal; auto: where it costs no accuracy.",
    ),
)  # fmt: skip

_PROMOTION = (
    click.option("--promote", is_flag=True, help="Make the new version answer, if the gate lets it through."),
    click.option("--force", is_flag=True, help="With --promote: whatever the gate says; --why is needed."),
    click.option("--why", metavar="TEXT", default="", help="With --promote: the reason, for the history."),
)

KEEPABLE = [reason.code for reason in REASONS if reason.keepable]

_OPTIONS = (
    click.option("--currency", metavar="CUR", callback=_currency, help="Currency of the prices, such as EUR."),
    click.option("--mileage-unit", type=click.Choice(["km", "mi"]), help="Unit of mileages that carry none."),
    click.option(
        "--column", multiple=True, metavar="FIELD=HEADER", callback=_columns,
        help="Say which column holds a field; may be given several times.",
    ),
    click.option(
        "--keep", multiple=True, metavar="REASON", type=click.Choice(KEEPABLE),
        help="Put rows rejected for REASON back; may be given several times.",
    ),
    click.option(
        "--profile", type=click.Path(path_type=Path, dir_okay=False),
        help="Read the columns as a saved profile says, strictly.",
    ),
)  # fmt: skip
