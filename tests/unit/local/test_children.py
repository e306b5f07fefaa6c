import os
import sys
import time

import pytest

from car_price_prediction.domain.errors import LocalRunError
from car_price_prediction.local.children import Children, StopRequested
from car_price_prediction.local.signals import StopRequests

FOREVER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def requests() -> StopRequests:
    return StopRequests()


@pytest.fixture
def children(requests):
    with Children(requests, dict(os.environ), grace_s=3) as children:
        yield children


def test_wait_ends_when_done(children, tmp_path):
    children.start("one", FOREVER, log=tmp_path / "one.log")
    assert children.wait(lambda: True)


def test_wait_gives_up_in_time(children):
    assert not children.wait(lambda: False, timeout_s=0.2)


def test_a_request_to_stop_ends_the_wait(children, requests):
    requests.count = 1
    with pytest.raises(StopRequested):
        children.wait(lambda: False)


def test_a_child_that_ends_by_itself_ends_the_wait_with_its_log_and_last_line(children, tmp_path):
    log = tmp_path / "one.log"
    children.start("the API", [sys.executable, "-c", "print('no such port'); raise SystemExit(3)"], log=log)
    with pytest.raises(LocalRunError, match=r"the API ended by itself \(exit code 3\)") as found:
        children.wait(lambda: False, timeout_s=10)
    assert str(log) in found.value.hint
    assert "no such port" in found.value.hint


def test_leaving_stops_every_child_the_last_first(requests, tmp_path):
    last_words = "signal.signal(15, lambda *_: (print(time.monotonic()), sys.exit()))"
    code = f"import signal, sys, time; {last_words}; print('up', flush=1); time.sleep(60)"
    command = [sys.executable, "-c", code]
    logs = [tmp_path / "first.log", tmp_path / "second.log"]
    with Children(requests, dict(os.environ)) as children:
        for log in logs:
            children.start(log.stem, command, log=log)
        children.wait(lambda: all(log.read_text() for log in logs), timeout_s=10)
    first, second = (float(log.read_text().split()[1]) for log in logs)
    assert second < first


def test_run_waits_for_a_child_in_the_foreground(children, capfd):
    children.run("sample", [sys.executable, "-c", "print('made')"])
    assert capfd.readouterr().out == "made\n"


def test_run_says_when_the_child_failed(children):
    with pytest.raises(LocalRunError, match=r"training did not succeed \(exit code 1\)"):
        children.run("training", [sys.executable, "-c", "raise SystemExit(1)"])


def test_run_stops_its_child_when_another_ends(children, tmp_path):
    children.start("MLflow", [sys.executable, "-c", ""], log=tmp_path / "log")
    since = time.monotonic()
    with pytest.raises(LocalRunError, match="MLflow ended by itself"):
        children.run("training", FOREVER)
    assert time.monotonic() - since < 10


def test_a_child_gets_its_own_variables_on_top_of_the_common_ones(requests, tmp_path):
    log = tmp_path / "log"
    command = [
        sys.executable,
        "-c",
        "import os, time; print(os.environ['A'], os.environ['B'], flush=1); time.sleep(60)",
    ]
    with Children(requests, {**os.environ, "A": "1", "B": "1"}) as children:
        children.start("one", command, log=log, environ={"B": "2"})
        children.wait(lambda: log.read_text().endswith("\n"), timeout_s=10)
    assert log.read_text() == "1 2\n"
