"""Fixtures that several kinds of test share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def trained_artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artifacts folder with one small model that answers. Read only: copy it before changing it."""
    from support.model import small_package

    artifacts = tmp_path_factory.mktemp("trained") / "artifacts"
    small_package(artifacts)
    return artifacts
