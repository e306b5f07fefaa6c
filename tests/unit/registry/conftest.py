from __future__ import annotations

from pathlib import Path

import pytest

from car_price_prediction.package.store import ModelStore, Package


@pytest.fixture
def package(trained_artifacts: Path) -> Package:
    store = ModelStore(trained_artifacts)
    return store.load(store.current_version())


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "artifacts")
