"""Servers that several contract tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.mlflow import running_mlflow


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real MLflow server; use a registered model of your own."""
    with running_mlflow(tmp_path_factory.mktemp("mlflow")) as address:
        yield address
