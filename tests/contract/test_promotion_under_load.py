"""Promotions and rollbacks while clients ask: no request fails, and what answers is what was made current."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from car_price_prediction.package.store import ModelStore
from car_price_prediction.registry.promotion import LifeCycle
from support.asking import Asking, lag_s
from support.server import Server, running_server
from support.versions import copy_version
from support.web import FABIA

RATE = 200.0
TAKEN_UP_S = 30.0
TIMES = 10


@pytest.fixture
def store(trained_artifacts: Path, tmp_path: Path) -> ModelStore:
    return ModelStore(Path(shutil.copytree(trained_artifacts, tmp_path / "artifacts")))


@pytest.mark.slow
def test_ten_promotions_and_rollbacks_fail_no_request(store: ModelStore, tmp_path: Path) -> None:
    first = store.current_version()
    second = copy_version(store, store.load(first), 1)
    life = LifeCycle(store)
    with running_server(store.artifacts, tmp_path, workers="2") as server, Asking(server.port, RATE) as asking:
        for _ in range(TIMES):
            life.promote(second)
            wait_until_all_answer(server, second)
            life.rollback("a test")
            wait_until_all_answer(server, first)
    history = store.history()
    assert {answer.status for answer in asking.answers} == {200}
    assert {answer.version for answer in asking.answers} == {first, second}
    assert len(history) == 1 + 2 * TIMES
    assert max(lag_s(answer, history) for answer in asking.answers) < TAKEN_UP_S


def wait_until_all_answer(server: Server, version: str) -> None:
    """Wait until new connections are answered by the version several times on end: two workers take it up."""
    found: list[str] = []
    deadline = time.monotonic() + TAKEN_UP_S
    while found[-10:] != [version] * 10:
        assert time.monotonic() < deadline, found[-10:]
        server.forget_connection()
        found.append(server.ask("POST", "/predict/price", FABIA)[1]["model_version"])
