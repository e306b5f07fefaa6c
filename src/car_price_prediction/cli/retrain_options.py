"""What `car-price retrain` is told of places, limits and time."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .extras import need_training

if TYPE_CHECKING:
    from car_price_prediction.listings.loaded import LoadOptions
    from car_price_prediction.training.choices import Choices

Command = TypeVar("Command", bound=Callable[..., Any])


def retraining_options(command: Command) -> Command:
    """Give a command what a retraining is told, with listings and model options, as one ``wanted: Wanted``."""

    @functools.wraps(command)
    def with_options(*args: Any, options: LoadOptions, choices: Choices, why: str, **values: Any) -> Any:
        # What training needs is imported only once a command runs.
        need_training()
        from car_price_prediction.retraining.limits import Limits
        from car_price_prediction.retraining.wanted import Wanted

        if values.pop("allow_drift") != bool(why.strip()):
            raise click.UsageError('--allow-drift and --why "…" go together: the reason goes into the history')
        wanted = Wanted(
            places=values.pop("places"),
            options=options,
            choices=choices,
            limits=Limits(values.pop("most_drift"), values.pop("most_price_drift")),
            newest=values.pop("newest"),
            settle_s=values.pop("settle"),
            allow=why.strip(),
            promote=not values.pop("no_promote"),
        )
        return command(*args, wanted=wanted, **values)

    for option in reversed(_OPTIONS):
        option(with_options)
    return with_options  # type: ignore[return-value]


def _places(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if Path(value).is_file():
            raise click.BadParameter(f"{value} is a file: name its folder, or train on it with `car-price train`")
    return values


_OPTIONS = (
    click.argument("places", nargs=-1, required=True, metavar="PLACE…", callback=_places),
    click.option(
        "--most-drift", type=click.FloatRange(0, min_open=True), default=0.25, show_default=True, metavar="PSI",
        help="Refuse new listings of which a field moved further, as population stability index beyond chance.",
    ),
    click.option(
        "--most-price-drift", type=click.FloatRange(0, min_open=True), default=0.5, show_default=True, metavar="PSI",
        help="The same of the price, which is expected to move.",
    ),
    click.option("--allow-drift", is_flag=True, help="Train all the same, this once; --why is needed."),
    click.option("--why", metavar="TEXT", default="", help="With --allow-drift: the reason, for report and history."),
    click.option(
        "--newest", type=click.IntRange(0), default=0, show_default=True, metavar="N",
        help="Train on the N files that were written last, and at least on all new ones; 0 is all.",
    ),
    click.option(
        "--settle", type=click.FloatRange(0, 3_600), default=30, show_default=True, metavar="S",
        help="Leave a file alone until it was not written to for so many seconds.",
    ),
    click.option("--no-promote", is_flag=True, help="Do not ask the gate: what is trained stays the challenger."),
)  # fmt: skip
