"""Runs that an older MLflow wrote are served by the one of this project, after the documented upgrade."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient

from support.older_mlflow import MODEL, VERSION
from support.stack import Stack, docker

OLDER = Path(__file__).with_name("mlflow-3.10.1.sql")
UPGRADE = ("mlflow-server", "mlflow", "db", "upgrade", "sqlite:////mlflow/mlflow.db")
REVISION = """
import sqlite3
database = sqlite3.connect("file:/mlflow/mlflow.db?mode=ro", uri=True)
print(*database.execute("select version_num from alembic_version").fetchone())
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """What an older server left in its folder: a run with a file, registered as the champion."""
    folder = tmp_path / "older"
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(folder / "mlflow.db")) as database:
        database.executescript(OLDER.read_text())
        (run,) = database.execute("select run_uuid from runs").fetchone()
    package = folder / "artifacts" / "1" / run / "artifacts" / "package"
    package.mkdir(parents=True)
    (package / "card.md").write_text("# Model card\n")
    return folder


@pytest.fixture
def project(started: Stack, tmp_path: Path) -> Iterator[Stack]:
    """A further copy of the project, of which nothing but MLflow runs; the images are there already."""
    folder = tmp_path / "project"
    folder.mkdir()
    stack = Stack(folder)
    try:
        stack.compose("run", "--rm", "prepare")
        yield stack
    finally:
        stack.remove()


def test_runs_of_an_older_mlflow_are_served_after_the_upgrade(project: Stack, written: Path, tmp_path: Path) -> None:
    mounts = ("-v", f"{project.mlflow}:/mlflow", "-v", f"{written}:/older:ro", "-u", "0:0")
    docker("run", "--rm", *mounts, "--entrypoint", "cp", "car-price-prediction", "-r", "/older/.", "/mlflow/")
    project.compose("run", "--rm", "prepare")
    project.compose("run", "--rm", "--no-deps", "-T", *UPGRADE)
    project.compose("up", "-d", "--no-deps", "mlflow-server")
    project.wait_until_tracked()

    assert project.run_in(project.mlflow, REVISION).strip() not in OLDER.read_text()
    address = f"http://127.0.0.1:{project.mlflow_port}"
    client = MlflowClient(address, address)
    champion = client.get_model_version_by_alias(MODEL, "champion")
    assert champion.tags["package_version"] == VERSION
    run = client.get_run(champion.run_id)
    assert (run.info.run_name, run.data.metrics, run.data.params) == (VERSION, {"mdape": 0.125}, {"seed": "7"})
    card = client.download_artifacts(champion.run_id, "package/card.md", str(tmp_path))
    assert Path(card).read_text() == "# Model card\n"
