"""Writes tests/e2e/mlflow-3.10.1.sql: what a real, older MLflow server leaves in its database.

    PYTHONPATH=tests .venv/bin/python tests/support/older_mlflow.py 3.10.1

The test of the upgrade takes the file from here rather than start the older server: to install and start that takes
longer than all that is tested.
"""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from mlflow import MlflowClient

from support.mlflow import running_mlflow

MODEL = "car-price"
VERSION = "20260101T000000.000Z-00000001"


def main(older: str) -> None:
    """Install an older MLflow, have it write a run, and dump its database."""
    with tempfile.TemporaryDirectory() as name:
        folder, uv = Path(name), Path(sys.executable).with_name("uv")
        python, data = folder / "env" / "bin" / "python", folder / "data"
        data.mkdir()
        subprocess.run([uv, "venv", "--python", sys.executable, folder / "env"], check=True)
        subprocess.run([uv, "pip", "install", "--python", python, "--compile-bytecode", f"mlflow=={older}"], check=True)
        with running_mlflow(data, python=str(python)) as address:
            _write(MlflowClient(address, address))
        with contextlib.closing(sqlite3.connect(data / "mlflow.db")) as database:
            text = "\n".join(database.iterdump())
    (Path(__file__).parents[1] / "e2e" / f"mlflow-{older}.sql").write_text(text.replace(name, "/mlflow") + "\n")


def _write(client: MlflowClient) -> None:
    experiment = client.create_experiment("car-price-prediction")
    run = client.create_run(experiment, run_name=VERSION)
    client.log_param(run.info.run_id, "seed", 7)
    client.log_metric(run.info.run_id, "mdape", 0.125)
    client.create_registered_model(MODEL)
    source = f"{run.info.artifact_uri}/package"
    made = client.create_model_version(MODEL, source, run.info.run_id, tags={"package_version": VERSION})
    client.set_registered_model_alias(MODEL, "champion", made.version)
    client.set_terminated(run.info.run_id)


if __name__ == "__main__":
    main(sys.argv[1])
