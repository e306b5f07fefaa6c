import importlib.util
import json
from pathlib import Path

import pytest

from car_price_prediction.local.ports import free_port

SCRIPT = Path(__file__).parents[3] / "deploy" / "mlflow_health.py"


@pytest.fixture
def health(monkeypatch):
    spec = importlib.util.spec_from_file_location("mlflow_health", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.killed = []
    monkeypatch.setattr("os.kill", lambda pid, number: module.killed.append((pid, number)))
    return module


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "health.json"


def nobody():
    return f"http://127.0.0.1:{free_port()}/health"


def test_a_server_that_answered_and_then_fails_three_times_is_killed(health, memory):
    memory.write_text(json.dumps({"first": 0, "answered": True, "failures": 0}))
    assert [health.main(memory, nobody()) for _ in range(2)] == [1, 1]
    assert health.killed == []
    assert health.main(memory, nobody()) == 1
    assert health.killed == [(-1, 9)]


def test_a_server_that_never_answered_is_given_time(health, memory):
    assert [health.main(memory, nobody()) for _ in range(5)] == [1] * 5
    assert health.killed == []


def test_but_not_for_ever(health, memory):
    memory.write_text(json.dumps({"first": 0, "answered": False, "failures": 0}))
    for _ in range(3):
        health.main(memory, nobody())
    assert health.killed == [(-1, 9)]


def test_an_answer_counts_from_nothing_again(health, memory, monkeypatch):
    memory.write_text(json.dumps({"first": 0, "answered": True, "failures": 2}))

    class Answer:
        def close(self):
            pass

    monkeypatch.setattr("urllib.request.urlopen", lambda url, timeout: Answer())
    assert health.main(memory) == 0
    assert json.loads(memory.read_text())["failures"] == 0
