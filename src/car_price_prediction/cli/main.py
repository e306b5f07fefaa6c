"""The `car-price` command: finds the subcommand, and turns errors into one line and an exit code."""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

import click

from car_price_prediction import __version__
from car_price_prediction.domain.errors import CarPriceError, InvalidListingError

# Loaded when called: `car-price price` must not wait for what only `train` imports.
COMMANDS = {
    "check": "data:check",
    "sample": "sample:sample",
    "train": "train:train",
    "retrain": "retrain:retrain",
    "price": "quote:price",
    "predict": "quote:predict",
    "evaluate": "evaluate:evaluate",
    "serve": "serve:serve",
    "supervise": "supervise:supervise",
    "health": "supervise:health",
    "run": "run:run",
    "models": "models:models",
    "valuations": "valuations:valuations",
    "outcomes": "outcomes:outcomes",
    "backtest": "backtest:backtest",
    "drift": "drift:drift",
    "keys": "keys:keys",
    "doctor": "doctor:doctor",
}


class SystemRefusedError(CarPriceError):
    """What the operating system refused: a full disk, a folder that may not be written."""

    code = "system"


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order in which they are met."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(f"car_price_prediction.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="car-price")
def cli() -> None:
    """Value used cars: train on your own listings, price over a command, an API or a page."""


def main() -> None:
    """Run the command line: exit 0, 1 (a problem, said in one line with a hint) or 2 (usage)."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(args: list[str]) -> int:
    """Run one command and return its exit code, without leaving the process."""
    try:
        result = cli.main(args, prog_name="car-price", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:
        # The reader of our output left (`car-price … | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (CarPriceError, OSError, MemoryError) as error:
        _show(_for_people(error), as_json="--json" in args)
        return 1
    return result if isinstance(result, int) else 0


def _for_people(error: CarPriceError | OSError | MemoryError) -> CarPriceError:
    if isinstance(error, CarPriceError):
        return error
    if isinstance(error, MemoryError):
        return SystemRefusedError("not enough memory", hint="use fewer rows, or a machine with more memory")
    where = f"{error.filename}: " if error.filename else ""
    return SystemRefusedError(f"{where}{(error.strerror or str(error)).lower()}")


def _show(error: CarPriceError, *, as_json: bool) -> None:
    if as_json:
        body: dict[str, Any] = {"code": error.code, "message": error.message, "hint": error.hint}
        if isinstance(error, InvalidListingError):
            body["problems"] = [problem.as_dict() for problem in error.problems]
        click.echo(json.dumps({"error": body}, ensure_ascii=False))
        return
    click.echo(f"error: {error.message}", err=True)
    if error.hint:
        click.echo(f"hint:  {error.hint}", err=True)


if __name__ == "__main__":
    main()
