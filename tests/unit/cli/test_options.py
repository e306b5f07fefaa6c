from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from car_price_prediction.cli.options import SPREAD_ROWS, engine_options, listings_options


@click.command()
@listings_options
def show(options) -> None:
    click.echo(
        f"{options.currency} {options.mileage_unit} {dict(options.columns)} {sorted(options.keep)} {options.profile}"
    )


def run(*args: str):
    return CliRunner().invoke(show, args)


def test_nothing_needs_to_be_told():
    assert run().output == "None None {} [] None\n"


def test_everything_can_be_told():
    args = "--currency eur --mileage-unit mi --column price=a=b --column make=Marke --keep duplicate --profile m.toml"
    assert run(*args.split()).output == "EUR mi {'price': 'a=b', 'make': 'Marke'} ['duplicate'] m.toml\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--currency", "euro"), "no currency code"),
        (("--column", "price"), "not FIELD=HEADER"),
        (("--column", "price="), "not FIELD=HEADER"),
        (("--column", "prize=x"), 'no field "prize"'),
        (("--column", "price=x", "--column", "price=y"), "given twice"),
        (("--keep", "price_zero"), "price_zero"),
        (("--mileage-unit", "m"), "'m'"),
    ],
)
def test_wrong_usage_is_said_and_exits_with_2(args: tuple[str, ...], said: str):
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.output


@click.command()
@engine_options
def shown_engine(engines) -> None:
    click.echo(f"{engines.name} {engines.spread_from}")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), f"local {SPREAD_ROWS}"),
        (("--engine", "ray"), f"ray {SPREAD_ROWS}"),
        (("--engine", "ray", "--spread", "on"), "ray 0"),
        (("--engine", "ray", "--spread", "off"), "ray None"),
        (("--spread", "on"), "--spread goes with --engine ray"),
    ],
)
def test_where_fits_run_can_be_told(args, said):
    assert said in CliRunner().invoke(shown_engine, args).output
