"""A real MLflow server, started with the command that `car-price run` uses, and packages registered in it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from car_price_prediction.local.child import Child
from car_price_prediction.local.plan import MLFLOW_ENVIRON, Plan, commands_of
from car_price_prediction.local.ports import free_port
from car_price_prediction.local.probe import ask
from car_price_prediction.package.store import Package
from car_price_prediction.settings import Settings

START_S = 180.0


@contextlib.contextmanager
def running_mlflow(folder: Path, port: int | None = None, python: str = sys.executable) -> Iterator[str]:
    """Start a server whose data lies in a folder, of a Python's MLflow, and give its address once it answers."""
    port = port or free_port()
    plan = Plan(Settings(mlflow_data=folder, mlflow_port=port))
    (folder / "artifacts").mkdir(exist_ok=True)
    command = (python, *commands_of(plan).mlflow[1:])
    child = Child("MLflow", command, environ={**os.environ, **MLFLOW_ENVIRON}, log=folder / "log")
    try:
        deadline = time.monotonic() + START_S
        while ask("127.0.0.1", port, "/health").code != 200:
            assert child.exit_code is None, child.last_line()
            assert time.monotonic() < deadline, child.last_line()
            time.sleep(0.1)
        yield plan.mlflow_url
    finally:
        child.stop(grace_s=10)


def register(address: str, model: str, package: Package) -> str:
    """Log a package as training does, without the slow parts, and return its number in the registry."""
    import mlflow
    from mlflow.exceptions import MlflowException

    client = mlflow.MlflowClient(address, address)
    with contextlib.suppress(MlflowException):
        client.create_registered_model(model)
    run = client.create_run("0", run_name=package.manifest.version)
    client.log_artifacts(run.info.run_id, str(package.folder), "package")
    source = f"{run.info.artifact_uri}/package"
    tags = {"package_version": package.manifest.version}
    return str(client.create_model_version(model, source, run.info.run_id, tags=tags).version)
