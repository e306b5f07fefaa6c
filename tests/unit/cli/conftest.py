from __future__ import annotations

from pathlib import Path

import pytest

from car_price_prediction.cli.main import run_command
from support.market import write_market


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a model that was trained over the command line, to read or to copy."""
    folder = tmp_path_factory.mktemp("main-job")
    file = write_market(folder / "market.csv", cars=300)
    assert run_command(["train", str(file), "--artifacts", str(folder / "artifacts"), "--json"]) == 0
    return folder / "artifacts"


@pytest.fixture(autouse=True)
def no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
