"""Runs a session with stand-ins for its children: `fake_run.py FOLDER PORT MLFLOW_PORT [TRAIN_CODE]`."""

import os
import sys
from pathlib import Path

import click

from car_price_prediction.domain.errors import LocalRunError
from car_price_prediction.local.plan import Commands, Plan
from car_price_prediction.local.session import run_session
from car_price_prediction.settings import Settings


def main(folder: Path, port: str, mlflow_port: str, *train_code: str) -> None:
    model = str(folder / "model")
    servers = str(Path(__file__).with_name("fake_servers.py"))
    train = train_code[0] if train_code else f"open({model!r}, 'w'); print('trained')"
    commands = Commands(
        serve=(sys.executable, servers, port, model),
        mlflow=(sys.executable, servers, mlflow_port),
        sample=(sys.executable, "-c", "print('sampled')"),
        train=(sys.executable, "-c", train),
    )
    artifacts, logs = folder / "artifacts", folder / "logs"
    settings = Settings(artifacts=artifacts, logs=logs, port=int(port), mlflow_port=int(mlflow_port))
    try:
        run_session(Plan(settings), commands, dict(os.environ), click.echo)
    except LocalRunError as error:
        sys.exit(f"error: {error.message}\nhint: {error.hint}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
