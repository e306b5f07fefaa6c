from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.market import loaded_market
from support.model import train_small


@pytest.fixture(scope="session")
def two_versions(trained_artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An artifacts folder with a champion and a challenger of other prices; read only. And the challenger's name."""
    folder = tmp_path_factory.mktemp("two") / "artifacts"
    shutil.copytree(trained_artifacts, folder)
    return folder, train_small(folder, loaded_market(cars=150)).package.manifest.version


@pytest.fixture
def artifacts(two_versions: tuple[Path, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_versions[0], tmp_path / "artifacts"))


@pytest.fixture
def challenger(two_versions: tuple[Path, str]) -> str:
    return two_versions[1]
