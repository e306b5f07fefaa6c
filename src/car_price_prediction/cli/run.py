"""`car-price run`: everything on this machine, in one command."""

from __future__ import annotations

from typing import Literal

import click

from car_price_prediction.bootstrap import environment_with, settings_from_environment
from car_price_prediction.local.checks import find_problems
from car_price_prediction.local.plan import commands_of, plan_of
from car_price_prediction.local.session import run_session, run_training
from car_price_prediction.settings import Settings


@click.command()
@click.option("--data", multiple=True, metavar="FILE", help="Train on this file of listings; may be given again.")
@click.option("--currency", metavar="CUR", help="Currency of its prices, such as USD.")
@click.option("--mileage-unit", type=click.Choice(["km", "mi"]), help="Unit of its mileages.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the API and page.  [default: 5000]")
@click.option("--train-only", is_flag=True, help="Start nothing: only train where there is no such model yet.")
@click.option("--mlflow-port", type=click.IntRange(1, 65535), help="Port of the MLflow server.  [default: 5001]")
def run(
    data: tuple[str, ...],
    currency: str | None,
    mileage_unit: Literal["km", "mi"] | None,
    port: int | None,
    mlflow_port: int | None,
    train_only: bool,
) -> int:
    """Start the API, the page and an MLflow server here, and train first where there is no model yet.

    Without --data, the model that is there answers, or else one of the built-in sample market. With
    --data, the model that is there answers if it was trained on the same files. Options outweigh the
    CAR_PRICE_… variables. Ctrl-C stops everything.
    """
    settings = _with_ports(settings_from_environment(), port, mlflow_port)
    plan = plan_of(settings, data, currency, mileage_unit, serves=not train_only)
    problems = find_problems(plan)
    for problem in problems:
        click.echo(f"error: {problem.message}: {problem.hint}", err=True)
    if problems:
        return 1
    run = run_session if plan.serves else run_training
    run(plan, commands_of(plan), environment_with(plan.running_settings), click.echo)
    return 0


def _with_ports(settings: Settings, port: int | None, mlflow_port: int | None) -> Settings:
    chosen = {"port": port, "mlflow_port": mlflow_port}
    return settings.model_copy(update={name: number for name, number in chosen.items() if number is not None})
