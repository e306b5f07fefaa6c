"""A server's life: it starts without a model, takes up new ones while it serves, refuses damaged ones, and stops."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from car_price_prediction.local.ports import free_port, why_not_free
from car_price_prediction.package.store import ModelStore
from support.model import small_package, train_small
from support.server import running_server
from support.web import FABIA

PICKED_UP_S = 2.0


@pytest.fixture
def artifacts(trained_artifacts, tmp_path):
    return shutil.copytree(trained_artifacts, tmp_path / "artifacts")


def test_without_a_model_it_says_so_and_is_healthy_by_itself_once_one_is_trained(tmp_path):
    artifacts = tmp_path / "not" / "there" / "yet"
    with running_server(artifacts, tmp_path) as server:
        status, problem = server.ask("GET", "/info/status")
        assert (status, problem["code"]) == (503, "no_model")
        assert "holds no model yet" in problem["detail"]
        assert server.ask("POST", "/predict/price", FABIA)[0] == 503
        assert server.ask("GET", "/health/live")[0] == 200
        small_package(artifacts)
        server.wait_for("/info/status", 200, PICKED_UP_S)
        assert server.ask("POST", "/predict/price", FABIA)[0] == 200


def test_a_new_version_is_picked_up_without_a_failed_request(artifacts, tmp_path):
    new = train_small(artifacts).package.manifest.version
    with running_server(artifacts, tmp_path, workers="2") as server:
        seen: list[tuple[int, str]] = []
        done = threading.Event()

        def keep_asking() -> None:
            while not done.is_set():
                status, quote = server.ask("POST", "/predict/price", FABIA)
                seen.append((status, quote.get("model_version")))
                server.forget_connection()

        client = threading.Thread(target=keep_asking)
        client.start()
        time.sleep(0.3)
        ModelStore(artifacts).set_current(new, why="a test", who="test")
        time.sleep(PICKED_UP_S)
        before = len(seen)
        time.sleep(0.3)
        done.set()
        client.join()
    assert {status for status, _ in seen} == {200}
    assert seen[0][1] != new
    assert {version for _, version in seen[before + 1 :]} == {new}


def test_a_package_with_one_byte_changed_is_refused_and_the_old_one_keeps_serving(artifacts, tmp_path):
    damaged, store = train_small(artifacts).package, ModelStore(artifacts)
    booster = damaged.folder / "booster.txt"
    data = bytearray(booster.read_bytes())
    data[len(data) // 2] ^= 1
    booster.write_bytes(data)
    with running_server(artifacts, tmp_path) as server:
        old = server.ask("POST", "/predict/price", FABIA)[1]["model_version"]
        store.current_file.write_text(json.dumps({"version": damaged.manifest.version}))
        time.sleep(PICKED_UP_S)
        status, found = server.ask("GET", "/info/status")
        assert (status, found["model_version"]) == (200, old)
        assert "booster.txt" in found["notice"]
        assert server.ask("POST", "/predict/price", FABIA)[1]["model_version"] == old


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_stops_in_order_when_asked(trained_artifacts, tmp_path, number, workers):
    with running_server(trained_artifacts, tmp_path, "--workers", workers) as server:
        server.ask("POST", "/predict/price", FABIA)
        assert server.stop(number) == 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", server.port), timeout=2)
    assert "Traceback" not in server.log.read_text()
    assert '"ERROR"' not in server.log.read_text()


def test_an_idle_connection_does_not_hold_up_the_stop(trained_artifacts, tmp_path):
    with (
        running_server(trained_artifacts, tmp_path) as server,
        socket.create_connection(("127.0.0.1", server.port)) as idle,
    ):
        idle.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        idle.recv(100)
        assert server.stop() == 0


def test_when_it_is_killed_outright_its_workers_let_go_of_the_port(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, "--workers", "2") as server:
        server.stop(signal.SIGKILL)
        deadline = time.monotonic() + 20
        while why_not_free("127.0.0.1", server.port):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_worker_that_dies_is_replaced_again_and_again(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path) as server:
        for _ in range(4):
            server.kill_worker()
            server.forget_connection()
            server.wait_for("/info/status", 200)


@pytest.mark.parametrize("after_s", [0, 1.5])
def test_workers_that_cannot_start_end_the_server(after_s):
    script = f"""
import logging, sys, time
from car_price_prediction.web.server import ServerOptions, run_server
def load(stopping):
    time.sleep({after_s})
    raise RuntimeError("as broken as can be")
def handler(): return logging.StreamHandler(sys.stdout)
logging.basicConfig(stream=sys.stdout)
run_server(load, ServerOptions("127.0.0.1", {free_port()}, 2, 0), handler=handler, on_start=lambda: None)
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 1
    assert "as broken as can be" in found.stderr
    assert "died 3 times within" in found.stdout


def test_a_taken_port_is_one_clear_line(trained_artifacts):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = subprocess.run(
            [sys.executable, "-m", "car_price_prediction.cli.main", "serve", "--port", port],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.splitlines() == [
        f"error: cannot listen on 127.0.0.1, port {port}: another program listens there",
        "hint:  stop it, or choose another: --port or CAR_PRICE_PORT",
    ]
