"""Whole runs with stand-ins for the children, in a process of their own that gets real signals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from car_price_prediction.local.ports import free_port, why_not_free
from car_price_prediction.local.probe import ask


class Run:
    def __init__(self, folder: Path, *extra: str) -> None:
        self.port, self.mlflow_port = free_port(), free_port()
        script = Path(__file__).with_name("fake_run.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(folder), str(self.port), str(self.mlflow_port), *extra],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.lines: list[str] = []

    def read_until(self, text: str) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if text in line:
                return
        pytest.fail(f"ended without saying {text!r}: {self.lines}")

    def end(self) -> int:
        assert self.process.stdout
        code = self.process.wait(20)
        self.lines += self.process.stdout.read().splitlines()
        return code

    def ports_are_free(self) -> bool:
        return not why_not_free("127.0.0.1", self.port) and not why_not_free("127.0.0.1", self.mlflow_port)


@pytest.fixture
def start(tmp_path):
    runs: list[Run] = []

    def begin(*extra: str) -> Run:
        runs.append(Run(tmp_path, *extra))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.kill()
        run.process.wait()
        run.process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_trains_says_where_it_is_and_stops_when_asked(start, number):
    run = start()
    run.read_until("Ctrl-C")
    assert run.lines[0] == "training: there is no model yet"
    assert run.lines[1:3] == ["sampled", "trained"]
    assert f"http://127.0.0.1:{run.port}/" in run.lines[3]
    assert any(f"http://127.0.0.1:{run.mlflow_port}/" in line for line in run.lines)
    assert ask("127.0.0.1", run.port, "/info/status").code == 200
    run.process.send_signal(number)
    assert run.end() == 0
    assert run.lines[-1] == "stopped"
    assert run.ports_are_free()


def test_the_api_answers_while_training_goes_on(start):
    run = start("import time; print('training now'); time.sleep(60)")
    run.read_until("training now")
    state = ask("127.0.0.1", run.port, "/info/status")
    assert (state.code, state.reason) == (503, "there is no model yet")
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 0
    assert run.ports_are_free()


def test_training_that_fails_ends_the_run(start):
    run = start("raise SystemExit('error: cars.csv has no price column')")
    assert run.end() == 1
    assert "error: cars.csv has no price column" in run.lines
    assert "error: training did not succeed (exit code 1)" in run.lines
    assert run.ports_are_free()


def test_a_server_that_dies_ends_the_run_with_its_log_named(start, tmp_path):
    run = start()
    run.read_until("Ctrl-C")
    log = tmp_path / "logs" / "running_logs.log"
    os.kill(int(log.read_text()), signal.SIGKILL)
    assert run.end() == 1
    assert "error: the API ended by itself (killed by SIGKILL)" in run.lines
    assert str(log) in run.lines[-1]
    assert run.ports_are_free()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can")
def test_killing_the_run_outright_leaves_no_server(start):
    run = start()
    run.read_until("Ctrl-C")
    run.process.kill()
    deadline = time.monotonic() + 10
    while not run.ports_are_free():
        assert time.monotonic() < deadline
        time.sleep(0.1)
