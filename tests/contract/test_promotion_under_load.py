"""Promotions and rollbacks while clients ask: no request fails, and what answers is what was made current."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest

from car_price_prediction.package.store import ModelStore
from car_price_prediction.registry.promotion import LifeCycle
from support.server import Server, running_server
from support.versions import copy_version
from support.web import FABIA

CLIENTS = 4
PAUSE_S = 0.015
"""Some 200 requests a second of all clients together, where the machine is free."""
TAKEN_UP_S = 30.0
TIMES = 10


class Client(threading.Thread):
    """Asks for prices over a connection of its own, and keeps what it was answered."""

    def __init__(self, server: Server, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._server, self._stop_asking = Server(server.process, server.port, server.log), stop
        self.answers: list[tuple[int, str]] = []

    def run(self) -> None:
        while not self._stop_asking.wait(PAUSE_S):
            status, quote = self._server.ask("POST", "/predict/price", FABIA)
            self.answers.append((status, quote.get("model_version", "")))
        self._server.forget_connection()


@pytest.fixture
def store(trained_artifacts: Path, tmp_path: Path) -> ModelStore:
    return ModelStore(Path(shutil.copytree(trained_artifacts, tmp_path / "artifacts")))


@pytest.mark.slow
def test_ten_promotions_and_rollbacks_fail_no_request(store: ModelStore, tmp_path: Path) -> None:
    first = store.current_version()
    second = copy_version(store, store.load(first), 1)
    life, stop = LifeCycle(store), threading.Event()
    with running_server(store.artifacts, tmp_path, workers="2") as server:
        clients = [Client(server, stop) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            for _ in range(TIMES):
                life.promote(second)
                wait_until_all_answer(clients, second, while_also=first)
                life.rollback("a test")
                wait_until_all_answer(clients, first, while_also=second)
        finally:
            stop.set()
            for client in clients:
                client.join(TAKEN_UP_S)
    answers = [answer for client in clients for answer in client.answers]
    assert {status for status, _ in answers} == {200}
    assert {version for _, version in answers} == {first, second}
    assert len(store.history()) == 1 + 2 * TIMES


def wait_until_all_answer(clients: list[Client], version: str, *, while_also: str) -> None:
    """Wait until every client was answered by the version several times on end; until then, the one before it may."""
    seen = [len(client.answers) for client in clients]
    deadline = time.monotonic() + TAKEN_UP_S
    while not all(_settled(client, since, version) for client, since in zip(clients, seen, strict=True)):
        assert all(client.is_alive() for client in clients), "a request failed"
        assert time.monotonic() < deadline, [client.answers[-3:] for client in clients]
        time.sleep(PAUSE_S)
    # The answers since then are of these two alone.
    since = [answer for client, n in zip(clients, seen, strict=True) for answer in client.answers[n:]]
    assert {found for _, found in since} <= {version, while_also}


def _settled(client: Client, since: int, version: str) -> bool:
    # Two workers take it up each in its own time: enough answers on end are of both.
    last = client.answers[since:][-10:]
    return len(last) == 10 and {found for _, found in last} == {version}
