"""Versions that were trained while MLflow was away are logged and registered later, once, against a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow
import pytest

from car_price_prediction.cli.main import run_command
from car_price_prediction.local.ports import free_port
from car_price_prediction.package.store import ModelStore
from car_price_prediction.package.unlogged import Unlogged
from support.model import small_package
from support.versions import copy_version

pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """Two versions, of which the older answers; MLflow is away."""
    package = small_package(tmp_path / "made")
    store = ModelStore(tmp_path / "artifacts")
    older, _ = (copy_version(store, package, number) for number in (1, 2))
    store.set_current(older, why="a test")
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(store.artifacts))
    monkeypatch.setenv("CAR_PRICE_MLFLOW_MODEL", f"later-{tmp_path.name}")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{free_port()}")
    return store


def register(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert run_command(["models", "register", *args, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_what_was_missed_is_registered_once_with_its_aliases(
    store: ModelStore,
    mlflow_server: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    older, newer = store.versions()
    for version in (newer, older):
        found = register(capsys, version, code=1)
        assert "does not answer" in found["registered"][0]["problem"]
    assert Unlogged(store).versions() == [older, newer]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server)
    # The newer one first: the older one must not become the challenger after it.
    assert [row["number"] for row in register(capsys, newer)["registered"]] == ["1"]
    found = register(capsys)
    assert [(row["version"], row["number"]) for row in found["registered"]] == [(older, "2")]
    assert "the alias champion names version 2" in found["alias"]
    assert register(capsys) == {"registered": [], "alias": ""}
    assert [row["number"] for row in register(capsys, older)["registered"]] == ["2"]

    client, model = mlflow.MlflowClient(mlflow_server, mlflow_server), f"later-{tmp_path.name}"
    assert len(client.search_model_versions(f"name = '{model}'")) == 2
    for alias, version in (("challenger", newer), ("champion", older)):
        registered = client.get_model_version_by_alias(model, alias)
        assert registered.tags["package_version"] == version
        run = client.get_run(registered.run_id)
        assert run.data.metrics == store.load(version).manifest.metrics
        files = {Path(file.path).name for file in client.list_artifacts(registered.run_id, "package")}
        assert files == {path.name for path in (store.models / version).iterdir()}


def test_a_promotion_that_mlflow_missed_is_told_with_the_version(
    store: ModelStore, mlflow_server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    older, newer = store.versions()
    assert run_command(["models", "promote", newer, "--force", "--why", "a test"]) == 0
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server)
    assert "the alias champion names version 1" in register(capsys, newer)["alias"]
    assert not (store.artifacts / "pending_alias.json").exists()
    assert register(capsys, older)["registered"][0]["number"] == "2"
    assert store.current_version() == newer


def test_without_a_server_what_to_set_is_said(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert run_command(["models", "register"]) == 1
    assert "set MLFLOW_TRACKING_URI" in capsys.readouterr().err
